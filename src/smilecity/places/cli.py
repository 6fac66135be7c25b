# SPDX-License-Identifier: EUPL-1.2
"""`smile places ...`: what is imported about places. What needs models is imported inside a command."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

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
