# SPDX-License-Identifier: EUPL-1.2
"""Who may: for every action and every read, over the named people of a town. Rows are in `rights_table.py`."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q, QuerySet

from smilecity.core.paging import Page
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from tests.house.rights_table import NO_ROW, NO_WHO, ROWS
from tests.house.town import Town, founded

ROOMS = ("people", "space", "things", "citizens", "places", "governance")
HIDDEN = (401, 403, 404)


def modules(room: str, layer: str) -> Iterator[Any]:
    top = importlib.import_module(f"smilecity.{room}.{layer}")
    yield top
    for found in pkgutil.walk_packages(getattr(top, "__path__", []), f"{top.__name__}."):
        yield importlib.import_module(found.name)


def functions(layer: str) -> dict[str, Callable[..., Any]]:
    """All public functions of this layer of every room, by where they are."""
    return {
        f"{module.__name__.removeprefix('smilecity.')}.{name}": function
        for room in ROOMS
        for module in modules(room, layer)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
    }


def asks_who(function: Callable[..., Any]) -> bool:
    return next(iter(inspect.signature(function).parameters), "") == "who"


ACTIONS, READS = functions("actions"), functions("reads")
ASKING = {name: one for name, one in (ACTIONS | READS).items() if asks_who(one)}


def test_every_action_and_every_read_that_asks_who_has_its_row() -> None:
    assert sorted(set(ASKING) - set(ROWS) - set(NO_ROW)) == []


def test_no_row_is_left_over() -> None:
    assert sorted((set(ROWS) | set(NO_ROW)) - set(ASKING)) == []


def test_what_a_room_offers_to_others_as_an_action_asks_who() -> None:
    offered = {
        f"{one.__module__.removeprefix('smilecity.')}.{one.__name__}"
        for room in ROOMS
        for top in [importlib.import_module(f"smilecity.{room}.actions")]
        for name in getattr(top, "__all__", vars(top))
        for one in [getattr(top, name)]
        if inspect.isfunction(one) and one.__module__.startswith("smilecity.") and not asks_who(one)
        if not name.startswith("_") and hasattr(top, "__all__")
    }
    assert offered <= NO_WHO


def outcome(name: str, town: Town, who: Who) -> bool:
    """Whether this person may: the action goes through, the read has something. All is taken back after."""
    function = ASKING[name]
    with transaction.atomic():
        try:
            given = ROWS[name].do(town, who, function)
            return name in ACTIONS or has_something(given)
        except Refusal as refusal:
            assert refusal.status in HIDDEN, f"the case of {name} is wrong in itself: {refusal}"
            return False
        finally:
            transaction.set_rollback(True)


def has_something(given: Any) -> bool:
    if isinstance(given, Page):
        return bool(given.items)
    if isinstance(given, QuerySet):
        return bool(given.exists())
    if isinstance(given, Q):
        return True
    return bool(given)


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """One town for all rows, in a transaction that is never committed; each case is taken back by itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield founded()
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROWS))
def test_who_may(name: str, town: Town) -> None:
    row = ROWS[name]
    with transaction.atomic():
        town.stage = row.stage(town) if row.stage else None
        may = {person for person, who in town.who.items() if outcome(name, town, who)}
        transaction.set_rollback(True)
    assert may == row.may
