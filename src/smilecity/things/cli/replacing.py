# SPDX-License-Identifier: EUPL-1.2
"""`smile things replay`, `smile things device replace` and `note`: what is done when devices change."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

Booted = Callable[[], AbstractContextManager[Any]]

out = Console(highlight=False)


def add_replay(things: typer.Typer, booted: Booted) -> None:
    """Add the command to `things`."""

    @things.command("replay")
    def replay(
        eui: Annotated[str, typer.Option(help="Only of this device.")] = "",
        undecodable: Annotated[
            bool, typer.Option(help="Read again what no codec could read, after one was mended.")
        ] = False,
    ) -> None:
        """Read parked messages of devices that are registered now, and store them with their own time."""
        with booted():
            from smilecity.things import actions

            done = actions.replay(NODE, eui=eui, undecodable=undecodable)
            out.print(f"{done.stored} messages read and stored, {done.undecodable} cannot be read.")


def add_changes(device: typer.Typer, booted: Booted) -> None:
    """Add the commands to `device`."""

    @device.command("replace")
    def replace(
        old: str,
        new: str,
        model: Annotated[str, typer.Option(help="Its model, if it is another.")] = "",
        codec: Annotated[str, typer.Option(help="Its codec as vendor/name, if it is another.")] = "",
        field: Annotated[
            list[str] | None,
            typer.Option(help="BEFORE=NOW, where it calls a field otherwise; may be repeated."),
        ] = None,
        reason: str = "",
        at: Annotated[
            str, typer.Option(help="When it was put up, in ISO 8601; what it sent before is not read.")
        ] = "",
    ) -> None:
        """Put the device NEW (its EUI) in the place of OLD: it feeds the same datastreams, without a gap."""
        with booted():
            from smilecity.things import actions
            from smilecity.things.cli import codec_named

            made = actions.replace_device(
                NODE,
                old,
                new,
                model=model,
                codec=codec_named(codec) if codec else None,
                fields=_renamed(field or []),
                reason=reason,
                at=_moment(at),
            )
            out.print(f"{made.eui} feeds what {old} fed. What it sent already is read soon.")

    @device.command("note")
    def note(
        eui: str,
        kind: Annotated[str, typer.Argument(help="installed, firmware, battery or note.")],
        text: Annotated[str, typer.Argument()] = "",
        at: Annotated[str, typer.Option(help="When, in ISO 8601; by default now.")] = "",
    ) -> None:
        """Note what was done to a device."""
        with booted():
            from smilecity.things import actions

            actions.note_device(NODE, eui, kind, at=_moment(at), text=text)
            out.print("Noted.")


def _renamed(texts: list[str]) -> dict[str, str]:
    renamed = {}
    for text in texts:
        before, sign, now = text.partition("=")
        if not sign or not before.strip() or not now.strip():
            raise Refusal("device.bad-rename", f"'{text}' does not say BEFORE=NOW.", field="field")
        renamed[before.strip()] = now.strip()
    return renamed


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal("time.bad-form", f"'{text}' is no time in ISO 8601.", field="at") from error
    return moment if moment.tzinfo else moment.astimezone()
