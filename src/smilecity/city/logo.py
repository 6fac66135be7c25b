# SPDX-License-Identifier: EUPL-1.2
"""A city's logo: a drawing that can do nothing but be looked at."""

import io
import re
from xml.etree import ElementTree as ET

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

MOST_BYTES = 200_000
MOST_ELEMENTS = 5_000
MOST_PIXELS = 4_000_000
SVG, PNG = "image/svg+xml", "image/png"

_SVG = "http://www.w3.org/2000/svg"
_HREF = ("href", "{http://www.w3.org/1999/xlink}href")
_DRAWN = {
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "style", "clipPath", "mask", "pattern"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
    *("linearGradient", "radialGradient", "stop"),
}
_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:|expression\(", re.IGNORECASE)


def checked(content: bytes) -> tuple[bytes, str]:
    """The logo as it may be shown, and its media type; no bytes are no logo. Refuses all but safe SVG and PNG.

    Of an SVG only drawing elements and attributes are kept; a PNG is written anew, without anything but pixels.
    """
    if not content:
        return b"", ""
    if len(content) > MOST_BYTES:
        raise _refused("logo-too-large", _("Das Logo ist zu groß: höchstens 200 kB sind möglich."))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(content), PNG
    return _svg(content), SVG


def _refused(code: str, sentence: Sentence) -> Refusal:
    cure = _("Nehmen Sie ein PNG oder ein einfaches SVG ohne Skripte, Bilder und Verweise nach außen.")
    return Refusal(f"identity.{code}", sentence, cure=cure, field="logo")


def _svg(content: bytes) -> bytes:
    if b"<!doctype" in content.lower() or b"<!entity" in content.lower() or b"\0" in content:
        raise _refused("logo-unsafe", _("Das Logo enthält mehr als eine Zeichnung."))
    try:
        root = ET.fromstring(content)  # noqa: S314 - no document type, no entities, size is limited
    except (ET.ParseError, ValueError, LookupError, RecursionError) as error:
        raise _refused("logo-unreadable", _("Das Logo ist kein SVG und kein PNG.")) from error
    if root.tag != f"{{{_SVG}}}svg":
        raise _refused("logo-unreadable", _("Das Logo ist kein SVG und kein PNG."))
    elements = list(root.iter())
    if len(elements) > MOST_ELEMENTS:
        raise _refused("logo-too-large", _("Das Logo besteht aus zu vielen Teilen."))
    for element in elements:
        _leave_out_foreign(element)
    for element in root.iter():
        _check_element(element)
    for name, namespace in (("", _SVG), ("xlink", "http://www.w3.org/1999/xlink")):
        ET.register_namespace(name, namespace)
    try:
        return ET.tostring(root, encoding="unicode").encode()
    except RecursionError as error:
        raise _refused("logo-unreadable", _("Das Logo ist zu tief verschachtelt.")) from error


def _leave_out_foreign(element: "ET.Element") -> None:
    """What drawing programs note for themselves is not drawn, so it is not needed."""
    for child in list(element):
        if (
            not isinstance(child.tag, str)
            or not child.tag.startswith(f"{{{_SVG}}}")
            or child.tag.endswith("}metadata")
        ):
            element.remove(child)
    for key in list(element.attrib):
        if key.startswith("{") and key not in _HREF:
            del element.attrib[key]


def _check_element(element: "ET.Element") -> None:
    """Refuses whatever does more than draw."""
    if element.tag.removeprefix(f"{{{_SVG}}}") not in _DRAWN:
        raise _refused("logo-unsafe", _("Das Logo enthält mehr als eine Zeichnung."))
    for key, value in (*element.attrib.items(), ("style", element.text or "")):
        if key in _HREF and not value.startswith("#"):
            raise _refused("logo-unsafe", _("Das Logo verweist auf etwas außerhalb."))
        if key.lower().startswith("on") or _ELSEWHERE.search(value) or "\\" in value:
            raise _refused("logo-unsafe", _("Das Logo enthält mehr als eine Zeichnung."))


def _png(content: bytes) -> bytes:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _refused("logo-too-large", _("Das Logo hat zu viele Bildpunkte."))
            image.load()
            fresh = io.BytesIO()
            picture = image.convert("RGBA")
            picture.thumbnail((512, 512))
            picture.save(fresh, "PNG", optimize=True)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused("logo-unreadable", _("Das Logo ist kein SVG und kein PNG.")) from error
    return fresh.getvalue()
