# SPDX-License-Identifier: EUPL-1.2
"""Every sentence that people read has its English, and the English has the same placeholders."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[2] / "src/smilecity"
CATALOGUE = SOURCE / "city/locale/en/LC_MESSAGES/django.po"
CALLS = {"_", "_later", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "_n"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def texts_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in CALLS
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


@functools.cache
def sentences() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in SOURCE.rglob("*.py"):
        found |= dict.fromkeys(texts_of(ast.parse(path.read_text())), path)
    for path in (*SOURCE.rglob("*.html"), *SOURCE.rglob("templates/**/*.txt")):
        # `templatize` gives the template's texts as Python-like calls, one a tag.
        calls = templatize(path.read_text())
        for call in re.findall(r"gettext\(u?(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", calls):
            found[ast.literal_eval(call)] = path
        for call in re.findall(r"gettext\(u?(\"{3}.*?\"{3}|'{3}.*?'{3})", calls, re.DOTALL):
            found[ast.literal_eval(call)] = path
    return {text: path for text, path in found.items() if text.strip()}


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    entries = polib.pofile(str(CATALOGUE))
    return {e.msgid: e.msgstr or " ".join(e.msgstr_plural.values()) for e in entries if not e.obsolete}


def test_every_sentence_has_its_english(english: dict[str, str]) -> None:
    missing = {
        text: str(path.relative_to(SOURCE)) for text, path in sentences().items() if not english.get(text)
    }
    assert missing == {}


def test_the_english_says_the_same_values() -> None:
    wrong = []
    for entry in polib.pofile(str(CATALOGUE)):
        german = set(PLACEHOLDER.findall(f"{entry.msgid} {entry.msgid_plural}"))
        english = set(PLACEHOLDER.findall(f"{entry.msgstr} {' '.join(entry.msgstr_plural.values())}"))
        if not english <= german:
            wrong.append(entry.msgid)
    assert wrong == []


def test_no_english_is_left_over(english: dict[str, str]) -> None:
    assert sorted(set(english) - set(sentences())) == []
