# SPDX-License-Identifier: EUPL-1.2
"""The connectors, for those who keep things; their passwords are not among what is read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import get_language

from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.models import Connector, ConnectorState, Datastream
from smilecity.things.rules.observations import Expected


@dataclass(frozen=True, slots=True)
class Shown:
    """A connector with how it is doing; None if it was never run."""

    connector: Connector
    state: ConnectorState | None
    has_secret: bool


def connectors(who: Who) -> list[Shown]:
    """All, in order of name."""
    if not rights.may_keep_things(who):
        return []
    rows = (
        Connector.objects.select_related("state")
        .annotate(sealed=Case(When(secret=b"", then=False), default=Value(True), output_field=BooleanField()))
        .defer("secret")
        .order_by("name")
    )
    return [Shown(one, getattr(one, "state", None), one.sealed) for one in rows]


def connector(who: Who, number: int) -> Shown | None:
    """The one of this number."""
    return next((one for one in connectors(who) if one.connector.id == number), None)


def expected_of(who: Who, datastreams: Iterable[int]) -> dict[int, Expected]:
    """What these datastreams expect of a result; those that are not there are left out."""
    if not rights.may_keep_things(who):
        return {}
    rows = Datastream.objects.filter(id__in=list(datastreams)).values_list(
        "id", "observation_type", "multi", "observation_types"
    )
    return {number: Expected(kind, tuple(kinds) if multi else None) for number, kind, multi, kinds in rows}


def datastreams_named(
    who: Who, *, most: int = 0, among: Iterable[int] | None = None, named: str = ""
) -> dict[int, str]:
    """Datastreams by id, as `Thing: Datastream`, in that order: the first so many, these, or those with this name."""
    if not rights.may_keep_things(who):
        return {}
    rows = Datastream.objects.order_by("thing__noun__address", "name", "id")
    if among is not None:
        rows = rows.filter(id__in=list(among))
    if named:
        rows = rows.filter(name=named)
    language = get_language() or "de"
    found = rows.values_list("id", "name", "thing__noun__title")
    return {
        number: f"{in_text(title, language)}: {name}"
        for number, name, title in (found[:most] if most else found)
    }
