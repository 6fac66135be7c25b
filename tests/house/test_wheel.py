# SPDX-License-Identifier: EUPL-1.2
"""The wheel is all a machine without Node needs."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.mark.trial
def test_a_wheel_carries_styles_scripts_codecs_and_translations(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "city/static/manifest.json",
        "django.mo",
        "demo/codecs/vendor/index.yaml",
        "codecs/harness.js",
    ):
        assert [name for name in names if name.endswith(wanted)], wanted
    assert not [name for name in names if "node_modules" in name or name.startswith("tests/")]


@pytest.mark.trial
def test_an_installed_wheel_prepares_a_demo_city_without_node(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(place), str(wheel)]
    subprocess.run(command, check=True)
    # Only what the wheel holds, and the libraries; no Node on the path, and not the checkout.
    environment = {
        **os.environ,
        "PYTHONPATH": str(place),
        "PATH": str(Path(sys.executable).parent),
        "SMILE_DATA": str(tmp_path / "data"),
        "COLUMNS": "200",
    }
    smile = [sys.executable, "-P", "-m", "smilecity.city.cli"]
    done = subprocess.run(
        [*smile, "doctor"], env=environment, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert "Styles and scripts: /static/app." in done.stdout, done.stdout + done.stderr
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import smilecity; print(smilecity.__file__)"],
        env=environment, capture_output=True, text=True, cwd=tmp_path, check=True,
    ).stdout  # fmt: skip
    assert where.startswith(str(place))
