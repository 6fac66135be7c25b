# SPDX-License-Identifier: EUPL-1.2
"""Reading areas out of a GeoJSON file that somebody else has written: nothing in it is believed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.space.rules.areas import checked_key, checked_names
from smilecity.space.rules.geometry import MOST_POSITIONS, positions

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_BYTES = 100 << 20
MOST_FEATURES = 20_000
MOST_FILE_POSITIONS = 1_000_000
MOST_FINDINGS = 100
SYSTEMS = {4326: "WGS 84", 25832: "ETRS89 / UTM 32N", 25833: "ETRS89 / UTM 33N"}
GERMANY = (5.8, 47.2, 15.1, 55.2)
_CRS_NAME = re.compile(
    r"(?:urn:ogc:def:crs:)?(?:EPSG:(?:[\d.]*:)?(\d{4,6})|OGC:[\d.]*:?(CRS84))", re.IGNORECASE
)

Place = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be read: which properties hold key and names, which system its numbers are in."""

    key: str = "key"
    names: Mapping[str, str] = field(default_factory=lambda: {"de": "name"})
    system: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the file: an error refuses it, a warning wants to be accepted, a note is only told."""

    code: str
    weight: str  # error, warning, note
    sentence: Sentence
    keys: tuple[str, ...] = ()
    where: Place | None = None
    square_metres: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area of the file: an outline in WGS 84, longitude first."""

    key: str
    names: Mapping[str, str]
    outline: "BaseGeometry"


def read(data: bytes, wish: Wish, expected: Box | None) -> tuple[list[Drawn], list[Finding], int]:
    """The areas of the file, what is wrong with single ones, and the system (EPSG) they were in.

    `expected` is a box in which they should lie; without it Germany. Refuses a file that is none at all.
    """
    features, system = _collection(data, wish)
    to_degrees = _projection(system)
    drawn: dict[str, Drawn] = {}
    findings: list[Finding] = []
    count = 0
    for number, feature in enumerate(features):
        try:
            one = _drawn(feature, number, wish, to_degrees, expected or GERMANY, system)
            count += one[1]
            if count > MOST_FILE_POSITIONS:
                raise _broken("geo.too-many-positions", _("Diese Datei hat mehr als eine Million Punkte."))
            if one[0].key in drawn:
                raise _finding("area.duplicate-key", _("Dieser Schlüssel kommt zweimal vor."), one[0].key)
            drawn[one[0].key] = one[0]
        except _Wrong as wrong:
            findings.append(wrong.finding)
        if len(findings) >= MOST_FINDINGS:
            break
    return list(drawn.values()), findings, system


