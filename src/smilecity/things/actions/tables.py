# SPDX-License-Identifier: EUPL-1.2
"""Writes: a table of values brought, looked through without storing anything, and then taken in, row after row.

Lock, of all that changes a table: its row. A chunk of rows is one transaction with the place where to go on, so it may
end anywhere; what was stored before has the same computed id and is not stored again.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from smilecity.core import clock, log, uploads
from smilecity.core.lines import next_line
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts
from smilecity.things.actions.desk import keeper, refused
from smilecity.things.actions.observations import take
from smilecity.things.models import TableImport, Thing
from smilecity.things.reads import tables as reads
from smilecity.things.reads.streams import Stream
from smilecity.things.rules import tables as rules
from smilecity.things.rules.mirror import given_id
from smilecity.things.rules.observations import observation_of
from smilecity.things.rules.tables import Layout, Reading, Row

MOST_BYTES = 200 << 20
MOST_NAME = 200
ROWS = 1000  # values of one transaction
MOST_TROUBLES = 100  # that are named
KEPT = timedelta(days=30)  # a table that nobody goes on with

TAKE, LOOK = "take", "look"


def bring(who: Who, thing: int, name: str, parts: Iterable[bytes]) -> TableImport:
    """Keep a file for a thing until it is taken in, at most 200 MB, as UTF-8 if it is UTF-16; its layout is guessed."""
    keeper(who)
    Path(settings.TABLES).mkdir(mode=0o700, parents=True, exist_ok=True)
    file = f"{uuid4().hex}.csv"
    path = Path(settings.TABLES) / file
    try:
        size = uploads.store(path, parts, MOST_BYTES)
        with transaction.atomic():
            if not Thing.objects.filter(pk=thing).exists():
                raise refused("thing.unknown", _("Diesen Sensor gibt es hier nicht."), "thing", status=404)
            made = TableImport(thing_id=thing, name=name[:MOST_NAME].replace("\0", ""), file=file, size=size)
            made.by = who.label
            made.columns = _columns(reads.guessed(who, made).layout)
            made.save(force_insert=True)
            log.append(who, facts.TABLE_BROUGHT, noun=thing, data={"id": made.pk})
            return made
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def understand(who: Who, number: int, layout: Layout) -> TableImport:
    """Say how the table is to be read; what was found with another layout counts no more."""
    keeper(who)
    with transaction.atomic():
        kept = _held(number, TableImport.DRAFT)
        known = reads.streams(who, kept.thing_id, [*layout.values.values(), *layout.named.values()])
        if {*layout.values.values(), *layout.named.values()} - known.keys():
            raise refused("table.no-datastream", _("Diese Messreihe gehört nicht zum Sensor."), "values")
        kept.columns = _columns(layout)
        _begin_anew(kept)
        kept.save()
        return kept


def look_through(who: Who, number: int) -> None:
    """Have the whole table read without storing anything, to find what is wrong with it."""
    keeper(who)
    with transaction.atomic():
        kept = _held(number, TableImport.DRAFT)
        layout = layout_of(kept)
        if layout.time is None:
            raise refused("table.no-time", _("Sagen Sie, in welcher Spalte die Zeit steht."), "time")
        if not (layout.named if layout.name is not None else layout.values):
            raise refused(
                "table.no-values", _("Wählen Sie mindestens eine Spalte und ihre Messreihe."), "values"
            )
        kept.columns = _columns(layout, pass_=LOOK)
        _begin_anew(kept)
        kept.state = TableImport.RUNNING
        kept.save()
        _soon()


def take_in(who: Who, number: int, *, seen: int) -> None:
    """Have it stored, after somebody has seen what is wrong with it: `seen` is the number of refused values they saw."""
    keeper(who)
    with transaction.atomic():
        kept = _held(number, TableImport.DRAFT)
        if not kept.columns.get("looked"):
            raise refused("table.not-looked", _("Die Tabelle ist noch nicht geprüft."), "", status=409)
        if kept.refused != seen:
            raise refused("table.meanwhile", _("Inzwischen wurde die Tabelle neu geprüft."), "", status=409)
        kept.columns = _columns(layout_of(kept), pass_=TAKE, looked=True)
        _begin_anew(kept)
        kept.state = TableImport.RUNNING
        kept.save()
        log.append(who, facts.TABLE_STARTED, noun=kept.thing_id, data={"id": number})
        _soon()


def stop(who: Who, number: int) -> None:
    """Halt it after the chunk it is at."""
    keeper(who)
    with transaction.atomic():
        kept = _held(number, TableImport.RUNNING)
        kept.state = TableImport.STOPPED
        kept.save()


def go_on(who: Who, number: int) -> None:
    """Go on where it was halted."""
    keeper(who)
    with transaction.atomic():
        kept = _held(number, TableImport.STOPPED)
        kept.state = TableImport.RUNNING
        kept.save()
        _soon()


def forget(who: Who, number: int) -> None:
    """Delete the table and its file; what was taken in stays."""
    keeper(who)
    with transaction.atomic():
        kept = _held(number)
        reads.file_of(kept).unlink(missing_ok=True)
        log.append(who, facts.TABLE_FORGOTTEN, noun=kept.thing_id, data={"id": number})
        kept.delete()


def forget_old(who: Who) -> int:
    """Delete tables with which nobody went on for a month; how many."""
    keeper(who)
    left = TableImport.objects.exclude(state__in=[TableImport.DONE, TableImport.RUNNING])
    old = list(left.filter(changed_at__lt=clock.now() - KEPT).values_list("pk", flat=True))
    for number in old:
        forget(who, number)
    return len(old)


def work(who: Who, number: int, *, seconds: float = 240.0) -> bool:
    """Work on a running table for so long at most; whether there is nothing more to do for now."""
    keeper(who)
    until = time.monotonic() + seconds
    while _chunk(who, number):
        if time.monotonic() > until:
            return False
    return True


def layout_of(kept: TableImport) -> Layout:
    """How it is read."""
    return msgspec.convert(kept.columns["layout"], Layout, strict=False)


@dataclass(slots=True)
class _Part:
    """Some lines of the file: what they say, with their numbers, and where they end."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    line: int = 0
    at: int = 0
    ended: bool = False


