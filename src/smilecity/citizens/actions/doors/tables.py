# SPDX-License-Identifier: EUPL-1.2
"""A table of what people said is brought, looked through with nothing kept, and then taken in, row after row.

Lock, of all that changes a table: its row. A chunk of rows is one transaction with the place where to go on, so it may
end anywhere; what was said in a line has one form, made of table and line, and is not said again.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from uuid import NAMESPACE_URL, uuid4, uuid5

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.actions.saying import Said, say_needs
from smilecity.citizens.models import Need, NeedTable
from smilecity.citizens.reads import doors
from smilecity.citizens.rules import Coming, Spot, tables
from smilecity.citizens.rules.tables import Layout, Row
from smilecity.core import clock, log, uploads
from smilecity.core.lines import next_line
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Who

MOST_BYTES = 500 << 20
MOST_LINES = 1_000_000
MOST_NAME = 200
ROWS = 200  # of one transaction
ROWS_LOOKED = 2000
MOST_TROUBLES = 100  # that are named
KEPT = timedelta(days=30)
TAKE, LOOK = "take", "look"


def bring_table(who: Who, name: str, parts: Iterable[bytes]) -> NeedTable:
    """Keep a file until it is taken in, at most 500 MB, as UTF-8 if it is UTF-16; its layout is guessed.

    The same file again is refused as long as the first is known.
    """
    _let_in(who)
    Path(settings.TABLES).mkdir(mode=0o700, parents=True, exist_ok=True)
    path = Path(settings.TABLES) / f"{uuid4().hex}.csv"
    digest = hashlib.sha256()
    try:
        size = uploads.store(path, _counted(parts, digest), MOST_BYTES)
        with transaction.atomic():
            made = NeedTable(name=name[:MOST_NAME].replace("\0", ""), file=path.name, size=size, by=who.label)
            made.digest = digest.hexdigest()
            made.columns = _columns(doors.table_guessed(who, made).layout)
            made.save(force_insert=True)
            log.append(who, facts.NEED_TABLE_BROUGHT, data={"id": made.pk})
            return made
    except IntegrityError as error:
        path.unlink(missing_ok=True)
        raise Refusal(
            "table.known",
            _("Genau diese Datei wurde schon hochgeladen."),
            cure=_(
                "Sie steht in der Liste der Tabellen. Löschen Sie sie dort, wenn Sie neu beginnen möchten."
            ),
            field="file",
            status=409,
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def understand_table(who: Who, number: int, layout: Layout) -> NeedTable:
    """Say how the table is to be read; what was found with another layout counts no more."""
    with transaction.atomic():
        kept = _held(who, number, NeedTable.DRAFT)
        rules.checked_kind(layout.kind)
        _begin_anew(kept, layout)
        kept.save()
        return kept


def look_through_table(who: Who, number: int) -> None:
    """Have the whole table read without keeping anything, to find what is wrong with it."""
    with transaction.atomic():
        kept = _held(who, number, NeedTable.DRAFT)
        layout = layout_of(kept)
        if "words" not in layout.columns:
            raise Refusal(
                "table.no-words",
                _("Sagen Sie, in welcher Spalte die Worte stehen."),
                field="words",
                status=422,
            )
        _begin_anew(kept, layout)
        kept.state = NeedTable.RUNNING
        kept.save()
        _soon()


def take_in_table(who: Who, number: int, *, seen: int) -> None:
    """Have it taken in, after somebody has seen what is wrong with it: `seen` is the number of troubles they saw."""
    with transaction.atomic():
        kept = _held(who, number, NeedTable.DRAFT)
        if not kept.columns.get("looked"):
            raise Refusal("table.not-looked", _("Die Tabelle ist noch nicht geprüft."), status=409)
        if kept.refused != seen:
            raise Refusal("table.meanwhile", _("Inzwischen wurde die Tabelle neu geprüft."), status=409)
        _begin_anew(kept, layout_of(kept), pass_=TAKE, looked=True)
        kept.state = NeedTable.RUNNING
        kept.save()
        log.append(who, facts.NEED_TABLE_STARTED, data={"id": number})
        _soon()


def stop_table(who: Who, number: int) -> None:
    """Halt it after the chunk it is at."""
    with transaction.atomic():
        kept = _held(who, number, NeedTable.RUNNING)
        kept.state = NeedTable.STOPPED
        kept.save(update_fields=["state"])


def go_on_with_table(who: Who, number: int) -> None:
    """Go on where it was halted."""
    with transaction.atomic():
        kept = _held(who, number, NeedTable.STOPPED)
        kept.state = NeedTable.RUNNING
        kept.save(update_fields=["state"])
        _soon()


def forget_table(who: Who, number: int) -> None:
    """Delete the table and its file; what was taken in stays."""
    with transaction.atomic():
        kept = _held(who, number)
        log.append(who, facts.NEED_TABLE_FORGOTTEN, data={"id": number})
        kept.delete()
        transaction.on_commit(lambda: doors.file_of(kept).unlink(missing_ok=True))


def forget_old_tables(who: Who) -> int:
    """Delete tables with which nothing happened for a month; how many."""
    if not rights.may_forget(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    left = NeedTable.objects.exclude(state=NeedTable.RUNNING).filter(changed_at__lt=clock.now() - KEPT)
    old = list(left.values_list("pk", flat=True))
    for number in old:
        forget_table(NODE, number)
    return len(old)


def work_on_table(who: Who, number: int, *, seconds: float = 240.0) -> bool:
    """Work on a running table for so long at most; whether there is nothing more to do for now."""
    _let_in(who)
    until = time.monotonic() + seconds
    while _chunk(who, number):
        if time.monotonic() > until:
            return False
    return True


def layout_of(kept: NeedTable) -> Layout:
    """How it is read."""
    return msgspec.convert(kept.columns["layout"], Layout)


@dataclass(slots=True)
class _Part:
    """Some lines of the file: what they say or why not, with their numbers, and where they end."""

    rows: list[tuple[int, Row | Refusal]] = field(default_factory=list)
    line: int = 0
    at: int = 0
    ended: bool = False


def _chunk(who: Who, number: int) -> bool:
    """Read the next lines, take in what they say unless they are only looked through; whether there may be more."""
    with transaction.atomic():
        kept = _held(who, number)
        if kept.state != NeedTable.RUNNING:
            return False
        try:
            part = _read(kept, layout_of(kept))
        except OSError:
            _note(kept, kept.columns["line"], "table.lost")
            kept.state = NeedTable.STOPPED
        else:
            _take(who, kept, part)
            if part.ended:
                _end(who, kept)
        kept.changed_at = clock.now()
        kept.save()
    if kept.state == NeedTable.DONE:
        doors.file_of(kept).unlink(missing_ok=True)
    return kept.state == NeedTable.RUNNING


def _read(kept: NeedTable, layout: Layout) -> _Part:
    part = _Part(line=kept.columns["line"], at=kept.bytes_done)
    with doors.file_of(kept).open("rb") as file:
        file.seek(part.at)
        for _line in range(ROWS if kept.columns["pass"] == TAKE else ROWS_LOOKED):
            line = next_line(file)
            if not line:
                part.ended = True
                break
            part.line += 1
            if layout.header and part.line == 1:
                continue
            if part.line > MOST_LINES + layout.header:
                part.rows.append((part.line, Refusal("table.too-long", "")))
                part.ended = True
                break
            try:
                row: Row | Refusal | None = tables.read_row(line, layout)
            except Refusal as refusal:
                row = refusal
            if row is not None:
                part.rows.append((part.line, row))
        part.at = file.tell()
    return part


def _take(who: Who, kept: NeedTable, part: _Part) -> None:
    city = _City(who)
    taking = kept.columns["pass"] == TAKE
    found = _say(kept, part.rows, city) if taking else city.checked([row for _line, row in part.rows])
    for (line, _row), outcome in zip(part.rows, found, strict=True):
        if isinstance(outcome, Refusal):
            _note(kept, line, outcome.code)
        else:
            kept.stored += taking
    kept.rows += len(part.rows)
    kept.columns["line"], kept.bytes_done = part.line, part.at


def _say(kept: NeedTable, rows: list[tuple[int, Row | Refusal]], city: "_City") -> list[Need | Refusal]:
    """These lines, by the way that all take: what was kept of each, or why it was not."""
    read = [_said(kept, line, row, city) for line, row in rows]
    done = iter(say_needs(NODE, [one for one in read if isinstance(one, Said)]))
    return [next(done) if isinstance(one, Said) else one for one in read]


def _said(kept: NeedTable, line: int, row: Row | Refusal, city: "_City") -> Said | Refusal:
    """One line; who brought the table is not its author."""
    try:
        if isinstance(row, Refusal):
            return row
        about = city.place(row.place)
    except Refusal as refusal:
        return refusal
    return Said(
        form=uuid5(NAMESPACE_URL, f"urn:smilecity:need-table:{kept.pk}:{line}"),
        kind=row.kind,
        words=row.words,
        language=settings.LANGUAGE_CODE,
        about=about,
        contact=row.contact,
        coming=Coming(
            door="table",
            category=row.category,
            spot=row.spot,
            where="" if about else row.place,
            said_at=datetime.combine(row.day, clock_time(12), UTC) if row.day else None,
        ),
    )


class _City:
    """What rows are held against, asked once for each name of a chunk."""

    def __init__(self, who: Who) -> None:
        self._who = who
        self._places: dict[str, int | None] = {}
        self._categories: set[str] = set()

    def place(self, name: str) -> int | None:
        """The public area or place of this name."""
        if name not in self._places:
            found = doors.place_named(ANYONE, name)
            self._places[name] = found.id if found else None
        return self._places[name]

    def checked(self, rows: Sequence[Row | Refusal]) -> list[Row | Refusal]:
        """Each row, or why saying it would be refused; where they are is asked for all together."""
        areas = reads.areas_of(self._who, {row.spot for row in rows if isinstance(row, Row) and row.spot})
        return [one if isinstance(one, Refusal) else self._checked(one, areas) for one in rows]

    def _checked(self, row: Row, areas: Mapping[Spot, int | Refusal | None]) -> Row | Refusal:
        if row.category not in self._categories:
            try:
                category = reads.category(self._who, row.category)
                rules.checked_details(category.asks if category else [], {})
            except Refusal as refusal:
                return refusal
            self._categories.add(row.category)
        area = areas[row.spot] if row.spot else None
        return area if isinstance(area, Refusal) else row


def _end(who: Who, kept: NeedTable) -> None:
    if kept.columns["pass"] == TAKE:
        kept.state = NeedTable.DONE
        data = {"id": kept.pk, "stored": kept.stored, "refused": kept.refused}
        log.append(who, facts.NEED_TABLE_TAKEN, data=data)
    else:
        kept.state = NeedTable.DRAFT
        kept.columns["looked"] = True
        kept.bytes_done = 0


def _note(kept: NeedTable, line: int, code: str) -> None:
    """Only where and why: what stands there is somebody's words."""
    kept.refused += 1
    if len(kept.troubles) < MOST_TROUBLES:
        kept.troubles.append({"line": line, "code": code})


