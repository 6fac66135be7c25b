# SPDX-License-Identifier: EUPL-1.2
"""What the guide for developers (docs/guides/api.md) says of needs and reports, run; and held to the OpenAPI document."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from smilecity.city.api import document
from tests.citizens.open311_ground import Reports
from tests.citizens.town import Town

GUIDE = (Path(__file__).resolve().parents[2] / "docs/guides/api.md").read_text()
PART = GUIDE.partition("## Needs and reports")[2].partition("\n## ")[0]
ASKED = re.findall(r"^    curl '?localhost:8000(/[^\s']+)'?$", PART, re.MULTILINE)
REFUSED = re.search(r'^    \[\{"code": (\d+), "description": "([a-z.-]+):', PART, re.MULTILINE)
GIVEN = {
    "{form}": "json",
    "{code}": "lamp",
    "{number}": "1",
    "{token}": "00000000-0000-4000-8000-000000000000",
}


@pytest.mark.django_db
def test_the_examples_of_the_guide_answer_as_it_says(client: Client, town: Town) -> None:
    Reports(town).published()
    *asked, refused = ASKED
    assert len(asked) == 10 and REFUSED
    for address in asked:
        assert client.get(address).status_code == 200, address
    answer = client.get(refused)
    assert answer.status_code == int(REFUSED[1])
    assert answer.json()[0]["description"].startswith(f"{REFUSED[2]}: ")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [one for one in ASKED if ".json" in one])
def test_an_answer_is_as_the_openapi_document_describes_it(client: Client, town: Town, address: str) -> None:
    Reports(town).published()
    said, path = document(), address.partition("?")[0]
    operation = said["paths"].get(path) or said["paths"][_described(path)]
    answer = client.get(address)
    response = operation["get"]["responses"][str(answer.status_code)]
    if "$ref" in response:
        response = said["components"]["responses"][response["$ref"].rpartition("/")[2]]
    media = str(answer["Content-Type"]).partition(";")[0]
    checked = {**response["content"][media]["schema"], "components": said["components"]}
    jsonschema_rs.validate(checked, json.loads(answer.getvalue()))


def test_the_document_names_only_addresses_there_are() -> None:
    named = [path for path in document()["paths"] if path.startswith(("/open311/", "/citysdk/"))]
    assert len(named) == 17
    for path in named:
        address = path
        for blank, value in GIVEN.items():
            address = address.replace(blank, value)
        assert _name(address) != "nothing", path


def _described(path: str) -> str:
    """The address as the document writes it."""
    return re.sub(r"/no-such-service\.", "/{code}.", path).replace(".json", ".{form}")


def _name(address: str) -> Any:
    try:
        return resolve(address).func.__name__
    except Resolver404:
        return "nothing"
