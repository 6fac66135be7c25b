# SPDX-License-Identifier: EUPL-1.2
"""The Sportbox at HafenSport, played by a walk: its doors, its keys to type on, and the line that may fail."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from smilecity.core import clock
from smilecity.places.demo import boxes
from smilecity.places.demo.box import Box
from tests.demo.conftest import City
from tests.demo.works import Works, at_work

DOORS = len(boxes.COMPARTMENTS)
STANDS_SINCE = timedelta(hours=1)  # a box that has just started takes no code of the last minutes


class Sportbox:
    """Speaks to the node as a maker's box does, but only when the walk lets it."""

    def __init__(self, city: City, works: Works) -> None:
        self._address = f"{city.address}/locks/{boxes.SPORTBOX}/messages"
        self._works = works
        self._late = STANDS_SINCE
        known = works("controller", boxes.SPORTBOX)
        self.box = Box(
            boxes.SPORTBOX, bytes.fromhex(known["secret"]), DOORS, lambda: clock.now() - self._late,
            said=known["said"], taken=known["taken"],
        )  # fmt: skip
        self._late = timedelta(0)
        self.box.out.clear()
        self.meets_the_node()

    def meets_the_node(self) -> None:
        """Says what it knows, does what it is told, until neither side has more to say."""
        for _round in range(12):
            waits = self._works("heed", boxes.SPORTBOX)
            self.box.say_state()
            told, self.box.out = self.box.out, []
            heard = self._post(told, 2 if waits else 0)
            for message in heard:
                self.box.hear(message)
            if not heard and not self._works("heed", boxes.SPORTBOX):
                return
        raise AssertionError("the box and the node never agree")

    def through(self, door: int) -> None:
        """Somebody opens the door, reaches in, and shuts it."""
        assert self.box.open_door(door)
        self.box.close_door(door)

    def _post(self, told: list[dict[str, Any]], seconds: int) -> list[dict[str, Any]]:
        body = json.dumps({"messages": told}).encode()
        address = f"{self._address}?wait={seconds}"
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return list(json.load(answer)["messages"])


@pytest.fixture(name="sportbox", scope="module")
def at_the_box(city: City) -> Iterator[Sportbox]:
    """The box at a place that is open, at whatever time this runs; for walks that import it."""
    with at_work(city) as works:
        late = works("open_late", "hafensport")
        yield Sportbox(city, works)
        works("end_exception", late)


def without_a_script(chromium: Browser, width: int) -> Page:
    """A page of a browser that runs no scripts; close its `context` in the end."""
    size = {"width": width, "height": 780}
    return chromium.new_context(viewport=size, locale="de-DE", java_script_enabled=False).new_page()