class _Wrong(Exception):
    """What is wrong with one feature; the others are still looked at."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def _finding(code: str, sentence: Sentence, key: str, where: Place | None = None) -> _Wrong:
    return _Wrong(Finding(code, "error", sentence, (key,), where))


def _broken(code: str, sentence: Sentence, cure: Sentence = "") -> Refusal:
    return Refusal(code, sentence, cure=cure, field="file")


def _collection(data: bytes, wish: Wish) -> tuple[list[Any], int]:
    """The features of the file, and its system."""
    if len(data) > MOST_BYTES:
        raise _broken("geo.too-large", _("Diese Datei ist größer als 100 MB."))
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:  # also for NaN, Infinity, and what is nested too deeply
        raise _broken(
            "geo.not-json", _("Diese Datei ist kein GeoJSON."), _("Speichern Sie die Gebiete als GeoJSON.")
        ) from error
    features = (
        body.get("features") if isinstance(body, dict) and body.get("type") == "FeatureCollection" else None
    )
    if not isinstance(features, list) or not features:
        raise _broken(
            "geo.no-features",
            _("In dieser Datei ist kein Gebiet."),
            _("Erwartet wird eine FeatureCollection mit mindestens einem Feature."),
        )
    if len(features) > MOST_FEATURES:
        raise _broken("geo.too-many-features", _("In dieser Datei sind mehr als 20.000 Gebiete."))
    return features, _system(body.get("crs"), wish.system)


def _system(crs: Any, wished: int | None) -> int:
    """The EPSG number: the one that is wished for, else the one the file names, else degrees."""
    named: int | None = 4326
    if crs is not None:
        properties = crs.get("properties") if isinstance(crs, dict) else None
        name = properties.get("name") if isinstance(properties, dict) else None
        found = _CRS_NAME.fullmatch(name) if isinstance(name, str) and len(name) < 80 else None
        named = (4326 if found[2] else int(found[1])) if found else None
    system = wished or named
    if system not in SYSTEMS:
        raise _broken(
            "geo.unknown-system",
            _("Dieses Koordinatensystem kennt die Stadt nicht."),
            _("Es gehen EPSG:4326 (Grad), EPSG:25832 und EPSG:25833 (UTM)."),
        )
    return system


def _projection(system: int) -> Callable[[Any], Any] | None:
    """From positions of this system to degrees; `None` where they are degrees already."""
    if system == 4326:
        return None
    import numpy as np
    from pyproj import Transformer

    transformer = Transformer.from_crs(system, 4326, always_xy=True)

    def to_degrees(places: Any) -> Any:
        return np.column_stack(transformer.transform(places[:, 0], places[:, 1]))

    return to_degrees


def _drawn(
    feature: Any, number: int, wish: Wish, to_degrees: Callable[[Any], Any] | None, expected: Box, system: int
) -> tuple[Drawn, int]:
    """One feature, and how many positions it has."""
    label = f"features[{number}]"
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _finding("geo.not-a-feature", _("Das ist kein Feature."), label)
    said = feature.get("properties") or {}
    key, names = _named(said if isinstance(said, dict) else {}, wish, label)
    geo = feature.get("geometry")
    if not isinstance(geo, dict) or geo.get("type") not in ("Polygon", "MultiPolygon"):
        code = "geo.empty" if geo is None else "geo.not-an-area"
        raise _finding(code, _("Hier fehlt eine Fläche (Polygon oder MultiPolygon)."), key)
    try:
        places = list(positions(geo))
    except Refusal as refusal:
        raise _finding(refusal.code, refusal.sentence, key) from refusal
    if not places:
        raise _finding("geo.empty", _("Diese Geometrie ist leer."), key)
    if len(places) > MOST_POSITIONS:
        raise _finding("geo.too-many-positions", _("Diese Geometrie hat zu viele Punkte."), key)
    _check_order(places, expected, system, key)
    return Drawn(key, names, _outline(geo, to_degrees, key)), len(places)


def _named(said: Mapping[str, Any], wish: Wish, label: str) -> tuple[str, dict[str, str]]:
    """Key and names; refuses the whole file where it has no such property, since then all are wrong."""
    if wish.key not in said or wish.names["de"] not in said:
        raise Refusal(
            "area.no-such-field",
            _("Der Schlüssel oder der Name fehlt bei einem Gebiet."),
            cure=_("Nennen Sie die Felder der Datei. Hier gibt es: {fields}").format(
                fields=", ".join(sorted(str(name)[:40] for name in said)[:30]) or "–"
            ),
            field=label,
        )
    texts = {language: said.get(name) for language, name in wish.names.items()}
    try:
        key = checked_key(str(said[wish.key]).strip())
        return key, checked_names(
            {language: str(text) for language, text in texts.items() if text is not None}
        )
    except Refusal as refusal:
        raise _finding(refusal.code, refusal.sentence, label) from refusal


def _check_order(places: list[Place], expected: Box, system: int, key: str) -> None:
    """Longitude before latitude, east before north, and numbers that fit the system."""
    first, second = places[0]
    if system != 4326:
        if abs(second) < 1_000_000 <= abs(first):
            raise _finding("geo.swapped", _("Nord- und Ostwert sind vertauscht."), key, (second, first))
        if not (0 <= first <= 1_000_000 and 0 <= second <= 10_000_000):
            raise _finding(
                "geo.not-on-earth", _("Diese Position liegt nicht auf der Erde."), key, (first, second)
            )
        return
    if any(abs(x) > 180 or abs(y) > 180 for x, y in places):
        raise _finding(
            "geo.unknown-system",
            _("Das sind keine Grad. Nennen Sie das Koordinatensystem, zum Beispiel EPSG:25833."),
            key,
            (first, second),
        )
    if not _near(first, second, expected) and _near(second, first, expected):
        raise _finding("geo.swapped", _("Länge und Breite sind vertauscht."), key, (first, second))
    if any(abs(y) > 90 for _x, y in places):
        raise _finding(
            "geo.not-on-earth", _("Diese Position liegt nicht auf der Erde."), key, (first, second)
        )


def _near(longitude: float, latitude: float, box: Box) -> bool:
    """In the box or beside it, by half of its size."""
    wide, high = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    return box[0] - wide <= longitude <= box[2] + wide and box[1] - high <= latitude <= box[3] + high


def _outline(geo: Mapping[str, Any], to_degrees: Callable[[Any], Any] | None, key: str) -> "BaseGeometry":
    """The outline in degrees, if its rings are rings that do not cross."""
    import shapely
    from shapely.geometry import shape

    try:
        outline = shapely.force_2d(shape(geo))
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as error:
        raise _finding("geo.broken-ring", _("Ein Ring braucht mindestens vier Punkte."), key) from error
    if to_degrees:
        outline = shapely.transform(outline, to_degrees)
    if outline.is_empty or not outline.convex_hull.area:
        raise _finding("geo.empty", _("Diese Geometrie ist leer."), key)
    if not outline.is_valid:
        raise _finding("geo.crossing", _("Diese Grenze kreuzt sich selbst."), key, _spot(outline))
    return outline


def _spot(outline: "BaseGeometry") -> Place | None:
    """Where GEOS says that it is wrong, as in `Self-intersection[12.1 54.1]`."""
    import shapely

    found = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(outline))
    return (float(found[1]), float(found[2])) if found else None
