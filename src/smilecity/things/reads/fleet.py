# SPDX-License-Identifier: EUPL-1.2
"""What the desk shows of things: those of which a person writes, and those that were never heard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.things import rights

PAGE_SIZE = 30
MOST_TROUBLES = 50
MOST_CHOICES = 500
MOST_WORDS = 100

KEPT = "(%(all)s OR n.area_id = ANY(%(areas)s))"

NEVER = f"""
SELECT n.id, n.title, n.address
FROM things_datastream AS d
JOIN core_noun AS n ON n.id = d.thing_id
LEFT JOIN things_latest AS l ON l.datastream_id = d.id
WHERE {KEPT}
GROUP BY n.id
HAVING max(l.phenomenon_time) IS NULL
ORDER BY n.id LIMIT %(most)s
"""  # noqa: S608 - of our own parts


@dataclass(frozen=True, slots=True)
class Quiet:
    """A thing of which no datastream was ever heard."""

    id: int
    title: Mapping[str, str]
    address: str


def declared(who: Who, *, words: str = "", lacking: bool = False, after: str = "") -> Page[Noun]:
    """The things of which this person writes what residents read, each with `thing` and `keeper`.

    `lacking` leaves only those of which too little is said to be shown to all.
    """
    found = _kept(who)
    for word in nouns.sort_key(words[:MOST_WORDS].replace("\0", "")).split():
        found = found.filter(plain__contains=word)
    if lacking:
        runs = Q(keeper=None, thing__operator="")
        found = found.filter(Q(thing__purpose={}) | Q(thing__retention=None) | runs)
    return page(found, ("sort", "id"), after=after, size=PAGE_SIZE)


def to_declare(who: Who, key: str) -> Noun | None:
    """The thing at `/desk/things/<key>/`, for those who write of it."""
    return _kept(who).filter(address=f"things/{key}").first()


def keepers(who: Who) -> list[Noun]:
    """Organisations that may run a thing, for those who write of things."""
    if not rights.may_declare_any(who):
        return []
    found = Noun.objects.filter(nouns.sees(who), kind="organisation").order_by("sort", "id")
    return list(found[:MOST_CHOICES])


def never_heard(who: Who) -> list[Quiet]:
    """Things of which no datastream was ever heard."""
    return [Quiet(id_, orjson.loads(title), address) for id_, title, address in _rows(who, NEVER)]


def _rows(who: Who, query: str, **asked: Any) -> list[tuple[Any, ...]]:
    if not rights.may_declare_any(who):
        return []
    given = {"all": _all(who), "areas": who.areas(["steward"]), "most": MOST_TROUBLES, **asked}
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _all(who: Who) -> bool:
    return rights.may_keep_things(who) or who.holds("steward")


def _kept(who: Who) -> QuerySet[Noun]:
    found = Noun.objects.filter(kind="thing", thing__isnull=False).select_related("thing", "keeper", "area")
    found = found.defer("search", "plain", "words", "cell", "box")
    return found if _all(who) else found.filter(area__in=who.areas(["steward"]))
