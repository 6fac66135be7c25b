# SPDX-License-Identifier: EUPL-1.2
"""`smile things mirror` and `smile things import-table`: values of others, brought here."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

if TYPE_CHECKING:
    from smilecity.things.models import TableImport, Thing
    from smilecity.things.rules.tables import Guess, Layout

Booted = Callable[[], AbstractContextManager[Any]]

PART = 1 << 20
MOST_SHOWN = 20

out = Console(highlight=False)


def add_bringing(things: typer.Typer, booted: Booted) -> None:
    """Add the two commands."""
    things.command("mirror")(_mirror(booted))
    things.command("import-table")(_import_table(booted))


def _mirror(booted: Booted) -> Callable[..., None]:
    def mirror(name: Annotated[str, typer.Argument(help="The connector's name.")]) -> None:
        """Mirror what is new at another SensorThings service, its things included, until all is here."""
        with booted():
            from smilecity.things.actions.mirroring import mirror as run
            from smilecity.things.reads.mirroring import mirror_named

            found = mirror_named(NODE, name)
            if found is None:
                raise Refusal(
                    "mirror.unknown",
                    f"There is no mirror '{name}'.",
                    cure="Set it up at the desk, under 'Verbindungen'.",
                    status=404,
                )
            more, whole = True, True
            while more:
                total = run(NODE, found.pk, whole=whole)
                more, whole = total.more, False
                out.print(
                    f"{total.entities} entities kept, {total.hidden} hidden, {total.taken} observations taken,"
                    f" {total.refused} refused."
                )

    return mirror


def _import_table(booted: Booted) -> Callable[..., None]:
    def import_table(
        file: Path,
        thing: Annotated[str, typer.Option(help="Key of the thing: the end of its address.")],
        column: Annotated[
            list[str], typer.Option(help="TITLE=DATASTREAM or NUMBER=DATASTREAM; may be repeated.")
        ],
        yes: Annotated[bool, typer.Option(help="Take in what is sound although there are troubles.")] = False,
    ) -> None:
        """Take in a table of values (CSV): first it is looked through, and its troubles are shown."""
        with booted():
            from smilecity.things.actions import tables as actions
            from smilecity.things.cli import _thing
            from smilecity.things.reads import tables as reads

            whose = _thing(thing)
            made = actions.bring(NODE, whose.pk, file.name, _parts(file))
            try:
                guessed = reads.guessed(NODE, made)
                actions.understand(
                    NODE, made.pk, _with_columns(whose, actions.layout_of(made), guessed, column)
                )
                actions.look_through(NODE, made.pk)
            except Refusal:
                actions.forget(NODE, made.pk)
                raise
            _work(made.pk)
            looked = reads.table(NODE, made.pk)
            assert looked is not None
            _show(looked)
            if looked.refused and not yes:
                actions.forget(NODE, made.pk)
                out.print("Nothing was taken in; --yes takes in the rest.")
                raise typer.Exit(1)
            actions.take_in(NODE, made.pk, seen=looked.refused)
            _work(made.pk)
            done = reads.table(NODE, made.pk)
            assert done is not None
            before = done.columns["values"] - done.stored - done.columns["failed"]
            out.print(f"{done.stored} values taken in, {before} were there before.")

    return import_table


def _parts(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as opened:
            while part := opened.read(PART):
                yield part
    except OSError as error:
        raise Refusal("table.no-file", f"{file} cannot be read: {error.strerror}.", field="file") from error


def _work(number: int) -> None:
    """All of it; the works may be at it as well, chunk by chunk in turn."""
    from smilecity.things.actions import tables as actions

    while not actions.work(NODE, number):
        pass


def _with_columns(thing: "Thing", layout: "Layout", guessed: "Guess", columns: list[str]) -> "Layout":
    import msgspec

    from smilecity.things.reads import tables as reads

    streams = {one.name: one.id for one in reads.fed(NODE, thing.pk)}
    titles = {title: number for number, title in enumerate(guessed.names) if title}
    titles |= {str(number + 1): number for number in range(len(guessed.names))}
    values = {}
    for text in columns:
        title, _, stream = text.partition("=")
        if title not in titles or stream not in streams:
            raise Refusal(
                "table.bad-column",
                f"'{text}' does not say which column feeds which datastream.",
                cure=f"There are the columns {', '.join(titles)} and the datastreams {', '.join(streams) or 'none yet'}.",
                field="column",
            )
        values[titles[title]] = streams[stream]
    return msgspec.structs.replace(layout, values=values, name=None, value=None)


def _show(looked: "TableImport") -> None:
    out.print(f"{looked.rows} rows, {looked.columns['values']} values, {looked.refused} troubles.")
    if looked.troubles:
        table = Table("Line", "Trouble", "What is there")
        for one in looked.troubles[:MOST_SHOWN]:
            table.add_row(str(one["line"]), one["code"], one["text"])
        out.print(table)
