# SPDX-License-Identifier: EUPL-1.2
"""A picture made anew from what was uploaded: nothing of the file survives but what is seen."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from smilecity.core.problems import Refusal

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
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# What is covered keeps so few cells along its longer side, and so few steps of each colour.
CELLS, STEP = 3, 32
Box = tuple[int, int, int, int]
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
                return _both(_upright(found))
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


def covered(data: bytes, boxes: Sequence[Box]) -> Picture:
    """A picture of ours once more, with these parts (left, top, right, bottom) destroyed for good."""
    from PIL import Image

    with _one_at_a_time, Image.open(BytesIO(data), formats=("WEBP",)) as found:
        seen = found.convert("RGB")
        for box in boxes:
            _destroy(seen, box)
        return _both(seen)


def _destroy(picture: "Image", box: Box) -> None:
    """A few cells of a few colours stand for the part: too little is left to guess a face or letters from."""
    from PIL import Image

    part = picture.crop(box)
    largest = max(part.size)
    cells = part.resize([max(1, round(CELLS * side / largest)) for side in part.size], Image.Resampling.BOX)
    coarse = cells.point([value // STEP * STEP + STEP // 2 for value in range(256)] * 3)
    picture.paste(coarse.resize(part.size, Image.Resampling.NEAREST), box)


def _both(picture: "Image") -> Picture:
    full, small = (_fitted(picture, side) for side in SIZES)
    shown = _webp(full)
    return Picture(full.width, full.height, shown, _webp(small), hashlib.sha256(shown).hexdigest())


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
