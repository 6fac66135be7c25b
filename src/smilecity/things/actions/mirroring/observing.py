# SPDX-License-Identifier: EUPL-1.2
"""What mirrored datastreams observed since the last time, page by page, late values too."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db import transaction

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.things.actions.mirroring.run import Run
from smilecity.things.actions.observations import take
from smilecity.things.models import Mirrored
from smilecity.things.rules import mirror
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.mirror import WAYS, Page, observation_body

TROUBLES = "observing"
MOST_PAGES = 20  # of one datastream in a run, so that others have their turn
MOST_UNREACHED = 3  # datastreams in a row, then nobody is there
KINDS_OBSERVED = ("Datastream", "MultiDatastream")


def observe(run: Run) -> None:
    """Each datastream in turn, from the one after that at which the last run ended."""
    streams = Mirrored.objects.filter(connector=run.source.id, kind__in=KINDS_OBSERVED).exclude(digest="")
    ids = list(streams.order_by("id").values_list("id", flat=True))
    last = run.position.get("last", 0)
    unreached = 0
    for number in [one for one in ids if one > last] + [one for one in ids if one <= last]:
        if run.is_over():
            return
        one = Mirrored.objects.get(pk=number)
        try:
            _follow(run, one)
            unreached = 0
        except Refusal as refusal:
            unreached += refusal.code.startswith("reach.")
            if unreached >= MOST_UNREACHED:
                raise
            run.note(TROUBLES, f"{one.kind} {one.theirs}", refusal, counted=False)
        run.position["last"] = number
        run.save()


def _follow(run: Run, one: Mirrored) -> None:
    """One datastream's pages, as many as there are or a run takes."""
    asked: set[str] = set()
    for _page in range(MOST_PAGES):
        query, page = _next(run, one)
        asked.add(query)
        _take(run, one, page)
        if not one.position["query"]:
            return
        if one.position["query"] in asked:
            _start_over(one)
            raise Refusal("mirror.cycle", "The links to next pages go round in a circle.", status=502)
        if run.is_over():
            return
    run.total.more = True


def _next(run: Run, one: Mirrored) -> tuple[str, Page]:
    """What is asked, and its answer; the first time the way is found that the other service understands."""
    path = f"{KINDS[one.kind].plural}({quote(one.theirs)})/Observations"
    if "way" in one.position:
        query = one.position["query"] or mirror.observations_query(one.position["way"], one.position["since"])
        try:
            return query, run.peer.page(path, query)
        except Refusal:
            if one.position["query"]:
                _start_over(one)  # links to pages do not live for ever
            raise
    for way in WAYS:
        since = None if way == "id" else mirror.written(clock.now() - mirror.RETENTION)
        query = mirror.observations_query(way, since)
        try:
            page = run.peer.page(path, query)
        except Refusal as refusal:
            if refusal.code != "reach.not-there" or way == WAYS[-1]:
                raise
        else:
            one.position |= {"way": way, "since": since, "query": "", "furthest": None}
            return query, page
    raise AssertionError("the last way returns or raises")


def _take(run: Run, one: Mirrored, page: Page) -> None:
    """Store the page, in parts if it is long, and where to go on."""
    parts = list(mirror.chunks(page.rows)) or [[]]
    for number, rows in enumerate(parts, 1):
        with transaction.atomic():
            _store(run, one, rows)
            if number == len(parts):
                one.position["query"] = page.next
                if not page.next:
                    _turn(one)
            _save(one)
            run.save()


def _store(run: Run, one: Mirrored, rows: Any) -> None:
    """Store what of these rows is sound; those refused are counted when they are first seen."""
    now, way = clock.now(), one.position["way"]
    before = _read(one.position["furthest"])
    bodies, taken, refused = [], [], []
    for row in rows:
        try:
            bodies.append(observation_body(row, run.source.id, one.ours))
            taken.append(row)
        except Refusal as refusal:
            refused.append((row, refusal))
    count, failed = take(run.who, one.ours, bodies)
    run.total.taken += count
    refused += [(taken[place], why) for place, why in failed.items()]
    for row, why in refused:
        place = mirror.place_of(row, way, now)
        is_old = place is not None and before is not None and place <= before
        run.note(TROUBLES, f"{one.kind} {one.theirs}", why, counted=not is_old)
    places = [place for row in rows if (place := mirror.place_of(row, way, now)) is not None]
    one.position["furthest"] = _written(max([*places, *([] if before is None else [before])], default=None))


def _turn(one: Mirrored) -> None:
    """All has been read: the next time begins near the end of it."""
    furthest = _read(one.position["furthest"])
    if furthest is not None:
        one.position["since"] = mirror.onward(one.position["way"], furthest)
    one.position["query"] = ""


def _start_over(one: Mirrored) -> None:
    _turn(one)
    _save(one)


def _save(one: Mirrored) -> None:
    Mirrored.objects.filter(pk=one.pk).update(position=one.position)


def _read(furthest: Any) -> Any:
    return datetime.fromisoformat(furthest) if isinstance(furthest, str) else furthest


def _written(furthest: Any) -> Any:
    return furthest.isoformat() if isinstance(furthest, datetime) else furthest
