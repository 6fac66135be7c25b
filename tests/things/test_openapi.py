# SPDX-License-Identifier: EUPL-1.2
"""The description of the intake says what the intake does."""

import json
from typing import Any

import jsonschema_rs
import pytest

from smilecity.things import openapi
from tests.things.stage import sample

SCHEMAS = openapi.components()["schemas"]


def valid(schema: str, value: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(SCHEMAS[schema], validate_formats=True).is_valid(value)


@pytest.mark.parametrize(
    "name", ["tts_uplink", "tts_simulated", "tts_join", "tts_downlink_failed", "tts_normalized"]
)
def test_what_the_things_stack_sends_is_described(name: str) -> None:
    assert valid("UplinkOfTts", sample(name))


def test_what_chirpstack_sends_is_described() -> None:
    said = sample("chirpstack_up")
    assert valid("UplinkOfChirpstack", said)
    assert not valid("UplinkOfChirpstack", said | {"fPort": 256})
    assert not valid("UplinkOfChirpstack", said | {"deviceInfo": {}})


def test_every_reference_leads_somewhere_and_every_answer_is_described() -> None:
    paths = openapi.paths()
    uplinks = {path: item for path, item in paths.items() if "/uplinks/" in path}
    assert set(uplinks) == {"/things/uplinks/tts", "/things/uplinks/chirpstack"}
    for item in uplinks.values():
        answers = item["post"]["responses"]
        assert set(answers) == {
            "200",
            "202",
            "400",
            "401",
            "403",
            "404",
            "405",
            "408",
            "413",
            "422",
            "429",
            "503",
        }
    text = json.dumps(paths)
    for part in text.split('"$ref": "')[1:]:
        assert part.split('"')[0].removeprefix("#/components/schemas/") in SCHEMAS
