# SPDX-License-Identifier: EUPL-1.2
"""Places' part of the demo city: HafenSport and five more, with facts written by us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from smilecity.core.who import NODE
from smilecity.places import actions

Texts = Mapping[str, str]
# The id of a datastream by the thing's key and the stream's name.
Datastream = Callable[[str, str], int]


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit and the thing that counts people on it."""

    key: str
    name: Texts
    room_for: int
    counter: str


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A place; `senses` are (role, thing, stream)."""

    slug: str
    title: Texts
    category: str
    area: str
    position: tuple[float, float]
    street: str
    hours: str
    text: Texts
    entry: Texts
    access: Mapping[str, str]
    units: tuple[DemoUnit, ...]
    senses: tuple[tuple[str, str, str], ...] = field(default=())


WEATHER = ("wind", "gust", "rain", "temperature")

PLACES = (
    DemoPlace(
        "hafensport",
        {"de": "HafenSport", "en": "HafenSport"},
        "sport",
        "kroepeliner-tor-vorstadt",
        (12.1253, 54.0918),
        "Am Strande, Stadthafen",
        "Mo-Su 06:00-22:00",
        {
            "de": "Ein freier Sportplatz direkt am Wasser: Korbwürfe, Klimmzüge, Tischtennis. Niemand muss Mitglied "
            "sein, niemand zahlt. Bälle liegen in der Sportbox. Abends steht die Sonne über der Warnow.",
            "en": "A free sports ground right by the water: basketball, pull-ups, table tennis. No membership, no "
            "fee. Balls are in the Sportbox. In the evening the sun stands over the Warnow.",
        },
        {
            "de": "Von der Promenade ebenerdig, ohne Tor. Die Straßenbahn hält fünf Gehminuten entfernt. "
            "Fahrradbügel stehen am Rand.",
            "en": "Level access from the promenade, no gate. The tram stops five minutes' walk away. "
            "Bicycle stands are at the edge.",
        },
        {"step_free": "yes", "toilet": "no", "surface": "artificial", "seats": "yes", "light": "yes"},
        (
            DemoUnit("korb", {"de": "Basketballfeld", "en": "Basketball court"}, 12, "hafensport-korb"),
            DemoUnit("kraft", {"de": "Kraftgeräte", "en": "Workout bars"}, 10, "hafensport-kraft"),
        ),
        (
            *((role, "hafensport-wetter", role) for role in WEATHER),
            ("sound", "hafensport-schall", "sound"),
            ("fill", "hafensport-eimer", "fill"),
        ),
    ),
    DemoPlace(
        "lindenpark",
        {"de": "Spielplatz Lindenpark", "en": "Lindenpark playground"},
        "play",
        "kroepeliner-tor-vorstadt",
        (12.1058, 54.088),
        "Lindenpark",
        "sunrise-sunset",
        {
            "de": "Klettern, Sand und Schatten unter alten Linden. Für Kinder bis zwölf und alle, die sie begleiten.",
            "en": "Climbing, sand and shade under old lime trees. For children up to twelve and whoever is with them.",
        },
        {"de": "Von allen Parkwegen offen.", "en": "Open from all paths of the park."},
        {"step_free": "limited", "toilet": "no", "surface": "loose", "seats": "yes"},
        (DemoUnit("spiel", {"de": "Spielplatz", "en": "Playground"}, 30, "lindenpark-spiel"),),
        (("soil", "lindenpark-boden", "soil"),),
    ),
    DemoPlace(
        "iga-park",
        {"de": "IGA-Park", "en": "IGA Park"},
        "park",
        "schmarl",
        (12.0865, 54.1432),
        "Schmarl-Dorf",
        "Mo-Su 08:00-20:00",
        {
            "de": "Weite Wiesen an der Warnow, Weidendom, Gärten und ein Museumsschiff in Sicht.",
            "en": "Wide lawns on the Warnow, the willow dome, gardens, and a museum ship in view.",
        },
        {
            "de": "Eingang Ost und West, beide ohne Stufen.",
            "en": "Entrances east and west, both without steps.",
        },
        {"step_free": "yes", "toilet": "wheelchair", "surface": "firm", "parking": "yes", "seats": "yes"},
        (DemoUnit("see", {"de": "Am Eingang Ost", "en": "At the east entrance"}, 200, "iga-park-see"),),
        (("soil", "iga-park-boden", "soil"),),
    ),
    DemoPlace(
        "stadtbibliothek",
        {"de": "Stadtbibliothek", "en": "City library"},
        "learning",
        "stadtmitte",
        (12.1337, 54.0884),
        "Kröpeliner Straße 82",
        "Tu-Fr 10:00-18:00; Sa 10:00-15:00; PH off",
        {
            "de": "Lesen, lernen, sich aufwärmen. Arbeitsplätze mit Strom, ein ruhiger Saal und ein lauter für Familien.",
            "en": "Read, learn, get warm. Desks with power, a quiet room and a loud one for families.",
        },
        {
            "de": "Haupteingang mit Automatiktür, Aufzug zu allen Etagen.",
            "en": "Main entrance with an automatic door, lift to all floors.",
        },
        {"step_free": "yes", "toilet": "wheelchair", "surface": "paved", "seats": "yes", "guidance": "yes"},
        (DemoUnit("saal", {"de": "Lesesaal", "en": "Reading room"}, 80, "bibliothek-saal"),),
        (("sound", "bibliothek-schall", "sound"),),
    ),
    DemoPlace(
        "strand-warnemuende",
        {"de": "Strand Warnemünde", "en": "Warnemünde beach"},
        "water",
        "warnemuende",
        (12.0747, 54.1807),
        "Seepromenade",
        "24/7",
        {
            "de": "Breiter Strand mit Steg für Rollstühle. Im Sommer passen Rettungsschwimmer auf.",
            "en": "A wide beach with a walkway for wheelchairs. In summer, lifeguards watch.",
        },
        {
            "de": "Aufgang 7, Rampe und Holzsteg bis zum Wasser.",
            "en": "Access 7, ramp and boardwalk to the water.",
        },
        {"step_free": "yes", "toilet": "wheelchair", "surface": "loose", "parking": "yes"},
        (
            DemoUnit(
                "aufgang", {"de": "Strand am Aufgang 7", "en": "Beach at access 7"}, 400, "strand-aufgang"
            ),
        ),
        (*((role, "strand-wetter", role) for role in WEATHER), ("fill", "strand-eimer", "fill")),
    ),
    DemoPlace(
        "nachbarschaftstreff",
        {"de": "Nachbarschaftstreff Groß Klein", "en": "Groß Klein neighbourhood centre"},
        "meeting",
        "gross-klein",
        (12.0716, 54.1563),
        "Gerüstbauerring",
        "Mo-Fr 10:00-19:00; Sa 14:00-18:00; PH off",
        {
            "de": "Café, Werkbank, Nähmaschinen und Leute, die zuhören. Für alle Generationen.",
            "en": "Café, workbench, sewing machines, and people who listen. For all generations.",
        },
        {"de": "Tür zum Hof, klingeln genügt.", "en": "Door to the yard, just ring."},
        {"step_free": "yes", "toilet": "yes", "surface": "paved", "seats": "yes"},
        (DemoUnit("cafe", {"de": "Café", "en": "Café"}, 35, "treff-cafe"),),
    ),
)


def move_in(areas: Mapping[str, int], datastream: Datastream) -> None:
    """Keep all places, their units, and what speaks for them; `areas` are noun ids by key."""
    for one in PLACES:
        place = actions.keep_place(
            NODE,
            one.slug,
            title=one.title,
            category=one.category,
            text=one.text,
            position=one.position,
            area=areas[one.area],
            visibility="public",
            opening_hours=one.hours,
            street=one.street,
            entry=one.entry,
            access=one.access,
        )
        for order, each in enumerate(one.units):
            unit = actions.keep_unit(NODE, place, each.key, each.name, room_for=each.room_for, order=order)
            actions.keep_sense(NODE, place, "people", datastream(each.counter, "people"), unit=unit)
        for role, thing, stream in one.senses:
            actions.keep_sense(NODE, place, role, datastream(thing, stream))
