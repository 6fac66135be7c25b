# SPDX-License-Identifier: EUPL-1.2
"""Who may write down what others said, bring it as a table, and take in letters."""

import uuid
from collections.abc import Callable
from typing import Any

from smilecity.citizens.rules.tables import Layout
from smilecity.core.who import NODE as THE_NODE
from smilecity.core.who import Who
from tests.house.rights_rows import ALL, NODE, RITA, RUN, Row, asks
from tests.house.town import Town

# Those who look after an area: which one does not matter, for what is written down finds its own.
WRITE_DOWN = {"stefan", "petra", "mia", "nils", "node"}
LETTER = b"From: erika@beispiel.de\nMessage-ID: <1@beispiel.de>\n\nAm Hafen fehlt Schatten."


def _table(town: Town, folder: Any) -> Any:
    """A table that nobody but the whole city's stewards and the node see: its file is not needed to ask."""
    from smilecity.citizens.models import NeedTable

    layout = {"encoding": "utf-8", "delimiter": ";", "header": True, "kind": "wish", "columns": {"words": 0}}
    columns = {"layout": layout, "pass": "look", "looked": True, "line": 0}
    return NeedTable.objects.create(
        name="x",
        file=f"{uuid.uuid4().hex}.csv",
        size=1,
        digest=uuid.uuid4().hex,
        by="account/0",
        columns=columns,
        **folder,
    )


def _on_table(who_may: set[str], state: str, *given: Any, **more: Any) -> Row:
    def do(town: Town, who: Who, function: Callable[..., Any]) -> Any:
        return function(who, _table(town, {"state": state}).pk, *given, **more)

    return Row(who_may, do)


def _looking(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    _table(town, {"state": "running"})
    found = function(who)
    return getattr(found, "items", found)


def _guessing(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.reads.doors import file_of

    kept = _table(town, {})
    file_of(kept).parent.mkdir(parents=True, exist_ok=True)
    file_of(kept).write_bytes(b"Anliegen\nMehr Licht\n")
    try:
        return function(who, kept).rows
    finally:
        file_of(kept).unlink()


def _bringing(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.reads.doors import file_of

    made = function(who, "x.csv", iter([b"Anliegen\nMehr Licht\n"]))
    file_of(made).unlink()
    return made


def _receipt(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions.doors.letters import take_letter
    from smilecity.citizens.models import Letter

    take_letter(THE_NODE, LETTER)
    given = () if function.__name__ == "receipts_owed" else (Letter.objects.get().pk, lambda _need: None)
    return function(who, *given)


def _confirming(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.models import Letter

    Letter.objects.create(digest="x", need=town.need)
    return function(who, town.need, "")


def _forgetting(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    function(who)
    return True


def _choosing(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.models import Category

    Category.objects.create(code="lamp", title={"de": "Lampe"})
    return function(who)


def _in_an_area(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import publish_need

    publish_need(town.who["petra"], town.need.noun_id, "Mehr Bänke", "Es fehlen Bänke.")
    return function(who, town.need.noun_id)


def _typed(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, town.need.form)


_TABLES = "citizens.actions.doors.tables"
_LETTERS = "citizens.actions.doors.letters"
_READS = "citizens.reads.doors"
DOORS: dict[str, Row] = {
    "citizens.actions.doors.by_hand.write_down": asks(
        WRITE_DOWN, uuid.UUID(int=21), "phone", kind="wish", words="Mehr Licht"
    ),
    "citizens.actions.doors.by_hand.write_sheet_down": asks(
        WRITE_DOWN, uuid.UUID(int=22), "", kind="wish", words="Mehr Licht"
    ),
    f"{_TABLES}.bring_table": Row(WRITE_DOWN, _bringing),
    f"{_TABLES}.understand_table": _on_table(NODE, "draft", Layout()),
    f"{_TABLES}.look_through_table": _on_table(NODE, "draft"),
    f"{_TABLES}.take_in_table": _on_table(NODE, "draft", seen=0),
    f"{_TABLES}.stop_table": _on_table(NODE, "running"),
    f"{_TABLES}.go_on_with_table": _on_table(NODE, "stopped"),
    f"{_TABLES}.forget_table": _on_table(NODE, "draft"),
    f"{_TABLES}.work_on_table": _on_table(NODE, "draft"),
    f"{_TABLES}.forget_old_tables": Row(RUN, _forgetting),
    f"{_LETTERS}.take_letter": asks(NODE, LETTER),
    f"{_LETTERS}.send_receipt": Row(NODE, _receipt),
    f"{_LETTERS}.confirm_letters": Row(RITA, _confirming),
    f"{_LETTERS}.forget_letters": Row(RUN, _forgetting),
    f"{_READS}.place_named": asks(ALL, lambda t: t.pier.noun.title["de"]),
    f"{_READS}.names_of_places": asks(ALL),
    f"{_READS}.area_of_need": Row(ALL, _in_an_area),
    f"{_READS}.categories_to_choose": Row(ALL, _choosing),
    f"{_READS}.typed_before": Row(WRITE_DOWN, _typed),
    f"{_READS}.need_tables": Row(NODE, _looking),
    f"{_READS}.need_table": _on_table(NODE, "draft"),
    f"{_READS}.tables_waiting": Row(NODE, _looking),
    f"{_READS}.table_guessed": Row(NODE, _guessing),
    f"{_READS}.receipts_owed": Row(NODE, _receipt),
}
