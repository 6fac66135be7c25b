# SPDX-License-Identifier: EUPL-1.2
"""Connectors at the desk: set up, tried, paused, taken away; and no secret is ever shown."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock, sealing
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things.actions.connectors import Said, keep_connector, map_connector
from smilecity.things.models import Connector, ConnectorState
from tests.things.connecting_stage import SECRET, connector, mapping
from tests.things.register_stage import main
from tests.things.stage import stream

pytestmark = pytest.mark.django_db
LIST = "/desk/things/connectors/"
TTS = {"name": "TTN", "address": "mqtts://eu1.example.org", "user": "app@ttn", "secret": SECRET, "topic": ""}


@pytest.fixture
def olga(client: Client, person: Callable[..., Any], organisation: Callable[..., Any]) -> Client:
    client.force_login(person("olga", ("operator", organisation("municipality", "Stadt"), None)))
    return client


def rule(index: int, **typed: str) -> dict[str, str]:
    names = ("path", "datastream", "scale", "offset", "only_path", "only_equals")
    return {f"r{index}-{name}": typed.get(name, "") for name in names}


def said(*rules: dict[str, str], sample: Any, do: str = "try", **typed: str) -> dict[str, str]:
    given = {"sample": sample if isinstance(sample, str) else json.dumps(sample), "do": do, "rows": "2"}
    given |= {"readings": "", "form": "now", "time": "", "identity": "", **typed}
    for one in (rule(0), rule(1), *rules):
        given |= one
    return given


def test_a_network_is_connected_and_its_password_is_never_shown(olga: Client) -> None:
    assert "Noch ist nichts verbunden" in main(olga, LIST)
    assert olga.post(f"{LIST}new/tts/", TTS).status_code == 302
    one = Connector.objects.get()
    assert sealing.opened(one.secret) == SECRET and SECRET.encode() not in bytes(one.secret)
    for address in (LIST, f"{LIST}{one.id}/", f"{LIST}{one.id}/remove/"):
        assert SECRET not in main(olga, address)
    assert SECRET not in repr(LogEntry.objects.values())
    wrong = olga.post(f"{LIST}{one.id}/", {**TTS, "name": ""})
    assert wrong.status_code == 422 and SECRET not in wrong.content.decode()
    assert olga.post(f"{LIST}{one.id}/", {**TTS, "secret": "", "name": "Netz"}).status_code == 302
    one.refresh_from_db()
    assert one.name == "Netz" and sealing.opened(one.secret) == SECRET
    assert olga.post(f"{LIST}{one.id}/", {**TTS, "secret": "", "forget": "on"}).status_code == 302
    one.refresh_from_db()
    assert bytes(one.secret) == b""


def test_a_password_does_not_go_to_another_host(olga: Client) -> None:
    olga.post(f"{LIST}new/tts/", TTS)
    one = Connector.objects.get()
    elsewhere = {**TTS, "address": "mqtts://other.example.org", "secret": ""}
    answer = olga.post(f"{LIST}{one.id}/", elsewhere)
    assert answer.status_code == 422 and "id_secret_error" in answer.content.decode()
    assert olga.post(f"{LIST}{one.id}/", {**elsewhere, "secret": "new"}).status_code == 302


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("tts", {"name": " "}, "name"),
        ("tts", {"name": "x" * 200}, "name"),
        ("tts", {"address": ""}, "address"),
        ("tts", {"address": "https://example.org"}, "address"),
        ("tts", {"address": "mqtts://user:secret@example.org"}, "address"),
        ("tts", {"address": "mqtts://example.org:99999"}, "address"),
        ("tts", {"address": "mqtts://[::1"}, "address"),
        ("tts", {"address": "mqtts://example.org/path"}, "address"),
        ("mirror", {"address": "mqtts://example.org"}, "address"),
        ("json", {"topic": ""}, "topic"),
        ("json", {"topic": "a/#/b"}, "topic"),
        ("json", {"topic": "a+/b"}, "topic"),
        ("json", {"topic": "$SYS/#"}, "topic"),
        ("tts", {"user": "a\x07b"}, "user"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    olga: Client, kind: str, changed: dict[str, str], field: str
) -> None:
    answer = olga.post(f"{LIST}new/{kind}/", {**TTS, "topic": "a/+/b", **changed})
    assert answer.status_code == 422 and f"id_{field}_error" in answer.content.decode()
    assert not Connector.objects.exists()


def test_a_name_is_taken_once(olga: Client) -> None:
    olga.post(f"{LIST}new/tts/", TTS)
    answer = olga.post(f"{LIST}new/json/", {"name": "TTN"})
    assert answer.status_code == 422 and "id_name_error" in answer.content.decode()


def test_a_mapping_is_tried_before_it_is_kept(olga: Client) -> None:
    ds = stream("Temperatur")
    assert olga.post(f"{LIST}new/json/", {"name": "Wetter"}).status_code == 302
    one = Connector.objects.get()
    address = f"{LIST}{one.id}/mapping/"
    assert f"· {ds.id}" in main(olga, address) and 'value="save"' not in main(olga, address)
    first = rule(0, path="$.temp", datastream=f"counter: Temperatur · {ds.id}", scale="0,1")
    sample = {"temp": 215, "t": "2026-11-22T09:00:00Z"}
    tried = olga.post(address, said(first, sample=sample, form="iso", time="$.t"))
    page = tried.content.decode()
    assert tried.status_code == 200 and "Gespeichert würde 21,5" in page and 'value="save"' in page
    assert Connector.objects.get().mapping == {}
    assert (
        olga.post(address, said(first, sample=sample, form="iso", time="$.t", do="save")).status_code == 302
    )
    kept = Connector.objects.get().mapping
    assert kept["rules"] == [{"path": "$.temp", "datastream": ds.id, "scale": 0.1, "offset": 0.0}]
    assert kept["time"] == {"form": "iso", "path": "$.t"}
    again = main(olga, address)
    assert 'value="$.temp"' in again and 'value="0,1"' in again


def test_a_row_says_what_it_finds_or_why_nothing(olga: Client) -> None:
    ds = stream("Temperatur")
    one = connector(name="w")
    rows = (
        rule(0, path="$.v", datastream="Temperatur"),
        rule(1, path="$.v", datastream=str(ds.id), only_path="$.sensor", only_equals="a1"),
    )
    readings = [{"v": 1, "sensor": "b"}, {"v": "warm", "sensor": "a1"}, {"x": 1}]
    answer = olga.post(f"{LIST}{one.id}/mapping/", said(*rows, sample=readings, readings="$[*]"))
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "Der Wert passt nicht zur Messreihe.",
        "Hier steht nichts.",
        "Gilt nicht für diese Messung",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"sample": "{"}, "id_sample_error"),
        ({"sample": ""}, "id_sample_error"),
        ({"sample": "[" * 5000}, "id_sample_error"),
        ({"sample": "{}"}, "keiner der Werte"),
        ({"sample": '{"v": true}'}, "kein einziger Messwert"),
        ({"r0-path": "$.v["}, "ab Zeichen 5"),
        ({"r0-path": "$..a..b"}, "id_r0-path_error"),
        ({"r0-datastream": "gibt es nicht"}, "id_r0-datastream_error"),
        ({"r0-datastream": "99999999999999"}, "nicht mehr"),
        ({"r0-scale": "viel"}, "id_r0-scale_error"),
        ({"r0-scale": "0"}, "id_r0-scale_error"),
        ({"r0-scale": "nan"}, "id_r0-scale_error"),
        ({"r0-only_path": "$.a"}, "id_r0-only_equals_error"),
        ({"r0-only_equals": "a"}, "id_r0-only_path_error"),
        ({"form": "iso"}, "id_time_error"),
        ({"form": "roman"}, "id_form_error"),
        ({"readings": "$.none[*]"}, "sind keine"),
        ({"r0-path": "", "r0-datastream": ""}, "mindestens einen Wert"),
        ({"rows": "99999999999"}, "kein einziger Messwert"),
    ],
)
@pytest.mark.parametrize("do", ["try", "save"])
def test_what_cannot_work_is_not_kept(olga: Client, do: str, changed: dict[str, str], error: str) -> None:
    ds = stream()
    one = connector(name="w")
    typed = said(rule(0, path="$.v", datastream=str(ds.id)), sample={"v": 1}, do=do)
    if "rows" in changed:
        changed = {**changed, "sample": '{"v": true}'}
    answer = olga.post(f"{LIST}{one.id}/mapping/", {**typed, **changed})
    assert answer.status_code == 422 and error in answer.content.decode()
    assert Connector.objects.get().mapping == {}


def test_more_rows_come_without_losing_what_was_typed(olga: Client) -> None:
    one = connector(name="w")
    answer = olga.post(
        f"{LIST}{one.id}/mapping/", said(rule(0, path="$.v"), sample="{", do="more", readings="$.a")
    )
    page = answer.content.decode()
    assert (
        answer.status_code == 200
        and 'name="r3-path"' in page
        and 'value="$.v"' in page
        and 'value="$.a"' in page
    )


def test_a_connector_rests_goes_on_and_goes(olga: Client) -> None:
    one = connector("tts", "mqtts://x", name="w")
    assert olga.post(f"{LIST}{one.id}/pause/", {"active": "0"}).status_code == 302
    assert not Connector.objects.get().active and "ruht" in main(olga, LIST)
    olga.post(f"{LIST}{one.id}/pause/", {"active": "1"})
    assert Connector.objects.get().active
    assert olga.get(f"{LIST}{one.id}/pause/").status_code == 405
    assert olga.post(f"{LIST}{one.id}/remove/").status_code == 302
    assert not Connector.objects.exists()
    verbs = list(LogEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == ["connector-kept", "connector-kept", "connector-gone"]
    for address in (f"{LIST}{one.id}/", f"{LIST}{one.id}/mapping/", f"{LIST}{10**30}/", f"{LIST}new/fax/"):
        assert olga.get(address).status_code == 404
    assert olga.post(f"{LIST}{one.id}/pause/", {}).status_code == 404


def test_how_it_is_doing_is_told_in_words(olga: Client) -> None:
    one = connector("tts", "mqtts://x", name="w")
    ConnectorState.objects.create(
        connector=one,
        taken=2,
        refused=1,
        trouble="broker.refuses",
        sentence="Not authorized",
        troubled_at=clock.now(),
    )
    page = main(olga, LIST)
    assert "Der Broker lässt uns nicht herein." in page and "2 Nachrichten angenommen · 1 abgelehnt" in page
    assert "Not authorized" in main(olga, f"{LIST}{one.id}/")
    keep_connector(NODE, Said("w", "mqtts://x"), number=one.id)
    assert "Der Broker" not in main(olga, LIST)


def test_the_list_costs_the_same_however_long(olga: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        connector("tts", "mqtts://x", name=f"c{number}")
    with django_assert_max_num_queries(12):
        olga.get(LIST)


def test_only_operators_connect(
    client: Client, person: Callable[..., Any], organisation: Callable[..., Any]
) -> None:
    one = connector(name="w")
    client.force_login(person("stefan", ("steward", organisation("municipality", "Stadt"), None)))
    for address in (
        LIST,
        f"{LIST}new/tts/",
        f"{LIST}{one.id}/",
        f"{LIST}{one.id}/mapping/",
        f"{LIST}{one.id}/remove/",
    ):
        assert client.get(address).status_code == 403
    assert client.post(f"{LIST}{one.id}/pause/").status_code == 403


def test_only_json_has_a_mapping(olga: Client) -> None:
    one = connector("tts", "mqtts://x", name="w")
    assert olga.get(f"{LIST}{one.id}/mapping/").status_code == 404
    with pytest.raises(Refusal) as refused:
        map_connector(NODE, one.id, mapping(stream().id), {"v": 1})
    assert refused.value.code == "connector.needs-no-mapping"
