# SPDX-License-Identifier: EUPL-1.2
"""The house's law, applied to the house: sizes, names, headers, words that must not be there."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 70
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
CODE = {".py", ".js", ".mjs", ".css", ".html", ".sh", ".toml", ".po"}
ROOM_FILES = {
    "__init__", "apps", "urls", "api", "pages", "jobs", "forms", "actions", "reads", "rights", "models", "rules",
    "facts", "demo", "cli", "openapi", "privacy", "signing",
}  # fmt: skip
FOLDERS_OF_A_ROOM = {
    "templates",
    "migrations",
    "intake",
    "codecs",
    "demo",
    "actions",
    "pages",
    "reads",
    "rules",
    "forms",
    "jobs",
    "api",
    "models",
    "signing",
    "cli",
}
ROOMS = ("citizens", "places", "governance", "things", "people", "space")


def tracked() -> list[Path]:
    """Files that are, or are about to be, in git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_files_and_functions_are_short_enough_to_read() -> None:
    long = []
    for path in python_files():
        text = path.read_text()
        if text.count("\n") > MOST_FILE_LINES and "migrations" not in path.parts:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        long += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
            for node in functions(ast.parse(text))
            if node.end_lineno and node.end_lineno - node.lineno + 1 > MOST_FUNCTION_LINES
        ]
    assert not long


def test_names_say_what_things_are() -> None:
    assert not [path for path in tracked() if path.stem in NAMES_THAT_SAY_NOTHING]


def test_every_room_has_the_same_files() -> None:
    strange = []
    for room in ROOMS:
        for path in (ROOT / "src/smilecity" / room).iterdir():
            known = path.stem in ROOM_FILES if path.suffix == ".py" else path.name in FOLDERS_OF_A_ROOM
            if not known and path.name != "__pycache__":
                strange.append(path)
    assert not strange


def test_every_file_names_its_licence_in_its_first_line() -> None:
    without = [
        p for p in tracked() if p.suffix in CODE and "SPDX-License-Identifier: EUPL-1.2" not in head(p)
    ]
    assert not without


def head(path: Path) -> str:
    return "\n".join(path.read_text().split("\n")[:2])


@pytest.mark.parametrize(
    "pattern", [r"https?://(registry\.|pypi\.|files\.python)", r"/(root|work|home)/[a-z]"]
)
def test_no_file_names_a_registry_or_a_machine(pattern: str) -> None:
    found = [
        path
        for path in tracked()
        if path != Path(__file__)
        and path.suffix not in {".png", ".woff2"}
        and re.search(pattern, path.read_text())
    ]
    assert not found


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out, no_color=True)
    assert "No changes" in out.getvalue()