def _chunk(who: Who, number: int) -> bool:
    """Read the next lines, store what they say unless it is only looked through; whether there may be more."""
    with transaction.atomic():
        kept = TableImport.objects.select_for_update().filter(pk=number, state=TableImport.RUNNING).first()
        if kept is None:
            return False
        layout = layout_of(kept)
        wanted = sorted({*layout.values.values(), *layout.named.values()})
        streams = reads.streams(who, kept.thing_id, wanted)
        try:
            part = _read(kept, layout, streams) if len(streams) == len(wanted) else None
        except OSError:
            part = None
        if part is None:
            _note(kept, kept.columns["line"], "table.lost")
            kept.state = TableImport.STOPPED
        else:
            _take(who, kept, part, streams)
            if part.ended:
                _end(who, kept)
        kept.changed_at = clock.now()
        kept.save()
    if kept.state == TableImport.DONE:
        reads.file_of(kept).unlink(missing_ok=True)
    return kept.state == TableImport.RUNNING


def _read(kept: TableImport, layout: Layout, streams: dict[int, Stream]) -> _Part:
    zone, readers = ZoneInfo(layout.zone), reads.readers(streams)
    part = _Part(line=kept.columns["line"], at=kept.bytes_done)
    room = max(1, ROWS // max(1, len(layout.values)))
    with reads.file_of(kept).open("rb") as file:
        file.seek(part.at)
        for _line in range(room):
            line = next_line(file)
            if not line:
                part.ended = True
                break
            part.line += 1
            if layout.header and part.line == 1:
                continue
            row = rules.read_row(line, layout, zone, readers)
            if row is not None:
                part.rows.append((part.line, row))
        part.at = file.tell()
    return part


def _take(who: Who, kept: TableImport, part: _Part, streams: dict[int, Stream]) -> None:
    by_stream: dict[int, list[tuple[int, Reading]]] = {}
    for line, row in part.rows:
        for trouble in row.troubles:
            _note(kept, line, trouble.code, trouble.text)
        for reading in row.readings:
            by_stream.setdefault(reading.datastream, []).append((line, reading))
    for datastream, readings in sorted(by_stream.items()):
        bodies = [_body(reading) for _line, reading in readings]
        if kept.columns["pass"] == TAKE:
            count, failed = take(who, datastream, bodies)
            kept.stored += count
        else:
            failed = _tried(datastream, streams[datastream], bodies)
        for place, refusal in failed.items():
            _note(kept, readings[place][0], refusal.code, str(readings[place][1].result)[:80])
        kept.columns["values"] += len(readings)
        kept.columns["failed"] += len(failed)
    kept.rows += len(part.rows)
    kept.columns["line"], kept.bytes_done = part.line, part.at


def _tried(datastream: int, stream: Stream, bodies: list[dict[str, Any]]) -> dict[int, Refusal]:
    """What would be refused if these were stored."""
    now, failed = clock.now(), {}
    for place, body in enumerate(bodies):
        try:
            observation_of(body, datastream, stream.expected, None, now)
        except Refusal as refusal:
            failed[place] = refusal
    return failed


def _body(reading: Reading) -> dict[str, Any]:
    at = reading.time.isoformat()
    number = given_id("table", reading.datastream, at)
    return {"phenomenonTime": at, "result": reading.result, "@iot.id": number}


def _end(who: Who, kept: TableImport) -> None:
    if kept.columns["pass"] == TAKE:
        kept.state = TableImport.DONE
        data = {"id": kept.pk, "stored": kept.stored, "refused": kept.refused}
        log.append(who, facts.TABLE_TAKEN, noun=kept.thing_id, data=data)
    else:
        kept.state = TableImport.DRAFT
        kept.columns["looked"] = True
        kept.bytes_done = 0


def _note(kept: TableImport, line: int, code: str, text: str = "") -> None:
    kept.refused += 1
    if len(kept.troubles) < MOST_TROUBLES:
        kept.troubles.append({"line": line, "code": code, "text": text.replace("\0", "")})


def _columns(layout: Layout, *, pass_: str = LOOK, looked: bool = False) -> dict[str, Any]:
    """The layout, which pass it is, whether the first is through; the line, values read, those not stored, so far."""
    kept = msgspec.to_builtins(layout, str_keys=True)
    return {"layout": kept, "pass": pass_, "looked": looked, "line": 0, "values": 0, "failed": 0}


def _begin_anew(kept: TableImport) -> None:
    kept.bytes_done = kept.rows = kept.stored = kept.refused = 0
    kept.troubles = []
    kept.changed_at = clock.now()


def _soon() -> None:
    """Have the queue work on tables, once, however often it is asked for before it begins."""
    task = queue.configure_task(
        "things:take_tables", queueing_lock="things.tables.soon", lock="things.tables"
    )
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer()


def _held(number: int, state: str = "") -> TableImport:
    kept = TableImport.objects.select_for_update().filter(pk=number).first()
    if kept is None:
        raise Refusal("table.unknown", _("Diese Tabelle gibt es hier nicht."), status=404)
    if state and kept.state != state:
        raise refused(
            "table.other-state",
            _("Inzwischen ist diese Tabelle weiter."),
            "",
            cure=_("Sehen Sie nach, wie es um sie steht."),
            status=409,
        )
    return kept
