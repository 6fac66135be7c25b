# SPDX-License-Identifier: EUPL-1.2
"""`smile reference FOLDER`: writes the reference of settings, commands and API from the code itself."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson
import typer

from smilecity.city.settings import Settings

NOTE = "<!-- Written by `make reference`. Change the code, not this page. -->\n"


def write(folder: Path, app: typer.Typer) -> list[Path]:
    """Write all pages; returns their paths. Django must be set up (for the API)."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "settings.md": settings_page(),
        "commands.md": commands_page(typer.main.get_command(app)),
        "openapi.json": api_page(),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def settings_page() -> str:
    """Every setting with its sentence and default."""
    rows = [
        f"| `{one.metadata['name']}` | {one.metadata['says']} | {_shown(one.default)} |"
        for one in fields(Settings)
    ]
    return "\n".join(
        [NOTE, "# Settings", "", "| variable | what it sets | default |", "| --- | --- | --- |", *rows, ""]
    )


def commands_page(command: Any) -> str:
    """Every command with its arguments and options."""
    lines = [NOTE, "# Commands", ""]
    for name, one in _leaves("smile", command):
        usage = " ".join([name, *(_usage(p) for p in one.params if p.name != "help")])
        lines += [f"## `{usage}`", "", (one.help or "").strip(), ""]
        options = [p for p in one.params if p.param_type_name == "option" and p.help and p.name != "help"]
        lines += [f"- `{'/'.join(p.opts)}`: {p.help}" for p in options]
        lines.append("")
    return "\n".join(lines)


def api_page() -> str:
    """The OpenAPI document of everything that is not a page."""
    from smilecity.city.api import document

    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(document(), option=options).decode()


def _leaves(name: str, command: Any) -> list[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        return [(name, command)]
    return [
        leaf
        for child in sorted(command.commands)
        for leaf in _leaves(f"{name} {child}", command.commands[child])
    ]


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return (parameter.name or "").upper()
    return f"[{parameter.opts[0]}]"


def _shown(default: object) -> str:
    if default in (None, "", ()):
        return "-"
    if isinstance(default, tuple):
        return ", ".join(f"`{one}`" for one in default)
    return f"`{default}`"
