# SPDX-License-Identifier: EUPL-1.2
"""Nothing outside the demo knows the demo's city: another city finds no trace of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from smilecity.places.demo import PLACES
from smilecity.space.demo.districts import DISTRICTS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("src/smilecity", "web/src", "web/css", "web/art")
KINDS = {".py", ".html", ".css", ".js", ".mjs", ".svg", ".po", ".json", ".txt", ".yaml"}
BUILT = "src/smilecity/city/static"

ALWAYS = {"Rostock", "Warnow", "Hafensport", "13003000"}
# Words that any German city may use for a part of itself or for a place.
ANYWHERE = {"Stadtmitte", "Südstadt", "Hansaviertel", "Stadtbibliothek"}


def names() -> set[str]:
    """What the demo's city, its districts and its places are called, by name and by address."""
    districts = {text for key, (title, *_) in DISTRICTS.items() for text in (key, title)}
    places = {text for place in PLACES for text in (place.slug, place.de[0])}
    return {name for name in ALWAYS | districts | places if name.title() not in ANYWHERE}


def is_demo(path: Path) -> bool:
    return "demo" in path.parts or path.stem == "demo"


def sources() -> Iterator[Path]:
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*"):
            inside = path.is_file() and path.suffix in KINDS and "__pycache__" not in path.parts
            if inside and not is_demo(path.relative_to(ROOT)) and ROOT / BUILT not in path.parents:
                yield path


@pytest.fixture(scope="module")
def known() -> re.Pattern[str]:
    longest_first = sorted(names(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def test_nothing_outside_the_demo_knows_its_city(known: re.Pattern[str]) -> None:
    words = [name.lower() for name in names()]  # quickly found; the pattern then says whether it is a word
    found = {
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in sources()
        for text in [path.read_text(encoding="utf-8").lower()]
        if any(word in text for word in words)
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        for match in [known.search(line)]
        if match
    }
    assert sorted(found) == []


def test_the_search_would_find_it(known: re.Pattern[str]) -> None:
    demo = [
        path for path in (ROOT / "src/smilecity/space/demo").glob("*.py") if known.search(path.read_text())
    ]
    assert demo
    assert len(list(sources())) > 200
    assert known.search('"/places/hafensport/"')
    assert known.search("die Hansestadt Rostock")
