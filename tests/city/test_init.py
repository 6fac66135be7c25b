# SPDX-License-Identifier: EUPL-1.2
"""`smile init`: a new city from a file of answers or from a conversation; whatever is wrong, nothing is half made."""

import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.test import Client
from rich.console import Console
from rich.prompt import Prompt

from smilecity.city import envfile, identity
from smilecity.city.founding import answers, asking, found
from smilecity.city.founding.example import EXAMPLE
from smilecity.city.models import Identity
from smilecity.city.settings import Settings
from smilecity.core.database import drop
from smilecity.core.problems import Refusal
from smilecity.people.models import Account, Organisation, RoleHeld
from smilecity.people.reads import who_is
from smilecity.space.models import Area
from tests.migrated import copied

SMILE = [sys.executable, "-m", "smilecity.city.cli"]
LEAST = {
    "city.name": "Neustadt",
    "operator.email": "it@neustadt.example",
    "operator.pseudonym": "Betrieb Neustadt",
}
FILE = """
[city]
name = "Neustadt am See"
contact = "Markt 1"
state = "SH"
accent = "#7a1f5c"
[operator]
email = "it@neustadt.example"
pseudonym = "Betrieb Neustadt"
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a node with tables, no rows and no folder; making the tables is the operator's walk."""
    server, name = os.environ["DATABASE_URL"], f"init_{os.getpid()}"
    url = copied(server, name)
    yield {**os.environ, "DATABASE_URL": url, "SMILE_DATA": str(tmp_path / "data"), "COLUMNS": "200"}
    with psycopg.connect(server, autocommit=True) as connection:
        drop(connection, name)


def smile(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SMILE, *words], env=environment, capture_output=True, text=True, check=False)


def ask_database(environment: dict[str, str], question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        return connection.execute(question).fetchall()


def test_an_empty_node_has_a_city_by_one_command(empty: dict[str, str], tmp_path: Path) -> None:
    file, folder = tmp_path / "my.toml", Path(empty["SMILE_DATA"])
    file.write_text(FILE)
    made = smile(empty, "init", str(file))
    assert made.returncode == 0, made.stderr
    assert re.search(r"http://localhost:8000/account/password/reset/key/\S+/", made.stdout)
    assert stat.S_IMODE((folder / "smile.env").stat().st_mode) == 0o600
    assert envfile.read(folder, Settings.names()) == {"SMILE_STATE": "SH"}
    assert ask_database(empty, "SELECT name, demo FROM city_identity") == [("Neustadt am See", False)]

    again = smile(empty, "init", str(file))
    assert again.returncode == 2
    assert "[init.not-empty]" in again.stderr
    assert "Traceback" not in again.stderr
    assert ask_database(empty, "SELECT count(*) FROM people_account") == [(1,)]


def test_the_example_is_a_file_of_answers_with_every_key() -> None:
    full = re.sub(r"(?m)^# (?=[a-z_]+ = |\[)", "", EXAMPLE)
    said = answers.flat(tomllib.loads(full))
    spelled = {key for key in said if not key.startswith("texts.")}
    assert spelled == {key for key in answers.KEYS if not key.startswith("texts.")} - {
        "areas.name_field_en",
        "areas.crs",
    }
    plain = answers.checked(answers.flat(tomllib.loads(EXAMPLE)), Path())
    assert plain.name == "Musterstadt"
    assert plain.settings == {
        "SMILE_TIME_ZONE": "Europe/Berlin",
        "SMILE_LANGUAGES": "de,en",
        "SMILE_PORT": "8000",
    }


WRONG = {
    "city.name": ["", 5],
    "city.key": ["12", "abcdefgh"],
    "city.state": ["XX", "Mars"],
    "city.time_zone": ["Mars/Olympus"],
    "city.languages": ["en,de", ["de", "tlh"], "klingon"],
    "city.logo": ["missing.svg"],
    "areas.file": ["missing.geojson"],
    "areas.crs": ["Gauss"],
    "node.port": ["0", 70_000, True],
    "node.address": ["smile.example.org"],
    "node.proxies": [["everyone"]],
    "node.database": ["mysql://x"],
    "mail.server": ["mail.example.org"],
    "mail.from": ["nobody"],
    "operator.email": ["", "nobody", "a b@c.de"],
    "operator.pseudonym": [""],
    "texts.imprint.de": ["missing.md"],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in WRONG.items() for value in values]
)
def test_every_wrong_answer_is_explained_with_its_key(key: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        answers.checked(
            {
                **LEAST,
                "city.key": "01001000",
                **({"areas.file": __file__} if key == "areas.crs" else {}),
                key: value,
            },
            tmp_path,
        )
    assert refused.value.code == f"init.{key}"
    assert str(refused.value.sentence).startswith(f"{key}: ")
    assert refused.value.cure


def test_a_key_that_means_nothing_is_told_with_the_nearest_that_does() -> None:
    with pytest.raises(Refusal) as refused:
        answers.flat({"city": {"nane": "Neustadt"}})
    assert (refused.value.code, refused.value.cure) == ("init.city.nane", "Did you mean city.name?")


@pytest.mark.parametrize("content", [b"city = ", b"\xff\xfe", b"a = [" * 5_000, b"x" * (1 << 20) + b"xx"])
def test_a_file_that_is_no_toml_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        answers.read(file)
    assert refused.value.code == "init.file"
    with pytest.raises(Refusal):
        answers.read(tmp_path / "none.toml")


def _answers(**more: object) -> answers.Answers:
    return answers.checked({**LEAST, **more}, Path())


@pytest.mark.django_db
def test_the_operator_has_the_role_and_a_link_that_works_once(tmp_path: Path, client: Client) -> None:
    areas, link = found._write(_answers(), tmp_path, {"SMILE_PORT": "8001"})
    account = Account.objects.get()
    assert areas == 0
    assert who_is(account).holds("operator")
    assert Organisation.objects.get().kind == "municipality"
    assert "Muster" in Identity.objects.get().texts["imprint"]["de"]
    form = client.get(link, follow=True)
    said = {"password1": "ein langes Wort 17", "password2": "ein langes Wort 17"}
    assert client.post(form.redirect_chain[-1][0], said).status_code == 302
    assert Account.objects.get().check_password("ein langes Wort 17")
    replay = Client().get(link, follow=True)
    assert "password1" not in replay.content.decode()


@pytest.mark.django_db
def test_the_link_ends_after_three_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.account.forms import default_token_generator as tokens

    _areas, link = found._write(_answers(), tmp_path, {})
    account = Account.objects.get()
    token = link.rstrip("/").rsplit("/", 1)[1].split("-", 1)[1]
    assert tokens.check_token(account, token)
    later = tokens._now() + timedelta(days=3, minutes=1)
    monkeypatch.setattr(type(tokens), "_now", lambda _self: later)
    assert not tokens.check_token(account, token)


@pytest.mark.django_db
def test_a_failure_at_the_last_step_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "smile.env").write_text('SMILE_PORT="9000"\n')

    def broken(_self: Path, _target: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="no space"):
        found._write(_answers(), tmp_path, {"SMILE_PORT": "8001"})
    assert (tmp_path / "smile.env").read_text() == 'SMILE_PORT="9000"\n'
    for model in (Identity, Account, Organisation, RoleHeld):
        assert not model.objects.exists()


