# SPDX-License-Identifier: EUPL-1.2
"""A connector to look at: a school's weather station that posts JSON, mapped to one datastream."""

from smilecity.core.who import NODE
from smilecity.things.actions.connectors import Said, keep_connector, map_connector
from smilecity.things.models import Connector

NAME = "Wetterstation der Schule"
SAMPLE = {"station": "dach", "time": "2026-11-22T09:00:00Z", "values": {"temperature": 7.5}}


def connect(datastream: int) -> None:
    """Set it up, unless it is there already."""
    if Connector.objects.filter(name=NAME).exists():
        return
    one = keep_connector(NODE, Said(NAME), kind=Connector.JSON)
    rule = {
        "path": "$.values.temperature",
        "datastream": datastream,
        "only": {"path": "$.station", "equals": SAMPLE["station"]},
    }
    map_connector(NODE, one.id, {"time": {"form": "iso", "path": "$.time"}, "rules": [rule]}, SAMPLE)
