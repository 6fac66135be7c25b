# SPDX-License-Identifier: EUPL-1.2
"""`smile citizens ...`: categories of reports, and letters from a mail server.

What needs models is imported inside a command.
"""

import os
import sys
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
    citizens = typer.Typer(no_args_is_help=True, help="What people say.")
    app.add_typer(citizens, name="citizens")

    @citizens.callback()
    def _citizens() -> None:
        """What people say."""

    @citizens.command("categories")
    def categories(
        file: Annotated[
            Path | None,
            typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV file of categories."),
        ] = None,
    ) -> None:
        """Take over the categories of a CSV file, all or none; without a file print those that are kept, as CSV."""
        with booted():
            from django.utils import translation

            with translation.override("en"):
                if file is None:
                    _print()
                else:
                    _take(file)

    @citizens.command("letter")
    def letter() -> None:
        """Take in one e-mail from standard input, as a mail server pipes it; exits as sysexits.h says."""
        from smilecity.citizens.rules.letters import MOST_BYTES

        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            with booted():
                code, said = _taken_in(raw)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the node, the mail server tries again
            code, said = os.EX_TEMPFAIL, type(error).__name__
        typer.echo(said, err=code != os.EX_OK)
        raise typer.Exit(code)


def _taken_in(raw: bytes) -> tuple[int, str]:
    """How to exit, and what to say: refused for good, to be tried again, or done."""
    from django.utils import translation

    from smilecity.citizens.actions.doors.letters import take_letter

    with translation.override("en"):
        try:
            return os.EX_OK, take_letter(NODE, raw)
        except Refusal as refusal:
            return os.EX_TEMPFAIL if refusal.status == 429 else os.EX_DATAERR, str(refusal)


def _print() -> None:
    from smilecity.citizens import reads
    from smilecity.citizens.rules import sheet

    print(sheet.written(reads.lines(NODE)).removeprefix("\ufeff"), end="")  # noqa: T201 - a file, not words


def _take(file: Path) -> None:
    from smilecity.citizens import actions, reads
    from smilecity.citizens.rules import sheet

    try:
        count = actions.keep_categories(NODE, reads.bodies_of(NODE, sheet.read(file.read_bytes())))
    except Refusal as refusal:
        out.print(f"{refusal.sentence} {refusal.cure}".strip())
        raise typer.Exit(REFUSED) from refusal
    out.print(f"{count} categories are kept.")
