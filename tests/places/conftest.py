# SPDX-License-Identifier: EUPL-1.2
"""A court with a counter and a weather mast, and what their sensors say.

Imports of models are inside: this file is read before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smilecity.places.models import Place

Say = Callable[..., None]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def at_five() -> Iterator[datetime]:
    """It is a quarter to six in the evening."""
    from smilecity.core import clock
    from tests.places.ground import NOW

    with clock.frozen(NOW):
        yield NOW


@pytest.fixture
def court(db: None) -> Place:
    """A public court for twelve, open from six to ten; its counter, wind and rain have said nothing yet."""
    from smilecity.core.who import NODE
    from smilecity.places import actions
    from tests.places.ground import keep_court, keep_stream

    place = keep_court()
    unit = actions.keep_unit(NODE, place, "court", {"de": "Spielfeld", "en": "Court"}, room_for=12)
    actions.keep_sense(NODE, place, "people", keep_stream("people"), unit=unit)
    actions.keep_sense(NODE, place, "wind", keep_stream("wind", "m/s"))
    actions.keep_sense(NODE, place, "rain", keep_stream("rain", "mm/h"))
    return place


@pytest.fixture
def say(court: Place) -> Say:
    """`say("people", 7)`: the court's sensor of this role says so, some minutes ago."""
    from tests.places.ground import NOW, observe

    def told(role: str, result: float, minutes_ago: float = 2) -> None:
        sense = court.senses.get(role=role)
        observe(sense.datastream_id, result, NOW - timedelta(minutes=minutes_ago))

    return told
