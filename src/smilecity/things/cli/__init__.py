# SPDX-License-Identifier: EUPL-1.2
"""`smile things ...`: the register at the command line. What needs models is imported inside a command."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things.cli.bringing import add_bringing
from smilecity.things.cli.moving import add_moving
from smilecity.things.cli.replacing import add_changes, add_replay
from smilecity.things.cli.telling import add_telling
from smilecity.things.cli.watching import add_watching

if TYPE_CHECKING:
    from smilecity.things.actions import FeedSpec
    from smilecity.things.codecs.checking import Report
    from smilecity.things.codecs.folder import FoundCodec
    from smilecity.things.models import Codec, Thing

Booted = Callable[[], AbstractContextManager[Any]]

MOST_SHOWN = 40
_FEED = re.compile(r"(?P<field>[^=]+)=(?P<stream>[^*+]+)(\*(?P<scale>[-+.\deE]+?))?(\+(?P<offset>-?[.\d]+))?")

out = Console(highlight=False)


def add_commands(app: typer.Typer, booted: Booted) -> None:
    """Add this room's commands to `app`; within a block of `booted()` Django is set up."""
    things = typer.Typer(no_args_is_help=True, help="Sensors and what they send.")
    device = typer.Typer(no_args_is_help=True, help="The device register.")
    app.add_typer(things, name="things")
    things.add_typer(device, name="device")
    _add_lists(things, booted)
    _add_import(things, booted)
    _add_retention(things, booted)
    add_bringing(things, booted)
    add_telling(things, booted)
    _add_register(device, booted)
    add_replay(things, booted)
    add_changes(device, booted)
    add_moving(things, booted)
    add_watching(things, booted)


def _add_lists(things: typer.Typer, booted: Booted) -> None:
    @things.command("devices")
    def list_devices(after: str = "") -> None:
        """List the register in order of EUI."""
        with booted():
            from smilecity.things import reads

            page = reads.devices(NODE, after=after, size=200)
            table = Table("EUI", "Model", "Thing", "Codec", "State")
            for one in page.items:
                codec = f"{one.codec.vendor}/{one.codec.name}"
                state = "active" if one.active else "retired"
                table.add_row(one.eui, one.model, one.thing.noun.address, codec, state)
            out.print(table)
            if page.after:
                out.print(f"More: smile things devices --after {page.after}")

    @things.command("parked")
    def list_parked() -> None:
        """List devices that send and are not registered."""
        with booted():
            from smilecity.things import reads

            table = Table("EUI", "First", "Last", "Messages")
            for one in reads.parked(NODE):
                table.add_row(
                    one.eui, f"{one.first:%Y-%m-%d %H:%M}", f"{one.last:%Y-%m-%d %H:%M}", str(one.count)
                )
            out.print(table)

    @things.command("undecodable")
    def list_undecodable() -> None:
        """List messages that could not be read, with the reason."""
        with booted():
            from smilecity.things import reads

            table = Table("Received", "EUI", "Port", "Payload", "Reason")
            for one in reads.undecodable(NODE, limit=MOST_SHOWN):
                payload = bytes(one.payload).hex()
                table.add_row(
                    f"{one.received_at:%Y-%m-%d %H:%M}", one.eui, str(one.f_port), payload, one.reason
                )
            out.print(table)


def _add_retention(things: typer.Typer, booted: Booted) -> None:
    @things.command("retention")
    def retention(
        dry_run: Annotated[bool, typer.Option(help="Only say what would be deleted.")] = False,
    ) -> None:
        """Delete raw values that are older than their thing keeps them, as the nightly job does."""
        with booted():
            from smilecity.things import actions
            from smilecity.things.reads.forgetting import due

            table = Table("Thing", "Older than", "Values", "Hourly aggregates")
            for one in due(NODE):
                hours = "stay" if one.keeps_hours else "go too"
                table.add_row(one.address, f"{one.until:%Y-%m-%d %H:%M}", str(one.count), hours)
            out.print(table)
            if not dry_run:
                out.print(f"{actions.forget_observations(NODE)} values deleted.")


