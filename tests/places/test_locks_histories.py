# SPDX-License-Identifier: EUPL-1.2
"""Whatever breaks between the node and a box: nothing opens without a grant, nothing is claimed that was not said."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from smilecity.core import clock
from smilecity.people.reads import who_is
from tests.places.booking_stage import NOW
from tests.places.ground import keep_court
from tests.places.lock_histories import History, built

Person = Callable[..., Any]
# A thousand take a quarter of an hour: that many are played by hand before a release.
HISTORIES = int(os.environ.get("SMILE_HISTORIES", "60"))
SLICE = 10  # thirty ran into the limit of a test's time where a machine was busy


def play(person: Person, seeds: range) -> dict[str, int]:
    """Each seed's history, each in a transaction that is taken back; how much happened in all of them."""
    seen = {"effects": 0, "commands": 0, "grants": 0}
    rita = person("rita")
    with clock.frozen(NOW):
        town = built(keep_court(), rita, who_is(rita))
    for seed in seeds:
        with transaction.atomic():
            history = History(town, seed)
            try:
                history.play(20)
            except AssertionError as error:
                raise AssertionError(f"history {seed}") from error
            seen["effects"] += len(history.box.effects)
            seen["commands"] += len(history.commands)
            seen["grants"] += len(history.grants)
            transaction.set_rollback(True)
    return seen


@pytest.mark.django_db
def test_histories_with_faults(person: Person) -> None:
    seen = play(person, range(3))
    assert min(seen.values()) > 2, seen  # something must have happened at all


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1224, 1290, 1343])
def test_histories_that_went_wrong_once(person: Person, seed: int) -> None:
    """An event overtook the state of a box that had lost its power; a grant was over by one of two clocks."""
    play(person, range(seed, seed + 1))


@pytest.mark.trial
@pytest.mark.django_db
@pytest.mark.parametrize("first", range(1000, 1000 + HISTORIES, SLICE))
def test_many_histories_with_faults(person: Person, first: int) -> None:
    seen = play(person, range(first, first + SLICE))
    assert min(seen.values()) > 1, seen
