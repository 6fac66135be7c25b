# SPDX-License-Identifier: EUPL-1.2
"""What `smile init` must know, as a TOML file says it. All of it is checked before anything is made."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smilecity.city.settings import Settings
from smilecity.core.problems import Refusal

MOST_FILE_BYTES = 1 << 20
MOST_AREAS_BYTES = 64 << 20
TEXTS = ("imprint", "privacy", "accessibility", "enforcement", "rules")
LANGUAGES = ("de", "en")

# Answers that become settings of the node, in `smile.env`.
SETTINGS = {
    "city.state": "SMILE_STATE",
    "city.time_zone": "SMILE_TIME_ZONE",
    "city.languages": "SMILE_LANGUAGES",
    "node.address": "SMILE_ADDRESS",
    "node.host": "SMILE_HOST",
    "node.port": "SMILE_PORT",
    "node.proxies": "SMILE_PROXIES",
    "node.database": "DATABASE_URL",
    "mail.server": "SMILE_MAIL",
    "mail.from": "SMILE_MAIL_FROM",
}
LISTS = {"city.languages", "node.proxies"}
NUMBERS = {"node.port"}
OTHERS = {
    "city.name",
    "city.contact",
    "city.accent",
    "city.accent_dark",
    "city.logo",
    "city.key",
    "areas.file",
    "areas.level",
    "areas.key_field",
    "areas.name_field",
    "areas.name_field_en",
    "areas.crs",
    "operator.email",
    "operator.pseudonym",
    *(f"texts.{page}.{language}" for page in TEXTS for language in LANGUAGES),
}
KEYS = OTHERS | set(SETTINGS)
NEEDED = ("city.name", "operator.email", "operator.pseudonym")


@dataclass(frozen=True, slots=True)
class Areas:
    """The file with the city's parts, and how to read it."""

    file: Path
    level: str = "district"
    key_field: str = "key"
    name_field: str = "name"
    name_field_en: str = ""
    crs: str = ""

    @property
    def system(self) -> int | None:
        """The number of the reference system, if one is named."""
        return int(self.crs.upper().removeprefix("EPSG:")) if self.crs else None


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers, read and checked as far as that goes without a database."""

    name: str
    operator_email: str
    operator_pseudonym: str
    contact: str = ""
    key: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    logo: bytes = b""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    areas: Areas | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def wrong(key: str, sentence: str, cure: str) -> Refusal:
    """The refusal of one answer: its code and its sentence name the key."""
    return Refusal(f"init.{key}", f"{key}: {sentence}", cure=cure, field=key)


def read(file: Path) -> Answers:
    """The answers in this file. Paths in it are beside it."""
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_FILE_BYTES + 1)
        if len(text) > MOST_FILE_BYTES:
            raise Refusal("init.file", f"{file} is too large.", cure="1 MB is plenty for answers.")
        document = tomllib.loads(text.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("init.file", f"{file} cannot be read: {error}.", cure="Name a TOML file.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refusal(
            "init.file", f"{file} is no TOML: {error}.", cure="Begin with 'smile init --example'."
        ) from error
    return checked(flat(document), file.parent)


def flat(document: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Nested tables as `city.name`. Refuses keys that mean nothing, with the nearest one that does."""
    found: dict[str, Any] = {}
    for name, value in _leaves(document, above):
        if name not in KEYS:
            near = difflib.get_close_matches(name, KEYS, 1)
            cure = f"Did you mean {near[0]}?" if near else "See 'smile init --example' for all keys."
            raise wrong(name, "there is no such answer.", cure)
        found[name] = value
    return found


