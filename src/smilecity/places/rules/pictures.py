# SPDX-License-Identifier: EUPL-1.2
"""A picture made anew from what was uploaded: nothing of the file survives but what is seen."""

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules import words

if TYPE_CHECKING:
    from PIL.Image import Image

FULL, SMALL = 1600, 480
SIZES = (FULL, SMALL)
LEAST_SIDE = 200
MOST_SIDE = 16_000
MOST_PIXELS = 25_000_000
# JPEG can be decoded at a half, a quarter or an eighth of its size, so larger ones fit into the same memory.
MOST_PIXELS_JPEG = 60_000_000
QUALITY = 80
MOST_ALT, MOST_CREDIT = 300, 120
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
LICENCES: dict[str, Sentence] = {
    "CC-BY-4.0": _later("Weiter benutzbar mit Namensnennung (CC BY 4.0)"),
    "CC-BY-SA-4.0": _later("Weiter benutzbar mit Namensnennung, gleiche Lizenz (CC BY-SA 4.0)"),
    "CC0-1.0": _later("Frei für alles (CC0)"),
    "none": _later("Nur hier gezeigt, nicht weiter benutzbar"),
}

_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_one_at_a_time = threading.Lock()  # two large pictures at once would need twice the memory


@dataclass(frozen=True, slots=True)
class Picture:
    """Both sizes as WebP; `width` and `height` are the larger one's, `digest` is that of its bytes."""

    width: int
    height: int
    full: bytes
    small: bytes
    digest: str


def remade(data: bytes) -> Picture:
    """The picture without any metadata, turned upright, at most 1600 px; of several frames the first.

    Refuses what is no picture, what is broken off, and what would become too large, before it is unpacked.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS_JPEG
    with _one_at_a_time:
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as found:
                _check_size(found)
                upright = _upright(found)
            full, small = (_fitted(upright, side) for side in SIZES)
            shown = _webp(full)
            return Picture(full.width, full.height, shown, _webp(small), hashlib.sha256(shown).hexdigest())
        except Refusal:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except Exception as error:
            raise Refusal(
                "photo.no-picture",
                _("Diese Datei ist kein Bild, das wir lesen können."),
                cure=_("Nehmen Sie ein Foto als JPEG, PNG, WebP oder AVIF."),
                field="file",
                status=422,
            ) from error


def checked_alt(alt: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """What is on the picture, in each of the languages: for everyone who does not see it."""
    kept = {}
    for language in languages:
        text = _INVISIBLE.sub(" ", alt.get(language, "")).strip()
        if not text:
            raise Refusal(
                "photo.alt-missing",
                _("Sagen Sie in einem Satz, was auf dem Bild zu sehen ist."),
                cure=_("Wer das Bild nicht sieht, liest oder hört diesen Satz."),
                field=f"alt_{language}",
                status=422,
            )
        if len(text) > MOST_ALT:
            raise Refusal(
                "photo.alt-too-long",
                _("Dieser Satz ist zu lang."),
                cure=_("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": MOST_ALT},
                field=f"alt_{language}",
                status=422,
            )
        kept[language] = text
    return kept


def checked_credit(credit: str) -> str:
    """Whose picture it is: a name, or nothing."""
    text = _INVISIBLE.sub(" ", credit).strip()
    if len(text) > MOST_CREDIT:
        raise Refusal(
            "photo.credit-too-long",
            _("Dieser Name ist zu lang."),
            cure=_("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": MOST_CREDIT},
            field="credit",
            status=422,
        )
    return text


def checked_licence(licence: str) -> str:
    """What others may do with it, if we know the licence."""
    if licence not in LICENCES:
        raise Refusal(
            "photo.licence",
            _("Diese Lizenz kennen wir nicht."),
            cure=_("Möglich sind: %(known)s.") % {"known": ", ".join(LICENCES)},
            field="licence",
            status=422,
        )
    return licence


def _check_size(found: "Image") -> None:
    """What the file says of its size, before any of its pixels is unpacked."""
    width, height = found.size
    most = MOST_PIXELS_JPEG if found.format == "JPEG" else MOST_PIXELS
    if width * height > most or max(width, height) > MOST_SIDE:
        raise _too_large()
    if min(width, height) < LEAST_SIDE:
        raise Refusal(
            "photo.too-small",
            _("Dieses Bild ist zu klein, um etwas darauf zu erkennen."),
            cure=_("Jede Seite braucht mindestens %(least)d Bildpunkte.") % {"least": LEAST_SIDE},
            field="file",
            status=422,
        )


def _upright(found: "Image") -> "Image":
    """Decoded, turned as the camera said, and on white where it was transparent."""
    from PIL import Image, ImageOps

    found.draft("RGB", (2 * FULL, 2 * FULL))  # JPEG only: no more detail than is needed
    found.load()
    turned = ImageOps.exif_transpose(found)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        seen = turned.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen)
        return paper
    return turned.convert("RGB")


def _fitted(picture: "Image", side: int) -> "Image":
    """A new image that fits into the square: it has the pixels and nothing else of the one it is made from."""
    from PIL import Image

    fitted = picture.copy()
    fitted.thumbnail((side, side), Image.Resampling.LANCZOS)
    fresh = Image.new("RGB", fitted.size)
    fresh.paste(fitted)
    return fresh


def _webp(picture: "Image") -> bytes:
    written = BytesIO()
    picture.save(written, "WEBP", quality=QUALITY, method=4)
    return written.getvalue()


def _too_large() -> Refusal:
    return Refusal(
        "photo.too-large",
        _("Dieses Bild hat zu viele Bildpunkte."),
        cure=_("Verkleinern Sie es auf höchstens %(most)d Millionen Bildpunkte.")
        % {"most": MOST_PIXELS // 1_000_000},
        field="file",
        status=422,
    )


def languages() -> tuple[str, ...]:
    """In which languages a picture is described."""
    return tuple(sorted(words.LANGUAGES))
