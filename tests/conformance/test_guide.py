# SPDX-License-Identifier: EUPL-1.2
"""The examples of the guide (docs/guides/sensorthings.md), run as they stand there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.service import Service, Town

GUIDE = (Path(__file__).resolve().parents[2] / "docs/guides/sensorthings.md").read_text()
ASKED = re.findall(r"""curl ['"]localhost:8000/sensorthings/v1\.1(/[^\n]*?)['"](?: -g)?\n""", GUIDE)
APPLY = re.search(r"^    (/Datastreams\(5\)/Observations\?\$apply=.*?\n.*)$", GUIDE, re.MULTILINE)
POST = re.search(r"curl -X POST localhost:8000/sensorthings/v1\.1(\S+) .*?-d '(\{.*?\})'", GUIDE, re.DOTALL)


@pytest.mark.parametrize("address", ASKED)
def test_what_the_guide_asks_is_answered(service: Service, town: Town, address: str) -> None:
    answer = service.ask("GET", address.replace("\\$", "$"))
    assert answer.status == 200, answer.body
    assert answer.json["value"]


def test_what_the_guide_posts_is_stored_and_counted_up(service: Service, town: Town) -> None:
    assert len(ASKED) == 3 and APPLY and POST
    made = service.ask("GET", "/Datastreams?$top=1&$orderby=id desc").json["value"][0]["@iot.id"]
    body: dict[str, Any] = json.loads(POST[2])
    body["Datastream"]["@iot.id"] = made
    assert service.ask("POST", POST[1], body).status == 201
    address = "".join(line.strip() for line in APPLY[1].split("\n")).replace("(5)", f"({made})")
    rows = service.ask("GET", address).json["value"]
    assert {"phenomenonTime", "mean", "most", "n"} <= rows[0].keys()
