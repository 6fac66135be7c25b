# SPDX-License-Identifier: EUPL-1.2
"""What is lent in the demo: balls at HafenSport, a library of things, a bicycle box with twelve compartments.

All of it is data: units, doors, kits, terms. Another case is another entry in this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smilecity.core.who import NODE
from smilecity.places.actions import keep_unit, lending, locks
from smilecity.places.demo.table import Pair, texts
from smilecity.places.models import Place, Unit

Item = tuple[Pair, int]


@dataclass(frozen=True, slots=True)
class DemoKit:
    """A kit, what belongs to it, and the unit where it lies; without one it is lent over the counter."""

    key: str
    name: Pair
    items: tuple[Item, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Lending:
    """What one place lends, and by which terms. `box` is the key and name of a box that is put up for it.

    With a `box` every kit has a compartment of its own, made here; else units are there already.
    """

    slug: str
    rules: dict[str, Any]
    kits: tuple[DemoKit, ...]
    partner: str = ""
    box: tuple[str, str] | None = field(default=None)


SPORTBOX = Lending(
    "hafensport",
    {"minutes": 180, "at_once": 2, "age_from": 6, "alone_from": 10, "hold": 120},
    (
        DemoKit(
            "basketball",
            ("Basketball", "Basketball"),
            ((("Basketball", "basketball"), 2), (("Pumpe", "pump"), 1)),
            "fach-1",
        ),
        DemoKit(
            "tischtennis",
            ("Tischtennis", "Table tennis"),
            ((("Schläger", "bat"), 4), (("Ball", "ball"), 6), (("Netz", "net"), 1)),
            "fach-2",
        ),
        DemoKit(
            "boule",
            ("Boule für alle", "Boules for all"),
            ((("Kugel", "boule"), 8), (("Zielkugel", "jack"), 1), (("Magnetheber", "magnetic lifter"), 1)),
            "fach-3",
        ),
    ),
    partner="sv-hafensport",
)
LIBRARY = Lending(
    "stadtbibliothek",
    {"minutes": 7 * 24 * 60, "at_once": 3, "hold": 12 * 60},
    (
        DemoKit(
            "bohrmaschine",
            ("Bohrmaschine", "Drill"),
            ((("Bohrmaschine", "drill"), 1), (("Bohrer", "bit"), 8)),
        ),
        DemoKit("naehmaschine", ("Nähmaschine", "Sewing machine"), ((("Nähmaschine", "sewing machine"), 1),)),
        DemoKit("beamer", ("Beamer", "Projector"), ((("Beamer", "projector"), 1), (("Kabel", "cable"), 2))),
        DemoKit("teleskop", ("Teleskop", "Telescope"), ((("Teleskop", "telescope"), 1),)),
    ),
)
BICYCLES = Lending(
    "nachbarschaftstreff",
    {"minutes": 24 * 60, "at_once": 1, "alone_from": 14, "hold": 60},
    tuple(
        DemoKit(f"radbox-{n}", (f"Radbox {n}", f"Bicycle box {n}"), ((("Stellplatz", "space"), 1),))
        for n in range(1, 13)
    ),
    box=("treff-radbox", "Radbox"),
)
ALL = (SPORTBOX, LIBRARY, BICYCLES)
TERMS = {
    "de": (
        "Sie leihen kostenlos und ohne Pfand. Gehen Sie mit allem so um, als gehörte es Ihnen, und bringen Sie es "
        "rechtzeitig zurück. Was beim Spielen kaputtgeht, müssen Sie nicht bezahlen: Sagen Sie es nur gleich, damit "
        "es niemand anders in die Hand bekommt. Was Sie absichtlich zerstören, ersetzen Sie."
    ),
    "en": (
        "You borrow free of charge and without a deposit. Treat everything as if it were yours and bring it back in "
        "time. You need not pay for what breaks in play: just tell us at once, so that nobody else gets it. What you "
        "destroy on purpose you replace."
    ),
}


def let_lend(kept: Mapping[str, int], organisations: Mapping[str, int]) -> None:
    """Put up what is lent; places by slug and organisations by slug, as noun ids. The Sportbox stands already."""
    lending.keep_liability(NODE, TERMS)
    for one in ALL:
        place = Place.objects.select_related("noun").get(noun=kept[one.slug])
        if one.box is not None:
            _put_up(place, one)
        units = dict(Unit.objects.filter(place=place).values_list("key", "id"))
        for order, kit in enumerate(one.kits):
            lending.keep_kit(
                NODE, place.noun_id, kit.key, texts(kit.name),
                [{"name": texts(name), "count": count} for name, count in kit.items], one.rules,
                unit=units.get(kit.unit or kit.key), partner=organisations.get(one.partner), order=order,
            )  # fmt: skip


def _put_up(place: Place, one: Lending) -> None:
    """The box with a compartment for each kit."""
    assert one.box is not None
    controller, _secret = locks.keep_controller(NODE, place.noun_id, *one.box)
    for channel, kit in enumerate(one.kits):
        unit = keep_unit(NODE, place, kit.key, texts(kit.name), order=20 + channel)
        Unit.objects.filter(id=unit.id).update(kind="compartment")
        locks.keep_compartment(NODE, controller.id, channel, unit.id)
