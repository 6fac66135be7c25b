# SPDX-License-Identifier: EUPL-1.2
"""GDAL's driver for OGC API Features reads the collections, and the OpenAPI document holds what it says."""

import json
import os
import shutil
import subprocess
import urllib.request
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from smilecity.core import words
from tests.examples import examples
from tests.space.ground import keep, put, square

OGRINFO = shutil.which("ogrinfo")
needs_gdal = pytest.mark.skipif(
    OGRINFO is None and not os.environ.get("SMILE_CI"), reason="ogrinfo (Debian: gdal-bin) is not installed"
)
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture
def city(transactional_db: None, live_server: Any) -> str:
    """Two areas and 130 places, served."""
    area = keep("mitte", square(12, 54))
    keep("hafen", square(12.1, 54))
    for number in range(130):
        put(
            f"n{number:03}",
            12 + number / 1000,
            54.05,
            area=area.noun_id,
            facts={"free": True, "ages": [3, 99]},
        )
    put("hidden", 12, 54, visibility="draft")
    return f"{live_server.url}/ogc"


def ogrinfo(*arguments: str) -> str:
    assert OGRINFO, "ogrinfo (Debian: gdal-bin) is not installed"
    done = subprocess.run(
        [OGRINFO, "-ro", *arguments], capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


@needs_gdal
def test_gdal_lists_every_collection(city: str) -> None:
    listed = ogrinfo(f"OAPIF:{city}")
    for kind in words.kinds():
        assert f": {kind}" in listed, listed


@needs_gdal
def test_gdal_reads_all_pages_of_a_collection(city: str) -> None:
    said = ogrinfo("-al", "-geom=SUMMARY", f"OAPIF:{city}", "place")
    assert said.count("OGRFeature(place)") == 130
    assert "title (String) = Ort n129" in said and "hidden" not in said
    assert "area_name (String) = Gebiet mitte" in said
    assert "Geometry: Point" in said


@needs_gdal
def test_gdal_reads_outlines_and_asks_with_a_box(city: str) -> None:
    said = ogrinfo("-al", f"OAPIF:{city}", "area")
    assert said.count("POLYGON ((") == 2
    some = ogrinfo("-al", "-spat", "12.0995", "54", "12.2", "54.1", f"OAPIF:{city}", "place")
    assert some.count("OGRFeature(place)") == 30


def fetched(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=10) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


@pytest.mark.hypothesis
def test_the_document_is_openapi_3_0_and_true(city: str) -> None:
    schema = schemathesis.openapi.from_dict(fetched(f"{city}/api"))
    schema.config.update(base_url=city)
    schema.validate()
    operations = [one.ok() for one in schema.get_all_operations()]
    assert {one.path for one in operations} >= {"/", "/conformance", "/collections/{kind}/items"}
    for operation in operations:
        for mode in GenerationMode:
            attempt(operation, mode)


def attempt(operation: Any, mode: GenerationMode) -> None:
    @settings(
        max_examples=examples(15),
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    tried()
