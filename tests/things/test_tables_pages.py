# SPDX-License-Identifier: EUPL-1.2
"""The desk's pages of tables: uploaded, previewed, checked, taken in, each step by a form."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smilecity.core.who import NODE
from smilecity.things.actions import tables as actions
from smilecity.things.models import Datastream, Latest, TableImport
from smilecity.things.rules.tables import Layout
from tests.things.stage import stream

Make = Callable[..., Any]

pytestmark = pytest.mark.django_db
LIST = "/desk/things/tables/"
TABLE = b"Datum;Pegel;Ort\n01.02.2026 10:00;1,5;a\n01.02.2026 10:10;2,5;b\n01.02.2026 10:20;hoch;c\n"


@pytest.fixture(autouse=True)
def _place(settings: Any, tmp_path: Path) -> None:
    settings.TABLES = tmp_path


@pytest.fixture
def desk(client: Client, person: Make, organisation: Make) -> Client:
    client.force_login(person("olga", ("operator", organisation("municipality", "Stadt"), None)))
    return client


@pytest.fixture
def level() -> Datastream:
    return stream("pegel")


def upload(desk: Client, ds: Datastream, content: bytes = TABLE, **more: Any) -> Any:
    file = SimpleUploadedFile("pegel.csv", content)
    return desk.post(f"{LIST}new/", {"thing": ds.thing_id, "file": file, **more})


def layout(ds: Datastream, **more: Any) -> dict[str, Any]:
    said = {
        "header": "on",
        "delimiter": ";",
        "decimal": ",",
        "encoding": "utf-8",
        "time": 0,
        "format": "german",
    }
    return {**said, "zone": "Europe/Berlin", "twice": "refused", "c1": ds.id, **more}


def test_from_the_file_to_the_values(desk: Client, level: Datastream) -> None:
    assert "noch keine Tabelle" in desk.get(LIST).content.decode()
    page = upload(desk, level)
    assert page.status_code == 302
    address = page["Location"]
    shown = desk.get(address).content.decode()
    assert "01.02.2026 10:00" in shown
    assert "Pegel" in shown and "Spalte" in shown
    assert desk.post(address, layout(level, do="preview")).status_code == 302
    shown = desk.get(address).content.decode()
    assert "<strong>1,5</strong>" in shown and "kein Wert:" in shown
    desk.post(address, layout(level, do="look"))
    running = desk.get(address)
    assert running["Refresh"] == "3"
    assert "Refresh" not in desk.get(f"{address}?still=1")
    made = TableImport.objects.get()
    actions.work(NODE, made.pk)
    looked = desk.get(address).content.decode()
    assert "Ich habe die Fehler gesehen" in looked and "hoch" in looked
    assert desk.post(f"{address}take/", {"seen": 1}).status_code == 302
    actions.work(NODE, made.pk)
    done = desk.get(address).content.decode()
    assert "2 Werte übernommen." in done
    assert Latest.objects.get(datastream=level).result == 2.5
    assert desk.post(f"{address}remove/")["Location"] == LIST
    assert not TableImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "leer"), (b"PK\x03\x04", "keine Textdatei"), (None, "Wählen Sie eine Datei.")],
)
def test_what_is_no_table_is_said_beside_the_file(
    desk: Client, level: Datastream, content: bytes | None, sentence: str
) -> None:
    if content is None:
        page = desk.post(f"{LIST}new/", {"thing": level.thing_id})
    else:
        page = upload(desk, level, content)
    assert page.status_code in (400, 422)
    assert sentence in page.content.decode()
    assert not TableImport.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"time": ""},
        {"c1": ""},
        {"c1": 987654321},
        {"zone": "Mars/Olympus"},
        {"format": "roman"},
        {"delimiter": "x"},
        {"name": 2, "value": ""},
        {"time": "9999999999999999999999"},
    ],
)
def test_a_layout_that_is_none_is_refused(desk: Client, level: Datastream, wrong: dict[str, Any]) -> None:
    address = upload(desk, level)["Location"]
    page = desk.post(address, layout(level, do="look", **wrong))
    assert page.status_code == 422
    assert "Bitte sehen Sie noch einmal hin" in page.content.decode()
    assert TableImport.objects.get().state == "draft"


def test_a_long_table_by_its_names(desk: Client, level: Datastream) -> None:
    text = "t;was;wert\n" + "".join(
        f"2026-02-01 1{n}:00;{'Pegel' if n % 2 else 'Temp'};{n},5\n" for n in range(8)
    )
    address = upload(desk, level, text.encode())["Location"]
    made = TableImport.objects.get()
    assert actions.layout_of(made).name == 1
    shown = desk.get(address).content.decode()
    assert 'name="n0"' in shown and "Temp" in shown
    said = layout(level, time=0, format="iso", name=1, value=2, n1=level.id, do="look", c1="")
    assert desk.post(address, said).status_code == 302
    assert actions.layout_of(TableImport.objects.get()) == Layout(
        time=0, format="iso", zone="Europe/Berlin", name=1, value=2, named={"Pegel": level.id}
    )


def test_halting_and_what_comes_too_late(desk: Client, level: Datastream) -> None:
    address = upload(desk, level)["Location"]
    desk.post(address, layout(level, do="look"))
    desk.post(f"{address}stop/")
    assert "Weitermachen" in desk.get(address).content.decode()
    desk.post(f"{address}stop/")
    assert "Inzwischen" in desk.get(address).content.decode()
    desk.post(f"{address}go-on/")
    assert TableImport.objects.get().state == "running"
    assert desk.post(f"{address}take/", {"seen": "viele"}).status_code == 302
    assert desk.get(f"{LIST}999999999/").status_code == 404


def test_it_is_for_operators_only(client: Client, person: Make, level: Datastream) -> None:
    made = actions.bring(NODE, level.thing_id, "a.csv", [TABLE])
    client.force_login(person("anna"))
    for address in (LIST, f"{LIST}new/", f"{LIST}{made.pk}/"):
        assert client.get(address).status_code == 403
    for what in ("take", "stop", "go-on", "remove"):
        assert client.post(f"{LIST}{made.pk}/{what}/").status_code == 403
    assert TableImport.objects.get().state == "draft"
