# SPDX-License-Identifier: EUPL-1.2
"""Everything that is not a page does what its OpenAPI document says, whatever is sent to it."""

import contextlib
import json
import urllib.request
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.demo.conftest import City

EXAMPLES = 25  # of each operation
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
STREAM = "/live/"  # never ends by itself; its refusals are tested in tests/core/test_live.py


def document(city: City) -> dict[str, Any]:
    with urllib.request.urlopen(f"{city.address}/api/openapi.json", timeout=60) as answer:
        said: dict[str, Any] = json.load(answer)
    del said["paths"][STREAM]
    return said


@pytest.fixture(scope="module")
def operations(city: City) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document(city))
    return [one.ok() for one in schema.get_all_operations()]


def test_the_document_names_every_way_in(city: City) -> None:
    assert document(city)["paths"].keys() >= {
        "/api/places",
        "/api/places/{slug}",
        "/things/uplinks/tts",
        "/things/uplinks/chirpstack",
        "/health",
    }


@pytest.mark.trial
@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_whatever_is_sent_is_answered_as_documented(
    city: City, operations: list[Any], mode: GenerationMode
) -> None:
    for operation in operations:
        with contextlib.suppress(Unsatisfiable):  # what takes no input cannot be given a wrong one
            attempt(city, operation, mode)


def attempt(city: City, operation: Any, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {city.key}"} if "/uplinks/" in operation.path else None

    @seed(2026)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        case.call_and_validate(base_url=city.address, headers=headers, checks=CHECKS)

    send()
