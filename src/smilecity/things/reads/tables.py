# SPDX-License-Identifier: EUPL-1.2
"""Tables that somebody brought: what they look like, which datastreams they can feed, how far they are taken in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from smilecity.core.lines import HEAD, encoding_of
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.models import Datastream, TableImport, Thing
from smilecity.things.reads.streams import STREAM, Stream
from smilecity.things.rules import results, tables
from smilecity.things.rules.tables import Guess, Layout

PAGE_SIZE = 30
MOST_THINGS = 1000
READERS: dict[str, Callable[[str, str], Any]] = {
    results.TRUTH: tables.truth,
    results.CATEGORY: tables.words,
}
"""How the cells of a datastream are read, by its type; all others are numbers."""


def imports(who: Who, *, after: str = "") -> Page[TableImport]:
    """All tables, the newest first, for those who keep things."""
    found = TableImport.objects.select_related("thing__noun")
    found = found if rights.may_keep_things(who) else found.none()
    return page(found, ("-made_at", "-id"), after=after, size=PAGE_SIZE)


def table(who: Who, number: int) -> TableImport | None:
    """One of them."""
    if not rights.may_keep_things(who):
        return None
    return TableImport.objects.select_related("thing__noun").filter(pk=number).first()


def waiting(who: Who) -> list[int]:
    """Those that are to be worked on, the oldest first."""
    if not rights.may_keep_things(who):
        return []
    running = TableImport.objects.filter(state=TableImport.RUNNING).order_by("made_at", "id")
    return list(running.values_list("id", flat=True))


def fed(who: Who, thing: int) -> list[Datastream]:
    """The datastreams of a thing that a column can feed, in order of their names."""
    if not rights.may_keep_things(who):
        return []
    return list(Datastream.objects.filter(thing=thing, multi=False).order_by("name", "id"))


def things_to_feed(who: Who) -> list[Thing]:
    """Things that have a datastream, in order of their titles."""
    if not rights.may_keep_things(who):
        return []
    feedable = Datastream.objects.filter(multi=False).values("thing")
    having = Thing.objects.filter(pk__in=feedable).select_related("noun")
    return list(having.order_by("noun__sort", "pk")[:MOST_THINGS])


def streams(who: Who, thing: int, ids: list[int]) -> dict[int, Stream]:
    """What is to be known of these datastreams to write to them; those of other things are left out."""
    known = {one.id for one in fed(who, thing)}
    found = {}
    with connection.cursor() as cursor:
        for number in sorted(known.intersection(ids)):
            cursor.execute(STREAM, [number])
            if row := cursor.fetchone():
                found[number] = Stream.of(row)
    return found


def readers(found: dict[int, Stream]) -> dict[int, Callable[[str, str], Any]]:
    """How the cells of each datastream are read."""
    return {
        number: READERS.get(one.expected.observation_type, tables.number) for number, one in found.items()
    }


def guessed(who: Who, kept: TableImport, layout: Layout | None = None) -> Guess:
    """What the file's first lines look like; with the mark between cells that was said, if it was."""
    if not rights.may_keep_things(who):
        return Guess(Layout(), [], [])
    with file_of(kept).open("rb") as file:
        head = file.read(HEAD)
    encoding = layout.encoding if layout else encoding_of(head)
    zone = layout.zone if layout else str(settings.SMILE.zone)
    return tables.guess(head, encoding, zone, delimiter=layout.delimiter if layout else "")


def file_of(kept: TableImport) -> Path:
    """Where the file lies; the one place that says so."""
    return Path(settings.TABLES) / kept.file
