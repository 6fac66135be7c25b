# SPDX-License-Identifier: EUPL-1.2
"""Things with what residents are told of them, datastreams with a last value, and what a page says."""

import html
from datetime import timedelta
from typing import Any

from django.test import Client

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.models import Datastream, Latest, Thing
from smilecity.things.rules.declaration import Declaration
from tests.things import stage

POINT = {"type": "Point", "coordinates": [12.1, 54.1]}
NOW = timedelta(0)
SAID = Declaration(
    purpose={"de": "Damit die Wiese nicht vertrocknet.", "en": "So that the lawn does not dry out."},
    legal_basis={"de": "Keine nötig."},
    safeguard={"de": "Der Fühler steckt in der Erde."},
    operator="Grünamt",
    retention=timedelta(days=730),
)


def hangs(key: str, **options: Any) -> Thing:
    return stage.thing(key, **{"geo": POINT, "declared": SAID, **options})


def tells(
    thing: Thing,
    name: str,
    value: float | None = None,
    *,
    ago: timedelta = NOW,
    what: str = "soil",
    **options: Any,
) -> Datastream:
    """A datastream of the thing, with a last value if one is given."""
    made = actions.keep_datastream(
        NODE, thing, name, actions.keep_sensor(NODE, "Probe"),
        actions.keep_observed_property(NODE, f"urn:{what}", what.capitalize()),
        **{"unit": {"name": "%", "symbol": "%"}, "silent_after": timedelta(hours=1), **options},
    )  # fmt: skip
    if value is not None:
        at = clock.now() - ago
        Latest.objects.update_or_create(
            datastream=made,
            defaults={"phenomenon_time": at, "result": value, "observation": made.id, "count": 1},
        )
    return made


def main(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    body = answer.content.decode()
    return html.unescape(body[body.index("<main") : body.index("</main>")]).replace("\N{NO-BREAK SPACE}", " ")