def _add_import(things: typer.Typer, booted: Booted) -> None:
    @things.command("import-codecs")
    def import_codecs(
        folder: Path,
        allow_failures: Annotated[
            bool, typer.Option(help="Keep codecs that fail their own examples.")
        ] = False,
    ) -> None:
        """Import vendors' codecs from a folder in the layout of The Things Network's device repository.

        Each is held to its own examples; one that fails is not kept. Exit code 1 if any fails.
        """
        with booted():
            from smilecity.things import actions

            report, found = _checked(folder, allow_failures=allow_failures)
            imported = actions.import_codecs(NODE, found)
            _show(report)
            out.print(f"{imported.new} new, {imported.changed} changed, {imported.same} as they were.")
            if report.failures and not allow_failures:
                out.print("Codecs that fail are not kept; --allow-failures keeps them.")
                raise typer.Exit(1)


def _checked(folder: Path, *, allow_failures: bool) -> "tuple[Report, list[FoundCodec]]":
    from smilecity.things.codecs.checking import Report, import_folder

    report = Report()
    kept = []
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task("Checking codecs", total=None)
        for step in import_folder(folder):
            report.add(step)
            if step.codec is not None and (step.sound or allow_failures):
                kept.append(step.codec)
            progress.update(task, completed=step.done, total=step.total)
    return report, kept


def _show(report: "Report") -> None:
    if report.failures:
        table = Table("Codec", "Function", "Example", "What is wrong")
        for row in report.failures[:MOST_SHOWN]:
            table.add_row(*row)
        out.print(table)
    for broken in report.broken[:MOST_SHOWN]:
        out.print(f"Not usable: {broken.path}: {broken.reason}", markup=False)
    out.print(
        f"{report.codecs} codecs for {report.devices} devices;"
        f" {report.passed} of {report.examples} examples pass,"
        f" {report.without_examples} codecs have none, {len(report.broken)} files are not usable."
    )


def _add_register(device: typer.Typer, booted: Booted) -> None:
    @device.command("add")
    def add(
        eui: str,
        thing: Annotated[str, typer.Option(help="Key of the thing it belongs to: the end of its address.")],
        codec: Annotated[str, typer.Option(help="Its codec, as vendor/name.")],
        feed: Annotated[
            list[str],
            typer.Option(help="FIELD=DATASTREAM, or FIELD=DATASTREAM*SCALE+OFFSET; may be repeated."),
        ],
        model: Annotated[str, typer.Option(help="What it is, for people.")] = "",
    ) -> None:
        """Register a device: from now on what it sends is decoded and stored."""
        with booted():
            from smilecity.things import actions

            whose, script = _thing(thing), codec_named(codec)
            made = actions.register_device(
                NODE, eui, model or script.name, whose, script, _feeds(whose, feed)
            )
            out.print(f"{made.eui} is registered.")

    @device.command("retire")
    def retire(eui: str) -> None:
        """Take a device out of service: what it sends is parked."""
        with booted():
            from smilecity.things import actions

            out.print(f"{actions.retire_device(NODE, eui).eui} is retired.")


def _thing(key: str) -> "Thing":
    from smilecity.things import reads

    found = reads.thing_by_key(NODE, key)
    if found is None:
        raise Refusal("thing.unknown", f"There is no thing '{key}'.", field="thing", status=404)
    return found


def codec_named(address: str) -> "Codec":
    """The codec at `vendor/name`."""
    from smilecity.things import reads

    vendor, _, name = address.partition("/")
    found = reads.codec_by_name(NODE, vendor, name)
    if found is None:
        raise Refusal(
            "codec.unknown",
            f"There is no codec '{address}'.",
            cure="Import codecs with 'smile things import-codecs FOLDER'.",
            field="codec",
            status=404,
        )
    return found


def _feeds(thing: "Thing", texts: list[str]) -> "list[FeedSpec]":
    from smilecity.things import reads
    from smilecity.things.actions import FeedSpec

    streams = {one.name: one.id for one in reads.datastreams_of(NODE, thing)}
    feeds = []
    for text in texts:
        parts = _FEED.fullmatch(text)
        if parts is None or parts["stream"].strip() not in streams:
            raise Refusal(
                "device.bad-feed",
                f"'{text}' does not say which field feeds which datastream.",
                cure=f"Write FIELD=DATASTREAM*SCALE+OFFSET; there are: {', '.join(streams) or 'none yet'}.",
                field="feed",
            )
        try:
            scale, offset = float(parts["scale"] or 1), float(parts["offset"] or 0)
        except ValueError as error:
            raise Refusal("device.bad-scale", f"'{text}' has no number there.", field="feed") from error
        feeds.append(FeedSpec(parts["field"].strip(), streams[parts["stream"].strip()], scale, offset))
    return feeds
