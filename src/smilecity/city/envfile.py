# SPDX-License-Identifier: EUPL-1.2
"""`smile.env` in the data folder: settings that `smile init` has written. The real environment wins over it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from smilecity.core.problems import Refusal

NAME = "smile.env"
MOST_BYTES = 64 * 1024

_LINE = re.compile(r"(?P<name>[A-Z][A-Z_]*)=(?P<value>.*)")
_QUOTED = re.compile(r'"(?P<text>(?:[^"\\]|\\["\\])*)"')


def read(folder: Path, known: set[str]) -> dict[str, str]:
    """The settings in the folder's file; none if there is no file. Refuses a line that says nothing known."""
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            "settings.file", f"{path} cannot be read: {error}.", cure="Correct the file or take it away."
        ) from error
    if len(text) > MOST_BYTES:
        raise Refusal(
            "settings.file", f"{path} is too large for a file of settings.", cure="Correct the file."
        )
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, value = _setting(line.strip(), f"{path}, line {number}", known)
        found[name] = value
    return found


def _setting(line: str, where: str, known: set[str]) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise Refusal("settings.file", f"{where} is no setting.", cure='Write NAME=value or NAME="value".')
    name, value = match["name"], match["value"].strip()
    if name not in known:
        raise Refusal(
            "settings.file",
            f"{where}: there is no setting {name}.",
            cure="Correct the name. SMILE_DATA itself belongs into the environment.",
        )
    if value.startswith('"'):
        quoted = _QUOTED.fullmatch(value)
        if quoted is None:
            raise Refusal("settings.file", f"{where}: a quotation mark is left open.", cure="Close it.")
        value = re.sub(r"\\(.)", r"\1", quoted["text"])
    return name, value


def write(folder: Path, settings: Mapping[str, str]) -> Path:
    """Write the file anew and at once, readable for its owner alone: it may hold the mail server's password."""
    lines = ["# Settings of this node, written by `smile init`. The environment wins over this file."]
    for name, value in settings.items():
        if "\n" in value or "\r" in value or "\0" in value:
            raise Refusal("settings.file", f"{name} must be one line.", field=name)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'{name}="{escaped}"')
    path, draft = folder / NAME, folder / f".{NAME}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)
    return path
