# SPDX-License-Identifier: EUPL-1.2
"""A client that others wrote (`georeport` from PyPI) lists services and reads requests; what is posted it finds."""

import json
import urllib.parse
import urllib.request
from typing import Any

import pytest
from django.db import transaction
from georeport import GeoReport

from smilecity.citizens import actions
from tests.citizens.open311_ground import HARBOUR, ROOT, Reports
from tests.citizens.town import Town


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_client_reads_the_node(live_server: Any, person: Any, organisation: Any, form: str) -> None:
    with transaction.atomic():
        town = Town(person, organisation)
        reports = Reports(town)
    base = f"{live_server.url}{ROOT}"
    sent = {"service_code": "lamp", "description": "Die Lampe ist aus.", "api_key": reports.key(), **HARBOUR}
    with urllib.request.urlopen(f"{base}/requests.json", urllib.parse.urlencode(sent).encode()) as answer:
        assert answer.status == 201
        number = json.load(answer)[0]["service_request_id"]
    for words in ("Die Lampe ist aus.", "Noch eine."):
        one = int(number) if words == sent["description"] else reports.said(words).noun_id
        actions.publish_need(town.people["clerk"], one, "Lampe", words)

    client = GeoReport(base, output_format=form)
    assert [one["service_code"] for one in client.get_service_list()] == ["lamp", "mast"]
    assert client.get_service_definition("mast")["service_code"] == "mast"
    read = client.get_service_request(number)
    assert (read["description"], read["status"]) == (sent["description"], "open")
    found = client.get_service_requests(service_code="lamp", status="open")
    assert number in [one["service_request_id"] for one in found] and len(found) == 2
