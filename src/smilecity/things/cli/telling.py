# SPDX-License-Identifier: EUPL-1.2
"""`smile things command`: a device told what to do from the command line."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Annotated, Any
from uuid import uuid4

import typer

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE


def add_telling(things: typer.Typer, booted: Callable[[], AbstractContextManager[Any]]) -> None:
    """Add the command to `smile things`."""

    @things.command("command")
    def command(
        eui: str,
        data: Annotated[str, typer.Argument(help="JSON for the codec of the device's vendor.")],
        minutes: Annotated[
            int, typer.Option(min=1, max=10_080, help="How long it may take to get there.")
        ] = 60,
        confirmed: Annotated[bool, typer.Option(help="The device is asked to say that it came.")] = False,
    ) -> None:
        """Tell a device what to do; the running node hands it to the device's network."""
        with booted():
            from smilecity.core import clock
            from smilecity.things.actions.commands import command as tell
            from smilecity.things.reads.commands import device_to_command

            device = device_to_command(NODE, eui)
            if device is None:
                raise Refusal("device.unknown", f"There is no device '{eui}'.", field="eui", status=404)
            until = clock.now() + timedelta(minutes=minutes)
            made = tell(NODE, device, _object(data), key=uuid4(), expires_at=until, confirmed=confirmed)
            typer.echo(
                f"Command {made.id} to {device.eui} is {made.state}, until {until:%Y-%m-%d %H:%M} UTC."
            )


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Refusal(
            "command.bad-data", "This is no JSON object.", cure="""Write '{"ring": 3}'.""", field="data"
        )
    return data
