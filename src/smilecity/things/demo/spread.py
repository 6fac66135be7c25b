# SPDX-License-Identifier: EUPL-1.2
"""The sensors of the demo's other places: mostly one that counts, here and there one that listens or feels."""

from __future__ import annotations

from smilecity.things.demo.kinds import Sensor

Pair = tuple[str, str]
Position = tuple[float, float]


def _counter(
    number: int, thing: str, what: Pair, position: Position, busy: float, *, indoors: bool = False
) -> Sensor:
    title = (f"Zähler {what[0]}", f"Counter {what[1]}")
    return Sensor(_eui(number), "visitors", thing, title, position, busy, indoors)


def _other(
    number: int,
    kind: str,
    thing: str,
    title: Pair,
    position: Position,
    *,
    indoors: bool = False,
    internal: bool = False,
) -> Sensor:
    return Sensor(_eui(number), kind, thing, title, position, indoors=indoors, internal=internal)


def _eui(number: int) -> str:
    return f"70B3D57ED005{number:04X}"


SPREAD = (
    _other(
        0x101,
        "weather",
        "leuchtturm-wetter",
        ("Wetterstation Leuchtturm Warnemünde", "Weather station Warnemünde lighthouse"),
        (12.0852, 54.1814),
    ),
    _counter(
        0x102, "alter-strom-zaehler", ("Ufer an der Brücke", "quay by the bridge"), (12.0877, 54.178), 112
    ),
    _other(
        0x103,
        "bin",
        "alter-strom-eimer",
        ("Abfalleimer Alter Strom", "Litter bin Alter Strom"),
        (12.0877, 54.178),
    ),
    _counter(0x104, "cafe-am-strom-zaehler", ("Langer Tisch", "long table"), (12.0866, 54.1764), 11),
    _counter(
        0x105,
        "strand-markgrafenheide-zaehler",
        ("Strand am Hauptaufgang", "beach at the main access"),
        (12.146, 54.1965),
        135,
    ),
    _other(
        0x106,
        "weather",
        "heide-wetter",
        ("Wetterstation Strand Markgrafenheide", "Weather station Markgrafenheide beach"),
        (12.146, 54.1965),
    ),
    _other(
        0x107,
        "bin",
        "strand-markgrafenheide-eimer",
        ("Abfalleimer Strand Markgrafenheide", "Litter bin Markgrafenheide beach"),
        (12.146, 54.1965),
    ),
    _counter(0x108, "brunnenboulevard-zaehler", ("Am Brunnen", "by the fountain"), (12.058, 54.159), 54),
    _other(
        0x109,
        "bin",
        "brunnenboulevard-eimer",
        ("Abfalleimer Boulevard Lichtenhagen", "Litter bin Lichtenhagen boulevard"),
        (12.058, 54.159),
    ),
    _counter(0x10A, "skatepark-nordwest-zaehler", ("Skatefläche", "skate area"), (12.061, 54.156), 11),
    _counter(0x10B, "boergerhus-zaehler", ("Saal", "hall"), (12.0735, 54.158), 40, indoors=True),
    _other(
        0x10C,
        "sound",
        "boergerhus-schall",
        ("Schallpegel Börgerhus Groß Klein", "Sound level Börgerhus Groß Klein"),
        (12.0735, 54.158),
        indoors=True,
    ),
    _counter(0x10D, "bolzplatz-gross-klein-zaehler", ("Spielfeld", "pitch"), (12.0765, 54.1615), 7),
    _counter(
        0x10E,
        "bibliothek-luetten-klein-zaehler",
        ("Leseraum", "reading room"),
        (12.0525, 54.1425),
        18,
        indoors=True,
    ),
    _other(
        0x10F,
        "sound",
        "bibliothek-luetten-klein-schall",
        ("Schallpegel Stadtteilbibliothek Lütten Klein", "Sound level Lütten Klein library"),
        (12.0525, 54.1425),
        indoors=True,
    ),
    _counter(
        0x110,
        "sporthalle-luetten-klein-zaehler",
        ("Große Halle", "main hall"),
        (12.056, 54.145),
        20,
        indoors=True,
    ),
    _other(
        0x111,
        "soil",
        "fischerdorf-park-boden",
        ("Bodenfeuchte Park am Fischerdorf", "Soil moisture Fischerdorf park"),
        (12.06, 54.128),
    ),
    _counter(0x112, "kunsthalle-zaehler", ("Ausstellung", "exhibition"), (12.0835, 54.101), 54),
    _other(
        0x113,
        "sound",
        "kunsthalle-schall",
        ("Schallpegel Kunsthalle Rostock", "Sound level Kunsthalle Rostock"),
        (12.0835, 54.101),
    ),
    _counter(0x114, "schwanenteichpark-zaehler", ("Wiese", "lawn"), (12.0815, 54.1022), 45),
    _other(
        0x115,
        "soil",
        "schwanenteichpark-boden",
        ("Bodenfeuchte Schwanenteichpark", "Soil moisture Schwanenteich park"),
        (12.0815, 54.1022),
    ),
    _other(
        0x116,
        "bin",
        "schwanenteichpark-eimer",
        ("Abfalleimer Schwanenteichpark", "Litter bin Schwanenteich park"),
        (12.0815, 54.1022),
    ),
    _counter(
        0x117, "neptunschwimmhalle-zaehler", ("Schwimmbahnen", "lanes"), (12.0985, 54.0855), 36, indoors=True
    ),
    _counter(
        0x118,
        "neptunschwimmhalle-kinder",
        ("Kinderbecken", "children's pool"),
        (12.0985, 54.0855),
        18,
        indoors=True,
    ),
    _other(
        0x119,
        "sound",
        "neptunschwimmhalle-schall",
        ("Schallpegel Neptun-Schwimmhalle", "Sound level Neptun swimming pool"),
        (12.0985, 54.0855),
        indoors=True,
    ),
    _counter(0x11A, "eishalle-zaehler", ("Eisfläche", "ice"), (12.0945, 54.089), 90, indoors=True),
    _counter(0x11B, "barnstorfer-wald-zaehler", ("Hauptweg", "main path"), (12.079, 54.085), 36),
    _other(
        0x11C,
        "soil",
        "barnstorfer-wald-boden",
        ("Bodenfeuchte Barnstorfer Wald", "Soil moisture Barnstorf forest"),
        (12.079, 54.085),
    ),
    _other(
        0x11D,
        "soil",
        "gartentreff-stadtweide-boden",
        ("Bodenfeuchte Gartentreff Stadtweide", "Soil moisture Stadtweide garden"),
        (12.069, 54.079),
    ),
    _counter(0x11E, "doberaner-platz-zaehler", ("Auf dem Platz", "on the square"), (12.119, 54.089), 68),
    _other(
        0x11F,
        "sound",
        "doberaner-platz-schall",
        ("Schallpegel Doberaner Platz", "Sound level Doberaner Platz"),
        (12.119, 54.089),
    ),
    _counter(0x120, "stadthafen-zaehler", ("Kaikante", "quay"), (12.136, 54.0932), 135),
    _other(
        0x121,
        "bin",
        "stadthafen-eimer",
        ("Abfalleimer Stadthafen", "Litter bin City harbour"),
        (12.136, 54.0932),
    ),
    _other(
        0x122,
        "sound",
        "stadthafen-schall",
        ("Schallpegel Stadthafen", "Sound level City harbour"),
        (12.136, 54.0932),
    ),
    _counter(0x123, "smart-city-lab-zaehler", ("Werkstatt", "workshop"), (12.1345, 54.091), 14, indoors=True),
    _counter(
        0x124,
        "kulturhistorisches-museum-zaehler",
        ("Kreuzgang", "cloister"),
        (12.1305, 54.0872),
        45,
        indoors=True,
    ),
    _counter(0x125, "universitaetsplatz-zaehler", ("Am Brunnen", "by the fountain"), (12.1322, 54.088), 90),
    _other(
        0x126,
        "soil",
        "rosengarten-boden",
        ("Bodenfeuchte Rosengarten", "Soil moisture Rose garden"),
        (12.137, 54.085),
    ),
    _counter(
        0x127,
        "stadtteilzentrum-suedstadt-zaehler",
        ("Großer Raum", "large room"),
        (12.108, 54.0745),
        32,
        indoors=True,
    ),
    _other(
        0x128,
        "sound",
        "stadtteilzentrum-suedstadt-schall",
        ("Schallpegel Stadtteilzentrum Südstadt", "Sound level Südstadt district centre"),
        (12.108, 54.0745),
        indoors=True,
    ),
    _counter(0x129, "kringelgraben-zaehler", ("Spielplatz", "playground"), (12.116, 54.073), 16),
    _other(
        0x12A,
        "soil",
        "kringelgraben-boden",
        ("Bodenfeuchte Kringelgrabenpark", "Soil moisture Kringelgraben park"),
        (12.116, 54.073),
    ),
    _counter(
        0x12B, "stadtteilzentrum-dierkow-zaehler", ("Saal", "hall"), (12.1505, 54.1075), 27, indoors=True
    ),
    _other(
        0x12C,
        "soil",
        "hechtgraben-boden",
        ("Bodenfeuchte Grünzug am Hechtgraben", "Soil moisture Hechtgraben green"),
        (12.1465, 54.1),
    ),
    _counter(
        0x12D, "stadtteilzentrum-toitenwinkel-zaehler", ("Café", "café"), (12.162, 54.115), 16, indoors=True
    ),
    _other(
        0x12E,
        "soil",
        "gemeinschaftsgarten-toitenwinkel-boden",
        ("Bodenfeuchte Gemeinschaftsgarten Toitenwinkel", "Soil moisture Toitenwinkel community garden"),
        (12.158, 54.1175),
    ),
    _counter(0x12F, "gehlsdorfer-ufer-zaehler", ("Uferweg", "shore path"), (12.121, 54.101), 36),
    _other(
        0x130,
        "bin",
        "gehlsdorfer-ufer-eimer",
        ("Abfalleimer Gehlsdorfer Ufer", "Litter bin Gehlsdorf shore"),
        (12.121, 54.101),
        internal=True,
    ),
)
