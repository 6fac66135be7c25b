# SPDX-License-Identifier: EUPL-1.2
"""Undocumented means red: the reference is what the code says now, and the guides name what there is."""

import re
from pathlib import Path

import pytest

from smilecity.city.cli.commands import app
from smilecity.city.reference import write

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_reference_is_what_the_code_says(tmp_path: Path) -> None:
    stale = [
        page.name
        for page in write(tmp_path, app)
        if page.read_text() != (DOCS / "reference" / page.name).read_text()
    ]
    assert not stale, "run `make reference`"


@pytest.mark.parametrize(
    "page", [*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md"], ids=lambda p: p.name
)
def test_links_between_the_documents_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_guides_name_only_settings_that_exist() -> None:
    known = set(re.findall(r"`([A-Z_]+)`", (DOCS / "reference/settings.md").read_text()))
    named = {
        word
        for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]
        for word in re.findall(r"\bSMILE_[A-Z_]+\b", page.read_text())
    }
    assert named - known == set()
