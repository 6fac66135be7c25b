# SPDX-License-Identifier: EUPL-1.2
"""What its keeper says of a place, as one value: what an entry is made of, what a change changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from smilecity.core.problems import Refusal
from smilecity.places.rules import hours, words

OLDEST = 120
INDOORS = ("", "in", "out", "both")
Texts = Mapping[str, str]


class Described(TypedDict, total=False):
    """`Description` by name, for those who say only part of it."""

    title: Texts
    category: str
    text: Texts | None
    position: tuple[float, float] | None
    street: str
    entry: Texts | None
    opening_hours: str
    quiet_hours: str
    access: Mapping[str, str] | None
    free: bool | None
    cost: Texts | None
    indoors: str
    age_from: int | None
    age_to: int | None
    languages: tuple[str, ...]
    website: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Texts are by language; `position` is (longitude, latitude); hours are OSM's syntax; None is not known."""

    title: Texts
    category: str
    text: Texts | None = None
    position: tuple[float, float] | None = None
    street: str = ""
    entry: Texts | None = None
    opening_hours: str = ""
    quiet_hours: str = ""
    access: Mapping[str, str] | None = None
    free: bool | None = None
    cost: Texts | None = None
    indoors: str = ""
    age_from: int | None = None
    age_to: int | None = None
    languages: tuple[str, ...] = field(default=())
    website: str = ""
    email: str = ""
    phone: str = ""


def checked(said: Description) -> dict[str, Any]:
    """All of it as it will be kept, by name. Refuses the first thing that cannot be, with its field."""
    return {
        "title": words.checked_texts(said.title, "title", needed=True),
        "category": words.checked_category(said.category),
        "text": words.checked_texts(said.text or {}, "text", needed=False),
        "position": words.checked_position(said.position) if said.position else None,
        "street": words.plain(said.street, "street").strip(),
        "entry": words.checked_texts(said.entry or {}, "entry", needed=False),
        "opening_hours": hours.checked(said.opening_hours),
        "quiet_hours": hours.checked(said.quiet_hours, "quiet_hours"),
        "access": words.checked_access(said.access or {}),
        "free": said.free,
        "cost": words.checked_texts(said.cost or {}, "cost", needed=False),
        "indoors": _checked_indoors(said.indoors),
        **_checked_ages(said.age_from, said.age_to),
        "languages": sorted(words.checked_spoken(language) for language in set(said.languages)),
        "website": words.checked_website(said.website),
        "email": words.checked_email(said.email),
        "phone": words.checked_phone(said.phone),
    }


def _checked_indoors(indoors: str) -> str:
    if indoors not in INDOORS:
        raise Refusal("place.indoors", _("Drinnen, draußen oder beides?"), field="indoors")
    return indoors


def _checked_ages(youngest: int | None, oldest: int | None) -> dict[str, int | None]:
    for name, age in (("age_from", youngest), ("age_to", oldest)):
        if age is not None and not 0 <= age <= OLDEST:
            raise Refusal("place.age", _("Ein Alter liegt zwischen 0 und 120 Jahren."), field=name)
    if youngest is not None and oldest is not None and youngest > oldest:
        raise Refusal("place.ages", _("Das Alter von liegt über dem Alter bis."), field="age_to")
    return {"age_from": youngest, "age_to": oldest}
