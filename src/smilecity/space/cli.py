# SPDX-License-Identifier: EUPL-1.2
"""`smile space ...`: taking over areas at the command line. What needs models is imported inside a command."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

if TYPE_CHECKING:
    from smilecity.space.actions import Plan, Report

Booted = Callable[[], AbstractContextManager[Any]]
REFUSED = 2
MOST_SHOWN = 20

out = Console(highlight=False)


def add_commands(app: typer.Typer, booted: Booted) -> None:
    """Add this room's commands to `app`; within a block of `booted()` Django is set up."""
    space = typer.Typer(no_args_is_help=True, help="Areas and the map.")
    app.add_typer(space, name="space")

    @space.command("areas")
    def list_areas() -> None:
        """List the areas of today."""
        with booted():
            from smilecity.space import reads

            table = Table("Area", "Level", "Key")
            waiting = [(branch, 0) for branch in reads.tree(NODE)]
            while waiting:
                branch, depth = waiting.pop(0)
                name = next(iter(branch.area.noun.title.values()))
                table.add_row("  " * depth + name, branch.area.level, branch.area.key)
                waiting[:0] = [(part, depth + 1) for part in branch.parts]
            out.print(table)

    _add_import(space, booted)


def _add_import(space: typer.Typer, booted: Booted) -> None:
    @space.command("import")
    def import_areas(  # noqa: PLR0913, PLR0917 - typer makes an option of each
        source: Annotated[
            str, typer.Argument(metavar="FILE_OR_ADDRESS", help="A GeoJSON file, or https://...")
        ],
        level: Annotated[str, typer.Option(help="region, municipality, district, quarter or block")],
        key_field: Annotated[str, typer.Option(help="Property with the official key.")] = "key",
        name_field: Annotated[str, typer.Option(help="Property with the German name.")] = "name",
        name_field_en: Annotated[str, typer.Option(help="Property with the English name.")] = "",
        parent: Annotated[str, typer.Option(help="Key of the area that holds them all.")] = "",
        crs: Annotated[
            str, typer.Option(help="EPSG:4326, EPSG:25832 or EPSG:25833; else the file says.")
        ] = "",
        valid_from: Annotated[str, typer.Option(help="Day from which they hold, such as 2026-01-01.")] = "",
        tolerance: Annotated[
            float, typer.Option(min=0, help="Overlaps and gaps up to so many m2 are fine.")
        ] = 100.0,
        end_missing: Annotated[bool, typer.Option(help="End the areas that the file does not have.")] = False,
        accept: Annotated[bool, typer.Option(help="Take it over with its overlaps and gaps.")] = False,
        dry_run: Annotated[bool, typer.Option(help="Only say what would change.")] = False,
        json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    ) -> None:
        """Take over areas from GeoJSON: all of them or, if anything is wrong, none."""
        with booted():
            from smilecity.space import actions
            from smilecity.space.rules.reading import Wish

            names = {"de": name_field, **({"en": name_field_en} if name_field_en else {})}
            plan = actions.Plan(
                level,
                Wish(key_field, names, _system(crs)),
                parent,
                _day(valid_from),
                tolerance,
                end_missing=end_missing,
                accept=accept,
            )
            report = _imported(source, plan, dry_run=dry_run)
        if json:
            out.file.write(orjson.dumps(report.as_data()).decode() + "\n")
        else:
            _show(report)
        if report.state == "refused":
            raise typer.Exit(REFUSED)


def _imported(source: str, plan: "Plan", *, dry_run: bool) -> "Report":
    from django.utils import translation

    from smilecity.space import actions

    with translation.override("en"):
        return actions.import_areas(NODE, _content(source), plan, dry_run=dry_run)


def _content(source: str) -> bytes:
    if "://" in source:
        from smilecity.space.actions.fetching import fetch

        return fetch(source)
    from smilecity.space.rules.reading import MOST_BYTES

    try:
        with Path(source).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refusal(
            "import.no-file", f"The file {source} cannot be read: {error.strerror}.", field="file"
        ) from error


def _system(text: str) -> int | None:
    number = text.upper().removeprefix("EPSG:")
    if text and not (number.isascii() and number.isdigit()):
        raise Refusal("geo.unknown-system", f"'{text}' is no reference system.", cure="Write EPSG:25833.")
    return int(number) if text else None


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else None  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise Refusal("import.no-day", f"'{text}' is no day.", cure="Write 2026-01-01.") from error


def _show(report: "Report") -> None:
    said = {"tried": "Tried, nothing changed", "done": "Done", "refused": "Refused, nothing changed"}
    out.print(f"{said[report.state]}: {report.read} areas read (EPSG:{report.system}).")
    for name, keys in (("new", report.new), ("changed", report.changed), ("not in the file", report.gone)):
        more = f" and {len(keys) - MOST_SHOWN} more" if len(keys) > MOST_SHOWN else ""
        out.print(f"  {name}: {len(keys)}{': ' + ', '.join(keys[:MOST_SHOWN]) + more if keys else ''}")
    out.print(f"  unchanged: {report.same}")
    if report.findings:
        table = Table("", "Code", "Area", "m2", "Where (longitude, latitude)", "What")
        for one in report.findings:
            where = f"{one.where[0]:.6f}, {one.where[1]:.6f}" if one.where else ""
            size = f"{one.square_metres:,.0f}" if one.square_metres else ""
            table.add_row(one.weight, one.code, ", ".join(one.keys), size, where, str(one.sentence))
        out.print(table)
    if report.must_be_accepted and report.state != "done":
        out.print("Take it over as it is with --accept, or forgive more with --tolerance.")
