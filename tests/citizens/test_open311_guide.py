# SPDX-License-Identifier: EUPL-1.2
"""The examples of the guide (docs/guides/open311.md), run as they stand there."""

import re
import shlex
from pathlib import Path

import pytest
from django.test import Client

from smilecity.citizens.models import Need
from tests.citizens.open311_ground import Reports
from tests.citizens.town import Town

GUIDE = (Path(__file__).resolve().parents[2] / "docs/guides/open311.md").read_text()
ASKED = re.findall(r"^    curl '?localhost:8000(/[^\s']+)'?$", GUIDE, re.MULTILINE)
SENT = re.search(
    r"^    curl localhost:8000(/\S+) -H \"X-API-Key: \$KEY\" (-F .*?)\n\n", GUIDE, re.MULTILINE | re.DOTALL
)


@pytest.mark.django_db
def test_the_examples_of_the_guide_work(client: Client, town: Town) -> None:
    reports = Reports(town)
    reports.published()
    assert len(ASKED) == 9 and SENT
    for address in ASKED:
        assert client.get(address).status_code == 200, address
    fields = dict(one.split("=", 1) for one in shlex.split(SENT[2].replace("\\\n", " ")) if one != "-F")
    answer = client.post(SENT[1], fields, headers={"X-API-Key": reports.key()})
    assert answer.status_code == 201, answer.content
    assert Need.objects.get(words="The lamp at the quay is dark.").noun_id == int(
        answer.json()[0]["service_request_id"]
    )
