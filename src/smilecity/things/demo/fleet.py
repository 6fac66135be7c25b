# SPDX-License-Identifier: EUPL-1.2
"""The demo city's sensors: what hangs where. The first six places have the densest network, the others one or two."""

from __future__ import annotations

from smilecity.things.demo.kinds import KINDS, PROPERTIES, Kind, Sensor, Stream
from smilecity.things.demo.spread import SPREAD

__all__ = ["FLEET", "KINDS", "PROPERTIES", "Kind", "Sensor", "Stream"]

HAFENSPORT = (12.1253, 54.0918)
FIRST = (
    Sensor("70B3D57ED0050001", "people", "hafensport-korb", ("Zähler Basketballfeld", "Counter basketball court"),
           (12.1252, 54.0919), busy=13),
    Sensor("70B3D57ED0050002", "people", "hafensport-kraft", ("Zähler Kraftgeräte", "Counter workout bars"),
           (12.1256, 54.0918), busy=8),
    Sensor("70B3D57ED0050003", "weather", "hafensport-wetter", ("Wetterstation am Hafen", "Harbour weather station"),
           HAFENSPORT),
    Sensor("70B3D57ED0050004", "sound", "hafensport-schall", ("Schallpegel am Hafen", "Harbour sound level"),
           (12.1249, 54.0917)),
    Sensor("70B3D57ED0050005", "bin", "hafensport-eimer", ("Abfalleimer am Hafen", "Harbour litter bin"),
           (12.1250, 54.0920)),
    Sensor("70B3D57ED0050011", "people", "lindenpark-spiel", ("Zähler Spielplatz", "Counter playground"),
           (12.1061, 54.0879), busy=22),
    Sensor("70B3D57ED0050012", "soil", "lindenpark-boden", ("Bodenfeuchte Wiese", "Soil moisture lawn"),
           (12.1054, 54.0882)),
    Sensor("70B3D57ED0050021", "people", "iga-park-see", ("Zähler am Parkeingang", "Counter at the park entrance"),
           (12.0861, 54.1437), busy=45),
    Sensor("70B3D57ED0050022", "soil", "iga-park-boden", ("Bodenfeuchte Rosengarten", "Soil moisture rose garden"),
           (12.0868, 54.1425)),
    Sensor("70B3D57ED0050031", "people", "bibliothek-saal", ("Zähler Lesesaal", "Counter reading room"),
           (12.1337, 54.0884), busy=60, indoors=True),
    Sensor("70B3D57ED0050032", "sound", "bibliothek-schall", ("Schallpegel Lesesaal", "Sound level reading room"),
           (12.1338, 54.0884), indoors=True),
    Sensor("70B3D57ED0050041", "people", "strand-aufgang", ("Zähler Strandaufgang", "Counter beach access"),
           (12.0743, 54.1806), busy=120),
    Sensor("70B3D57ED0050042", "weather", "strand-wetter", ("Wetterstation am Strand", "Beach weather station"),
           (12.0762, 54.1811)),
    Sensor("70B3D57ED0050043", "bin", "strand-eimer", ("Abfalleimer am Strand", "Beach litter bin"),
           (12.0745, 54.1804)),
    Sensor("70B3D57ED0050051", "people", "treff-cafe", ("Zähler Nachbarschaftscafé", "Counter neighbourhood café"),
           (12.0716, 54.1563), busy=18, indoors=True),
)  # fmt: skip

FLEET = (*FIRST, *SPREAD)
