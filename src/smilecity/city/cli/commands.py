# SPDX-License-Identifier: EUPL-1.2
"""All commands. Whatever needs models is imported inside a command, within `booted()`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from smilecity import __version__
from smilecity.citizens.cli import add_commands as add_citizens
from smilecity.city import boot
from smilecity.people.cli import add_commands as add_people
from smilecity.places.cli import add_commands as add_places
from smilecity.space.cli import add_commands as add_space
from smilecity.things.cli import add_commands as add_things

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help="Smile City"
)
key = typer.Typer(no_args_is_help=True, help="Keys that machines present.")
app.add_typer(key, name="key")
add_things(app, boot.booted)
add_space(app, boot.booted)
add_places(app, boot.booted)
add_people(app, boot.booted)
add_citizens(app, boot.booted)
out = Console(highlight=False)


@app.command()
def version() -> None:
    """Say which version this is."""
    out.print(__version__)


@app.command()
def init(
    file: Annotated[
        Path | None, typer.Argument(help="A TOML file of answers; without it you are asked.")
    ] = None,
    example: Annotated[bool, typer.Option(help="Print such a file, with a word on each answer.")] = False,
) -> None:
    """Let a city move into this empty node: name, look, areas, settings, first operator."""
    if example:
        from smilecity.city.founding.example import EXAMPLE

        print(EXAMPLE, end="")  # noqa: T201 - as it is, without the console's colours
        return
    from smilecity.city.founding import answers, asking, found

    made = found.found(answers.read(file) if file else asking.ask(out, Path()))
    out.print(f"The city is founded{f', with {made.areas} areas' if made.areas else ''}.")
    out.print(f"Settings are in {made.settings}.")
    out.print("Start it with 'smile serve', then open this link once, within three days, to set a password:")
    out.print(made.link, soft_wrap=True)


@app.command()
def upgrade() -> None:
    """Back up, bring the tables up to date, look whether all is well, and say how to go back."""
    from smilecity.city.upgrade import upgrade

    raise typer.Exit(upgrade(boot.settings_now(), out))


@app.command()
def serve() -> None:
    """Run the node: door and works, started again if they die."""
    from smilecity.city.supervisor import serve

    serve(boot.settings_now())


@app.command()
def demo() -> None:
    """Run the demo city, with simulated sensors."""
    from smilecity.city.supervisor import serve

    serve(boot.settings_now(), demo=True)


@app.command()
def prepare(demo: Annotated[bool, typer.Option(help="Also move the demo city in.")] = False) -> None:
    """Bring the tables up to date; done by `serve` as well."""
    with boot.booted() as node:
        from smilecity.city.preparing import prepare

        prepare(node, demo=demo)


@app.command()
def door() -> None:
    """Run a door alone (at scale several beside one database; `prepare` first)."""
    from smilecity.city import part

    part.run("door", demo=False)


@app.command()
def work(demo: Annotated[bool, typer.Option(help="Also simulate the demo's sensors.")] = False) -> None:
    """Run the works alone."""
    from smilecity.city import part

    part.run("works", demo=demo)


@app.command()
def backup(file: Path) -> None:
    """Write the whole city into FILE; the node may be running."""
    from smilecity.core.database import backup

    with boot.database(boot.settings_now()) as node:
        backup(node.url, file)
        out.print(f"Saved to {file} ({file.stat().st_size:,} bytes).")


@app.command()
def restore(file: Path) -> None:
    """Give back the city of FILE; the node must not be running. The city before it is kept beside."""
    from smilecity.core.database import NodeLock, restore

    settings = boot.settings_now()
    with NodeLock(boot.data_folder(settings)), boot.database(settings) as node:
        restore(node.url, file)
        out.print(f"The city of {file} is back.")


@app.command()
def doctor() -> None:
    """Look whether this node is well, and say what to do where it is not. Exit code 1 if anything is wrong."""
    from smilecity.city.doctor import examine

    raise typer.Exit(examine(boot.settings_now(), out))


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="What to measure; `smile bench list` names them.")],
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object of numbers as the last line.")
    ] = False,
) -> None:
    """Measure a claim on a scratch database of its own."""
    from smilecity.city.bench import measure

    measure(name, out, as_json=json)


@app.command()
def reference(folder: Path) -> None:
    """Write the reference of settings, commands and API into FOLDER."""
    from smilecity.city.reference import write

    with boot.booted():
        for path in write(folder, app):
            out.print(path)


@key.command("make")
def make_key(name: str, scope: Annotated[list[str], typer.Option()] = ["intake"]) -> None:  # noqa: B006 - typer's way
    """Make a key and show it, once."""
    with boot.booted():
        from smilecity.core.who import NODE
        from smilecity.people.actions import make_key

        _made, text = make_key(NODE, name, scope)
        out.print(text, soft_wrap=True)


@key.command("revoke")
def revoke_key(name: str) -> None:
    """End a key; what it opened is closed within a second."""
    with boot.booted():
        from smilecity.core.who import NODE
        from smilecity.people.actions import revoke_key

        revoke_key(NODE, name)
        out.print(f"{name} opens nothing any more.")


@key.command("list")
def list_keys() -> None:
    """Name all keys, with what they open."""
    with boot.booted():
        from smilecity.people.reads import keys

        table = Table("Name", "Opens", "Made", "Revoked")
        for one in keys():
            revoked = one.revoked_at.date().isoformat() if one.revoked_at else ""
            table.add_row(one.name, ", ".join(one.scopes), one.created_at.date().isoformat(), revoked)
        out.print(table)
