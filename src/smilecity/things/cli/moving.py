# SPDX-License-Identifier: EUPL-1.2
"""`smile things export` and `import`: the register carried from node to node."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

if TYPE_CHECKING:
    from smilecity.things.actions.portable import Brought

MOST_NAMED = 20  # of each kind

out = Console(highlight=False)


def add_moving(things: typer.Typer, booted: Callable[[], AbstractContextManager[Any]]) -> None:
    """Add both commands to `things`; within a block of `booted()` Django is set up."""

    @things.command("export")
    def export(file: Path) -> None:
        """Write the whole register (no values, no secrets) into a file, as one JSON document."""
        with booted():
            from smilecity.things.reads.portable import register
            from smilecity.things.rules.portable import written

            found = register(NODE)
            if found is None:  # the node may
                raise RuntimeError("the register is not there")
            file.write_bytes(written(found))
            out.print(f"{len(found.things)} things with {len(found.devices)} devices are in {file}.")

    @things.command("import")
    def import_register(
        file: Path,
        dry_run: Annotated[
            bool, typer.Option(help="Only say what would be new and what would change.")
        ] = False,
    ) -> None:
        """Bring in a register that another node has exported. Nothing is deleted; done again, it changes nothing."""
        with booted():
            from smilecity.things.actions.portable import import_register
            from smilecity.things.rules.portable import read_register

            brought = import_register(NODE, read_register(_body(file)), dry_run=dry_run)
            _show(brought, dry_run=dry_run)


def _body(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refusal(
            "register.no-file", f"{file} cannot be read: {error.strerror}.", field="file"
        ) from error


def _show(brought: "Brought", *, dry_run: bool) -> None:
    from smilecity.things.rules.portable import key_of

    table = Table("Kind", "New", "Changed", "Same")
    for kind, found in brought.kinds.items():
        table.add_row(kind.replace("_", " "), str(len(found.new)), str(len(found.changed)), str(found.same))
    out.print(table)
    for kind, found in brought.kinds.items():
        for word, parts in (("new", found.new), ("changed", found.changed)):
            named = ["/".join(str(one) for one in key_of(kind, part)) for part in parts[:MOST_NAMED]]
            if named:
                more = f" and {len(parts) - MOST_NAMED} more" if len(parts) > MOST_NAMED else ""
                out.print(f"{kind.replace('_', ' ')} {word}: {', '.join(named)}{more}", markup=False)
    for warning in brought.warnings:
        out.print(warning, markup=False)
    if dry_run:
        out.print("Nothing was changed: this was a dry run.")