def _square(key: str, west: float, east: float) -> dict[str, object]:
    ring = [[west, 54.0], [east, 54.0], [east, 54.1], [west, 54.1], [west, 54.0]]
    return {
        "type": "Feature",
        "properties": {"nr": key, "title": f"Teil {key}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _with_areas(folder: Path, *squares: dict[str, object]) -> answers.Answers:
    (folder / "parts.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    said = {"areas.file": "parts.geojson", "areas.key_field": "nr", "areas.name_field": "title"}
    return answers.checked({**LEAST, "city.key": "01001000", **said}, folder)


@pytest.mark.django_db
def test_the_parts_of_the_city_stand_below_it(tmp_path: Path) -> None:
    said = _with_areas(tmp_path, _square("1", 10.0, 10.1), _square("2", 10.1, 10.2))
    areas, _link = found._write(said, tmp_path, {})
    root = Area.objects.get(key="01001000")
    assert areas == 2
    assert {(part.key, part.level, part.parent) for part in Area.objects.exclude(pk=root.pk)} == {
        ("1", "district", root),
        ("2", "district", root),
    }
    assert Organisation.objects.get().noun.area_id == root.pk
    corners = {tuple(point) for point in (root.noun.geo or {})["coordinates"][0]}
    assert {(10.0, 54.0), (10.2, 54.1)} <= corners


@pytest.mark.django_db
def test_parts_that_overlap_are_refused_and_nothing_is_founded(tmp_path: Path) -> None:
    said = _with_areas(tmp_path, _square("1", 10.0, 10.15), _square("2", 10.1, 10.2))
    with pytest.raises(Refusal) as refused:
        found._write(said, tmp_path, {})
    assert refused.value.code == "init.areas.file"
    assert "1, 2" in str(refused.value.sentence)
    assert not Area.objects.exists()
    assert not Identity.objects.exists()


def test_a_colour_that_nobody_can_read_names_its_key() -> None:
    with pytest.raises(Refusal) as refused:
        found._check_looks(_answers(**{"city.accent": "#ffff00"}))
    assert refused.value.code == "init.city.accent"


@pytest.mark.django_db
def test_a_pseudonym_that_will_not_do_names_its_key(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        found._write(_answers(**{"operator.pseudonym": "<b>"}), tmp_path, {})
    assert refused.value.code == "init.operator.pseudonym"
    assert not Identity.objects.exists()
    assert not (tmp_path / "smile.env").exists()


@pytest.mark.django_db
def test_a_city_that_is_there_is_not_founded_again(tmp_path: Path) -> None:
    found._write(_answers(), tmp_path, {})
    with pytest.raises(Refusal) as refused:
        found._write(_answers(**{"city.name": "Altstadt"}), tmp_path, {})
    assert refused.value.code == "init.not-empty"
    identity.forget()
    assert identity.identity().name == "Neustadt"


def test_a_conversation_asks_again_until_an_answer_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.svg").write_text("<svg/>")
    said = {
        "What is the city": ["", "Neustadt"],
        "Official key": ["12", ""],
        "Federal state": ["XX", "SH"],
        "light pages": ["red", "#ffff00", "#7a1f5c"],
        "logo": ["bad.svg", ""],
        "E-mail of": ["nobody", "it@neustadt.example"],
        "Public name": ["Betrieb Neustadt"],
    }

    def answer(question: str, **kwargs: object) -> str:
        given = next((texts for part, texts in said.items() if part in question), None)
        return given.pop(0) if given else str(kwargs["default"])

    monkeypatch.setattr(Prompt, "ask", answer)
    screen = Console(record=True, width=200)
    heard = asking.ask(screen, tmp_path)
    assert (heard.name, heard.key, heard.settings["SMILE_STATE"]) == ("Neustadt", "", "SH")
    assert heard.colours == {"accent": "#7a1f5c"}
    shown = screen.export_text()
    for key in ("city.name", "city.key", "city.state", "city.accent", "city.logo", "operator.email"):
        assert f"{key}: " in shown
    assert all(not rest for rest in said.values())
