# SPDX-License-Identifier: EUPL-1.2
"""`smile things rewatch` and `smile things alarms`: the watch over the fleet, at the command line."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

if TYPE_CHECKING:
    from smilecity.things.models import Alarm

Booted = Callable[[], AbstractContextManager[Any]]

out = Console(highlight=False)


def add_watching(things: typer.Typer, booted: Booted) -> None:
    """Add these commands to `smile things`."""

    @things.command("rewatch")
    def rewatch(
        thing: Annotated[str, typer.Option(help="Key of a thing: the end of its address; empty: all.")] = "",
        since: Annotated[str, typer.Option(help="From when on: 2026-01-31, or with a time.")] = "",
        until: Annotated[str, typer.Option(help="Until when; empty: now.")] = "",
    ) -> None:
        """Judge stored values again by today's limits, by default those of the last 7 days."""
        with booted():
            from smilecity.core import clock
            from smilecity.things import actions
            from smilecity.things.reads import watching

            start = _moment(since, "since") or clock.now() - timedelta(days=7)
            ids = watching.datastream_ids(NODE, thing)
            if not ids:
                raise Refusal("thing.unknown", f"There is no thing '{thing}'.", field="thing", status=404)
            count = actions.rewatch(NODE, ids, start, _moment(until, "until"))
            out.print(f"{count} datastreams judged again since {start:%Y-%m-%d %H:%M}.")

    @things.command("alarms")
    def alarms() -> None:
        """List what is wrong with the sensors now."""
        with booted():
            from smilecity.things.reads import watching

            table = Table("What", "Who", "Since", "Count", "Seen by")
            for one in watching.alarms(NODE):
                row = (one.kind, _about(one), f"{one.since:%Y-%m-%d %H:%M}", str(one.count), one.seen_by)
                table.add_row(*row)
            out.print(table)


def _about(alarm: "Alarm") -> str:
    """Whom it is about: the thing's address, or the name of a gateway or connector."""
    if alarm.datastream is not None:
        address: str = alarm.datastream.thing.noun.address
        return address
    return alarm.connector.name if alarm.connector is not None else alarm.gateway_id or ""


def _moment(text: str, field: str) -> datetime | None:
    """A day or a moment; without an offset it is UTC."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            "watch.bad-time",
            f"'{text}' is no time.",
            cure="Write 2026-01-31 or 2026-01-31T12:00Z.",
            field=field,
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
