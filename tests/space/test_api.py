# SPDX-License-Identifier: EUPL-1.2
"""The plain base map."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.core.who import NODE
from smilecity.space import actions

SQUARE = {"type": "Polygon", "coordinates": [[[12.0, 54.0], [12.1, 54.0], [12.1, 54.1], [12.0, 54.0]]]}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_shapes_lie_below_areas_with_names_in_the_language(client: Client, db: None) -> None:
    actions.draw_base(NODE, "water", "Fluss", SQUARE)
    actions.keep_area(NODE, "district", "d1", {"de": "Hafen", "en": "Harbour"}, SQUARE, schematic=True)
    answer = client.get("/space/base.json")
    assert answer["Content-Type"] == "application/geo+json"
    water, area = answer.json()["features"]
    assert water["properties"] == {"kind": "water", "name": "Fluss", "schematic": True}
    assert area["properties"] == {"kind": "district", "name": "Hafen", "schematic": True}
    assert client.get("/en/space/base.json").json()["features"][1]["properties"]["name"] == "Harbour"


def test_it_is_made_once_and_sent_once(client: Client, db: None) -> None:
    actions.draw_base(NODE, "land", "Land", SQUARE)
    first = client.get("/space/base.json")
    with CaptureQueriesContext(connection) as asked:
        again = client.get("/space/base.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert len(asked) == 0
