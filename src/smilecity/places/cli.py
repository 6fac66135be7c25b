# SPDX-License-Identifier: EUPL-1.2
"""`smile places ...`: what is imported about places. What needs models is imported inside a command."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

if TYPE_CHECKING:
    from datetime import datetime

    from smilecity.places.models import Grant

Booted = Callable[[], AbstractContextManager[Any]]
REFUSED = 2

out = Console(highlight=False)


def add_commands(app: typer.Typer, booted: Booted) -> None:
    """Add this room's commands to `app`; within a block of `booted()` Django is set up."""
    places = typer.Typer(no_args_is_help=True, help="Places and when they are open.")
    app.add_typer(places, name="places")

    @places.callback()
    def _places() -> None:
        """Places and when they are open."""

    @places.command("school-holidays")
    def school_holidays(
        file: Annotated[
            Path,
            typer.Argument(
                metavar="FILE",
                exists=True,
                dir_okay=False,
                help="A calendar (.ics), or a CSV file with the columns name, start, end.",
            ),
        ],
        state: Annotated[str, typer.Option(help="Federal state, such as MV.")],
    ) -> None:
        """Take over the school holidays of a federal state: all of the file or, if anything is wrong, none."""
        with booted():
            from django.utils import translation

            from smilecity.places.actions import opening
            from smilecity.places.rules import schoolfile

            with translation.override("en"):
                try:
                    count = opening.import_school_holidays(NODE, state, schoolfile.read(file.read_bytes()))
                except Refusal as refusal:
                    out.print(f"{refusal.sentence} {refusal.cure}".strip())
                    raise typer.Exit(REFUSED) from refusal
        out.print(f"{count} school holidays of {state} are kept.")

    @places.command("code")
    def code(
        caller: Annotated[
            str,
            typer.Argument(help="Number of their card, their e-mail address, or their name on the pages."),
        ],
    ) -> None:
        """Give a PIN that opens once to somebody on the telephone who may open a door and has nothing to do it with."""
        with booted():
            from django.utils import translation

            with translation.override("en"):
                _give_code(caller)


def _give_code(caller: str) -> None:
    """Ask which door, and whether it is them; then the PIN, here and never again."""
    from smilecity.places.actions import access
    from smilecity.places.reads import access as reads

    found = reads.callers_doors(NODE, caller)
    if not found:
        out.print("This person may open nothing within the next twelve hours.")
        raise typer.Exit(REFUSED)
    for row, one in enumerate(found, 1):
        out.print(f"{row}  {_described(one)}")
    chosen = typer.prompt("Which door", default=1, type=int)
    if not 1 <= chosen <= len(found):
        out.print("There is no such door.")
        raise typer.Exit(REFUSED)
    out.print("Ask what only this person knows: what they borrowed, or which club lets them in.")
    typer.confirm("Is it them?", abort=True)
    try:
        given = access.give_code(NODE, found[chosen - 1].id)
    except Refusal as refusal:
        out.print(f"{refusal.sentence} {refusal.cure}".strip())
        raise typer.Exit(REFUSED) from refusal
    out.print(f"{given.secret}  opens once, until {_local(given.handle.ends_at)}. It is shown only now.")


def _described(grant: "Grant") -> str:
    """`Container, Sports ground: trainer, from ... until ...`."""
    from smilecity.core.nouns import in_text

    unit = grant.compartment.unit
    where = f"{in_text(unit.name, 'en')}, {in_text(unit.place.noun.title, 'en')}"
    return f"{where}: {grant.why}, {_local(grant.during.lower)} until {_local(grant.during.upper)}"


def _local(moment: "datetime | None") -> str:
    from django.conf import settings

    return f"{moment.astimezone(settings.SMILE.zone):%Y-%m-%d %H:%M}" if moment else ""
