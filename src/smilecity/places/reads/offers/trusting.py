# SPDX-License-Identifier: EUPL-1.2
"""Which organisations publish their offers without a look, since when, and by whose word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Link, LogEntry, Noun
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.reads.changes import kept_by
from smilecity.places.rules import offers as rules

MOST = 500


@dataclass(frozen=True, slots=True)
class Trust:
    """An organisation that is trusted or was; `by` is the name of a person of this city, empty for the node itself."""

    organisation: Noun
    trusted: bool
    since: datetime | None
    by: str
    reason: str


def trusts(who: Who) -> list[Trust]:
    """Organisations in the areas of this person that are trusted, and those that were; nothing for others."""
    if not rights.may_publish_any(who):
        return []
    said = LogEntry.objects.filter(noun=OuterRef("id"), verb=facts.OFFERS_TRUSTED)
    found = _in_my_areas(who).filter(Exists(_link()) | Exists(said)).annotate(trusted=Exists(_link()))
    rows = list(found.order_by("sort", "id")[:MOST])
    last = _last(one.id for one in rows)
    names = _names(one.actor for one in last.values())
    return [_trust(one, last.get(one.id), names) for one in rows]


def to_trust(who: Who) -> list[Noun]:
    """Organisations in the areas of this person that are not trusted yet; nothing for others."""
    if not rights.may_publish_any(who):
        return []
    found = _in_my_areas(who).filter(nouns.sees(who)).exclude(Exists(_link()))
    return list(found.order_by("sort", "id")[:MOST])


def _trust(organisation: Noun, entry: LogEntry | None, names: dict[str, str]) -> Trust:
    trusted: bool = organisation.trusted  # type: ignore[attr-defined]  # annotated above
    if entry is None or entry.data.get("trusted") != trusted:
        return Trust(organisation, trusted, None, "", "")
    return Trust(
        organisation, trusted, entry.at, names.get(entry.actor, ""), str(entry.data.get("reason", ""))
    )


def _in_my_areas(who: Who) -> QuerySet[Noun]:
    return Noun.objects.filter(kept_by(who), kind="organisation").exclude(area=None).select_related("area")


def _link() -> QuerySet[Link]:
    return Link.objects.filter(source=OuterRef("id"), kind=rules.TRUSTED)


def _last(organisations: Iterable[int]) -> dict[int, LogEntry]:
    """What was said of each of them last."""
    rows = LogEntry.objects.filter(noun__in=list(organisations), verb=facts.OFFERS_TRUSTED)
    return {one.noun: one for one in rows.order_by("noun", "-id").distinct("noun") if one.noun is not None}


def _names(actors: Iterable[str]) -> dict[str, str]:
    """By what the log calls them, the pseudonyms of accounts."""
    numbers = [one.removeprefix("account/") for one in actors if one.startswith("account/")]
    rows = get_user_model().objects.filter(id__in=[int(one) for one in numbers if one.isdecimal()])
    return {f"account/{one}": name for one, name in rows.values_list("id", "pseudonym")}
