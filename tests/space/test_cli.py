# SPDX-License-Identifier: EUPL-1.2
"""`smile space ...` at the command line."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from smilecity.core.problems import Refusal
from smilecity.space import cli
from smilecity.space.models import Area
from tests.space.ground import square

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; its exit code and what it said."""
    app = typer.Typer()
    app.callback()(lambda: None)
    cli.add_commands(app, nullcontext)

    def go(*arguments: str) -> tuple[int, str]:
        heard = StringIO()
        monkeypatch.setattr(cli, "out", Console(file=heard, width=160))
        done = CliRunner().invoke(app, ["space", *arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, heard.getvalue()

    return go


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two districts that overlap."""
    features = [
        {
            "type": "Feature",
            "properties": {"nr": n, "bez": f"Teil {n}"},
            "geometry": square(12 + n * 0.09, 54),
        }
        for n in (1, 2)
    ]
    path = tmp_path / "teile.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


FIELDS = ("--level", "district", "--key-field", "nr", "--name-field", "bez")


def test_a_dry_run_then_a_refusal_then_it_is_accepted(run: Run, file: Path) -> None:
    code, said = run("import", str(file), *FIELDS, "--dry-run")
    assert code == 0 and "Tried, nothing changed: 2 areas read (EPSG:4326)." in said
    assert "area.overlap" in said and "--accept" in said and Area.objects.count() == 0
    code, said = run("import", str(file), *FIELDS)
    assert code == 2 and "Refused, nothing changed" in said and Area.objects.count() == 0
    code, said = run("import", str(file), *FIELDS, "--accept")
    assert code == 0 and "Done" in said and Area.objects.count() == 2
    assert "Teil 1" in run("areas")[1]


def test_the_report_is_json_on_demand(run: Run, file: Path) -> None:
    code, said = run("import", str(file), *FIELDS, "--json")
    report: dict[str, Any] = json.loads(said)
    assert code == 2 and report["state"] == "refused" and report["new"] == ["1", "2"]
    assert report["findings"][0]["code"] == "area.overlap" and report["findings"][0]["square_metres"] > 1e6


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--crs", "EPSG:9999"), "geo.unknown-system"),
        (("--crs", "Gauss"), "geo.unknown-system"),
        (("--valid-from", "gestern"), "import.no-day"),
        (("--level", "kingdom"), "area.unknown-level"),
    ],
)
def test_a_wrong_word_is_refused(run: Run, file: Path, more: tuple[str, ...], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        run("import", str(file), *FIELDS, *more)
    assert refused.value.code == code


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        run("import", str(tmp_path / "nothing.json"), *FIELDS)
    assert refused.value.code == "import.no-file"
