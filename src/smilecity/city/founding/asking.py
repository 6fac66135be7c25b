# SPDX-License-Identifier: EUPL-1.2
"""`smile init` without a file: one question after the other, each answer checked before the next is asked."""

import re
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.prompt import Prompt

from smilecity.city.founding import answers
from smilecity.core.problems import Refusal

QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("city.name", "What is the city called?", ""),
    ("city.contact", "Who answers for the pages? (name, street, town, e-mail, in one line)", ""),
    ("city.key", "Official key of the municipality (AGS, 8 digits; empty: later)", ""),
    ("city.state", "Federal state, for its public holidays (such as SH; empty: none)", ""),
    ("city.time_zone", "Time zone", "Europe/Berlin"),
    ("city.languages", "Languages of the pages, German first", "de,en"),
    ("city.accent", "Colour of buttons on light pages (such as #0c5d55; empty: the usual)", ""),
    ("city.accent_dark", "Colour of buttons on dark pages (empty: the usual)", ""),
    ("city.logo", "File of the logo, SVG or PNG (empty: none)", ""),
    ("areas.file", "GeoJSON file of the districts (empty: later)", ""),
    ("node.address", "Public address (such as https://smile.example.org; empty: this machine only)", ""),
    ("node.port", "Port", "8000"),
    ("node.database", "Address of a PostgreSQL of your own (empty: the node brings one)", ""),
    ("mail.server", "Mail server (smtp://user:secret@host:587; empty: files in the data folder)", ""),
    ("operator.email", "E-mail of the first operator", ""),
    ("operator.pseudonym", "Public name of the first operator", ""),
)
STANDS_IN = {
    "city.name": "x",
    "operator.email": "x@example.org",
    "operator.pseudonym": "x",
    "city.key": "01001000",
}


def ask(out: Console, folder: Path) -> answers.Answers:
    """All answers. Paths are beside `folder`."""
    said: dict[str, Any] = {}
    for key, question, usual in QUESTIONS:
        if key == "areas.file" and not said.get("city.key"):
            continue
        while True:
            text = Prompt.ask(question, console=out, default=usual, show_default=bool(usual)).strip()
            if (refusal := _refused(key, text, folder)) is None:
                break
            out.print(f"[red]{refusal.sentence}[/red] {refusal.cure}")
        if text:
            said[key] = text
    return answers.checked(said, folder)


def _refused(key: str, text: str, folder: Path) -> Refusal | None:
    """Why this answer will not do, if it will not. What needs the city's tables is found out later."""
    if not text and key in answers.NEEDED:
        return answers.wrong(key, "is needed.", "Please write something.")
    if not text:
        return None
    try:
        answers.checked({**STANDS_IN, key: text}, folder)
        _looks(key, text, folder)
    except Refusal as refusal:
        return refusal
    return None


def _looks(key: str, text: str, folder: Path) -> None:
    """Colours and logos by the rules that also guard the desk; in words of this command's language."""
    from smilecity.city import colours, logo

    if key in ("city.accent", "city.accent_dark"):
        around = colours.AROUND[key.removeprefix("city.")]
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
            raise answers.wrong(key, "this is no colour.", "Write # and six characters, such as #0c5d55.")
        if min(colours.contrast(text, other) for other in around) < colours.LEAST_CONTRAST:
            cure = "Take a darker one." if key == "city.accent" else "Take a lighter one."
            raise answers.wrong(key, "it is hard to read: its contrast is below 4.5 to 1.", cure)
    if key == "city.logo":
        try:
            logo.checked((folder / text).read_bytes())
        except Refusal as refusal:
            cure = "Take a PNG or a simple SVG without scripts, images and links, at most 200 kB."
            raise answers.wrong(key, f"this logo cannot be used ({refusal.code}).", cure) from refusal