def _columns(layout: Layout, *, pass_: str = LOOK, looked: bool = False) -> dict[str, object]:
    """The layout, which pass it is, whether the first is through, and the line it is at."""
    return {"layout": msgspec.to_builtins(layout), "pass": pass_, "looked": looked, "line": 0}


def _begin_anew(kept: NeedTable, layout: Layout, *, pass_: str = LOOK, looked: bool = False) -> None:
    kept.columns = _columns(layout, pass_=pass_, looked=looked)
    kept.bytes_done = kept.rows = kept.stored = kept.refused = 0
    kept.troubles = []
    kept.changed_at = clock.now()


def _soon() -> None:
    """Have the queue work on tables, once, however often it is asked for before it begins."""
    task = queue.configure_task(
        "citizens:take_need_tables", queueing_lock="citizens.tables.soon", lock="citizens.tables"
    )
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer()


def _let_in(who: Who) -> None:
    if not rights.may_write_down(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)


def _held(who: Who, number: int, state: str = "") -> NeedTable:
    _let_in(who)
    kept = NeedTable.objects.select_for_update().filter(pk=number).first()
    if kept is None or not rights.may_keep_table(who, kept.by):
        raise Refusal("table.unknown", _("Diese Tabelle gibt es hier nicht."), status=404)
    if state and kept.state != state:
        raise Refusal(
            "table.other-state",
            _("Inzwischen ist diese Tabelle weiter."),
            cure=_("Sehen Sie nach, wie es um sie steht."),
            status=409,
        )
    return kept


def _counted(parts: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for part in parts:
        digest.update(part)
        yield part