def _leaves(document: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def checked(said: Mapping[str, Any], folder: Path) -> Answers:
    """The answers by key, checked: their form, the files they name, the settings they make."""
    texts = {key: as_text(key, value) for key, value in said.items()}
    for key in NEEDED:
        if not texts.get(key, ""):
            raise wrong(key, "is missing.", "A city needs a name and somebody who operates its node.")
    _email(texts["operator.email"])
    return Answers(
        name=texts["city.name"],
        contact=texts.get("city.contact", ""),
        key=_official(texts.get("city.key", "")),
        colours={
            name: texts[f"city.{name}"] for name in ("accent", "accent_dark") if texts.get(f"city.{name}")
        },
        logo=_bytes("city.logo", texts, folder),
        texts=_legal(texts, folder),
        areas=_areas(texts, folder),
        operator_email=texts["operator.email"],
        operator_pseudonym=texts["operator.pseudonym"],
        settings=settings_of(texts),
    )


def as_text(key: str, value: Any) -> str:
    """The answer as text. Refuses one of another kind than the key wants."""
    if key in LISTS and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    if key in NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return value.strip()
    kind = "a list of words" if key in LISTS else "a whole number" if key in NUMBERS else "a text in quotes"
    raise wrong(key, f"is {str(value)[:40]!r}, but must be {kind}.", "Correct it in the file.")


def settings_of(texts: Mapping[str, str]) -> dict[str, str]:
    """The settings these answers make, each checked as at every start."""
    made = {variable: texts[key] for key, variable in SETTINGS.items() if texts.get(key)}
    try:
        Settings.read(made)
    except Refusal as refusal:
        key = next(key for key, variable in SETTINGS.items() if variable == refusal.field)
        sentence = str(refusal.sentence).replace(f"{refusal.field} is set to", "is", 1)
        raise wrong(key, sentence, "Correct it, or leave it out.") from refusal
    return made


def _email(text: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text) or len(text) > 254:
        raise wrong("operator.email", "this is no e-mail address.", "Write it as name@example.org.")


def _official(text: str) -> str:
    if text and not re.fullmatch(r"[0-9]{8}|[0-9]{12}", text):
        cure = "Write the municipality key (AGS, 8 digits) or the regional key (ARS, 12 digits)."
        raise wrong("city.key", "this is no official key.", cure)
    return text


def _legal(texts: Mapping[str, str], folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for page in TEXTS:
        for language in LANGUAGES:
            key = f"texts.{page}.{language}"
            if content := _bytes(key, texts, folder):
                try:
                    found.setdefault(page, {})[language] = content.decode("utf-8")
                except UnicodeDecodeError as error:
                    raise wrong(key, "the file is not UTF-8 text.", "Save it as UTF-8.") from error
    return found


def _areas(texts: Mapping[str, str], folder: Path) -> Areas | None:
    said = {
        key.removeprefix("areas."): text for key, text in texts.items() if key.startswith("areas.") and text
    }
    if not said:
        return None
    if "file" not in said:
        raise wrong(
            "areas.file", "is missing.", "Name the GeoJSON file with the areas, or leave out [areas]."
        )
    if not texts.get("city.key"):
        cure = "Write the municipality's official key (AGS, 8 digits): its parts are kept below it."
        raise wrong("city.key", "is missing, but there are areas.", cure)
    if "crs" in said and not re.fullmatch(r"(EPSG:)?[0-9]{4,5}", said["crs"], re.IGNORECASE):
        raise wrong("areas.crs", "this is no reference system.", "Write EPSG:4326, EPSG:25832 or EPSG:25833.")
    file = _file("areas.file", said.pop("file"), folder, MOST_AREAS_BYTES)
    return Areas(file, **said)


def _bytes(key: str, texts: Mapping[str, str], folder: Path) -> bytes:
    return _file(key, texts[key], folder, MOST_FILE_BYTES).read_bytes() if texts.get(key) else b""


def _file(key: str, name: str, folder: Path, most: int) -> Path:
    path = folder / name
    try:
        with path.open("rb"):
            size = path.stat().st_size
    except OSError as error:
        cure = f"Paths are beside the file of answers, in {folder.absolute()}."
        raise wrong(key, f"{name} cannot be read: {error.strerror}.", cure) from error
    if size > most:
        raise wrong(key, f"{name} is too large.", f"{most >> 20} MB are the most.")
    return path
