# SPDX-License-Identifier: EUPL-1.2
"""The devices at the desk: found, registered by what they sent, replaced, noted, taken out of service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.people.models import Account
from smilecity.things import actions
from smilecity.things.actions.gateways import name_gateway
from smilecity.things.models import Connector, Device, DeviceNote, Gateway, Heard, Latest
from smilecity.things.reads import gateways as gateway_reads
from smilecity.things.reads import registered
from smilecity.things.rules import radio
from tests.things.register_stage import main
from tests.things.stage import EUI, NOON, stream, thing
from tests.things.test_replay import OTHER, parked, reads, register, waiting

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
HOUR = timedelta(hours=1)
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"


@pytest.fixture
def olga(client: Client, person: Make, organisation: Make) -> Client:
    client.force_login(person("olga", ("operator", organisation("municipality", "Stadt"), None)))
    return client


@pytest.fixture
def stefan(person: Make, organisation: Make) -> Client:
    signed_in = Client()
    signed_in.force_login(person("stefan", ("steward", organisation("municipality", "Amt"), None)))
    return signed_in


def heard(eui: str, gateway: str, *, ago: timedelta = HOUR) -> None:
    at = clock.now() - ago
    Gateway.objects.get_or_create(id=gateway, defaults={"first_heard_at": at, "heard_at": at, "uplinks": 3})
    Heard.objects.create(device=Device.objects.get(eui=eui), gateway_id=gateway, at=at, rssi=-97, snr=7.2)


def speaks(device: Device, ago: timedelta) -> None:
    Latest.objects.create(
        datastream=device.feeds.get().datastream,
        observation=1,
        phenomenon_time=clock.now() - ago,
        result=4,
        count=1,
    )


def test_the_list_is_searched_and_narrowed(olga: Client) -> None:
    speaks(register(EUI, stream("a", thing("hafen"))), timedelta(minutes=5))
    speaks(register(OTHER, stream("b", thing("wiese"))), 5 * HOUR)
    register("A84041FFFE00000C", stream("c", thing("turm")))
    actions.retire_device(NODE, "A84041FFFE00000C")

    def euis(query: str) -> set[str]:
        page = main(olga, f"/desk/things/devices/{query}")
        return {eui for eui in (EUI, OTHER, "A84041FFFE00000C") if eui in page}

    assert euis("") == {EUI, OTHER, "A84041FFFE00000C"}
    assert euis("?q=hafen") == {EUI}
    assert euis("?q=a8:40:41:ff:fe:00:00:09") == {OTHER}
    assert euis("?q=Counter&state=active") == {EUI, OTHER}
    assert euis("?state=retired") == {"A84041FFFE00000C"}
    assert euis("?state=silent") == {OTHER}
    assert euis("?q=nichts%00%25") == set()
    assert "Alle Geräte ansehen" in main(olga, "/desk/things/devices/?q=nichts")
    assert olga.get("/desk/things/devices/?after=x").status_code == 400


def test_the_list_goes_on_by_keyset_with_a_constant_number_of_queries(
    django_assert_num_queries: Any, olga: Client
) -> None:
    kept = register()
    Device.objects.bulk_create(
        Device(eui=f"{number:016X}", model="M", thing_id=kept.thing_id, codec_id=kept.codec_id)
        for number in range(70)
    )
    with django_assert_num_queries(1):
        first = registered.found(NODE)
    with django_assert_num_queries(1):
        second = registered.found(NODE, after=first.after)
    assert [one.eui for one in first.items + second.items] == [f"{number:016X}" for number in range(60)]


def test_a_device_says_what_it_feeds_who_hears_it_and_what_was_done(olga: Client) -> None:
    kept = register()
    speaks(kept, timedelta(minutes=5))
    heard(EUI, "ROOF")
    actions.note_device(NODE, EUI, "firmware", text="2.1")
    page = main(olga, f"/desk/things/devices/{EUI}/")
    for words in (
        "people",
        "ROOF",
        "guter Empfang",
        "−97 dBm, SNR 7,2 dB",
        "2.1",
        "smile/reads",
    ):
        assert words in page, words
    assert olga.post(f"/desk/things/devices/{EUI}/note/", {"kind": "battery"}).status_code == 302
    assert Device.objects.get().battery_changed_on is not None
    assert str(DeviceNote.objects.get(kind="battery").by).startswith("account/")
    assert Account.objects.get(pk=olga.session["_auth_user_id"]).pseudonym in main(
        olga, f"/desk/things/devices/{EUI}/"
    )
    answer = olga.post(f"/desk/things/devices/{EUI}/note/", {"kind": "note", "text": " "})
    assert answer.status_code == 422 and "id_text_error" in answer.content.decode()


def test_what_is_not_there_is_not_found_and_only_operators_see_it(
    olga: Client, stefan: Client, client: Client
) -> None:
    register()
    for path in ("devices/nonsense/", f"devices/{OTHER}/", "gateways/NONE/", f"devices/{OTHER}/replace/"):
        assert olga.get(f"/desk/things/{path}").status_code == 404, path
    for path in ("devices/", f"devices/{EUI}/", "gateways/", "devices/new/", f"devices/{EUI}/feeds/"):
        assert stefan.get(f"/desk/things/{path}").status_code == 403, path
        assert Client().get(f"/desk/things/{path}").status_code == 302, path
    for path in ("replay/", f"devices/{EUI}/retire/", f"devices/{EUI}/note/", f"devices/{EUI}/replace/"):
        assert stefan.post(f"/desk/things/{path}", {"kind": "note", "text": "x"}).status_code == 403, path
    assert Device.objects.get().active and not DeviceNote.objects.exists()


def test_the_sections_are_those_one_may_use(olga: Client, stefan: Client) -> None:
    everything, few = main(olga, "/desk/things/"), main(stefan, "/desk/things/")
    assert 'href="/desk/things/devices/"' in everything and "Gateways" in everything
    assert 'href="/desk/things/devices/"' not in few and 'href="/desk/things/today/"' in few
    assert 'href="/desk/things/devices/" aria-current="page"' in main(olga, "/desk/things/devices/new/")


def test_a_device_is_registered_by_what_it_sent(olga: Client) -> None:
    counter = stream("people", thing("counter"))
    battery = stream("battery", thing("counter"))
    parked({"count": 7, "deep": {"volt": 3.6}}, NOON)
    codec = reads()
    step = f"?eui={EUI.lower()}&thing=counter&codec={codec.id}&model="
    page = main(olga, f"/desk/things/devices/new/{step}")
    assert "deep.volt = 3.6" in page and "count: 7" in page
    given = {
        "eui": EUI, "thing": "counter", "codec": codec.id, "model": "",
        f"field_{counter.id}": "count", f"scale_{counter.id}": "2", f"offset_{counter.id}": "",
        f"field_{battery.id}": "", f"scale_{battery.id}": "1", f"offset_{battery.id}": "0",
    }  # fmt: skip
    assert (
        olga.post("/desk/things/devices/new/", {**given, f"field_{counter.id}": "nothing"}).status_code == 422
    )
    assert not Device.objects.exists()
    assert olga.post("/desk/things/devices/new/", given).status_code == 302
    kept = Device.objects.get()
    assert (kept.eui, kept.model) == (EUI, "reads")
    assert list(kept.feeds.values_list("field", "datastream", "scale", "offset")) == [
        ("count", counter.id, 2, 0)
    ]
    assert waiting() == [{"eui": EUI}]
    again = olga.post("/desk/things/devices/new/", given)
    assert again.status_code == 422 and "schon angemeldet" in again.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?eui=x&thing=&codec=",
        "?eui=&thing=nope&codec=99999999",
        "?thing=%00&codec=%00&eui=%00",
        "?codec=1&thing",
    ],
)
def test_a_wrong_first_step_says_so(olga: Client, query: str) -> None:
    page = main(olga, f"/desk/things/devices/new/{query}")
    assert "Bitte sehen Sie noch einmal hin" in page and "Schritt 1 von 2" in page


def test_a_codec_that_fails_is_shown_and_fields_may_be_typed(olga: Client) -> None:
    stream("people", thing("counter"))
    parked(b"no json")
    page = main(olga, f"/desk/things/devices/new/?eui={EUI}&thing=counter&codec={reads().id}&model=M")
    assert "The codec failed" in page and "Der Name des Feldes, mit Punkten." in page


def test_feeds_are_changed_and_a_device_is_replaced_and_retired(olga: Client) -> None:
    kept = register()
    parked({"people": 7, "other": 8}, NOON)
    feed = kept.feeds.get()
    page = main(olga, f"/desk/things/devices/{EUI}/feeds/")
    assert "other = 8" in page
    typed = {f"field_{feed.datastream_id}": "other", f"scale_{feed.datastream_id}": "0"}
    assert "der Faktor nicht null" in olga.post(f"/desk/things/devices/{EUI}/feeds/", typed).content.decode()
    typed[f"scale_{feed.datastream_id}"] = "1"
    assert olga.post(f"/desk/things/devices/{EUI}/feeds/", typed).status_code == 302
    feed = kept.feeds.get()
    assert feed.field == "other"

    swap = {
        "new_eui": OTHER,
        "codec": kept.codec_id,
        f"field_{feed.pk}": "people",
        "reason": "nass",
        "at": "",
    }
    assert (
        "Zukunft"
        in olga.post(
            f"/desk/things/devices/{EUI}/replace/", {**swap, "at": "2999-01-01T12:00"}
        ).content.decode()
    )
    assert olga.post(f"/desk/things/devices/{EUI}/replace/", {**swap, "new_eui": EUI}).status_code == 422
    assert olga.post(f"/desk/things/devices/{EUI}/replace/", swap).status_code == 302
    new = Device.objects.get(eui=OTHER)
    assert new.feeds.get().field == "people"
    assert f"/desk/things/devices/{EUI}/" in main(olga, f"/desk/things/devices/{OTHER}/")
    assert "Wieder anmelden" in main(olga, f"/desk/things/devices/{EUI}/")
    assert olga.post(f"/desk/things/devices/{OTHER}/retire/", {"reason": "Abbau"}).status_code == 302
    assert not Device.objects.filter(active=True).exists()
    assert new.notes.get(kind="retired").text == "Abbau"
    assert olga.post(f"/desk/things/devices/{OTHER}/retire/", {"reason": ""}).status_code == 422


def test_its_network_is_chosen_among_those_that_tell_devices(olga: Client) -> None:
    register()
    network = Connector.objects.create(kind="chirpstack", name="Funknetz")
    mirror = Connector.objects.create(kind="mirror", name="Nachbarstadt")
    address = f"/desk/things/devices/{EUI}/network/"
    assert "Nachbarstadt" not in main(olga, address)
    assert olga.post(address, {"network": mirror.id, "known_as": "x"}).status_code == 422
    assert olga.post(address, {"network": network.id, "known_as": f" {APPLICATION} "}).status_code == 302
    kept = Device.objects.get()
    assert (kept.network, kept.known_as) == (network, APPLICATION)
    assert olga.post(address, {"network": "", "known_as": APPLICATION}).status_code == 302
    kept.refresh_from_db()
    assert (kept.network, kept.known_as) == (None, "")


def test_parked_messages_are_read_by_the_works(olga: Client) -> None:
    assert olga.post("/desk/things/replay/").status_code == 302
    assert olga.post("/desk/things/replay/", {"eui": "nonsense"}).status_code == 400
    assert waiting() == [{"eui": ""}]


def test_gateways_say_what_would_be_lost_with_them(olga: Client) -> None:
    register(EUI, stream("a", thing("hafen")))
    register(OTHER, stream("b", thing("wiese")))
    heard(EUI, "ROOF", ago=timedelta(minutes=5))
    heard(OTHER, "ROOF", ago=timedelta(minutes=5))
    heard(EUI, "TOWER", ago=3 * HOUR)
    heard(OTHER, "OLD", ago=timedelta(days=30))
    health = {one.id: (one.devices, one.only, one.silent) for one in gateway_reads.gateways(NODE)}
    assert health == {"ROOF": (2, 1, False), "TOWER": (1, 0, True), "OLD": (0, 0, True)}
    assert [one.eui for one in gateway_reads.only_heard_by(NODE, "ROOF")] == [OTHER]
    page = main(olga, "/desk/things/gateways/")
    assert "stumm" in page and "1 Gerät hört nur dieses Gateway." in page
    assert OTHER in main(olga, "/desk/things/gateways/ROOF/")
    answer = olga.post("/desk/things/gateways/TOWER/", {"name": "Turm", "hours": "6"})
    assert answer.status_code == 302
    kept = Gateway.objects.get(id="TOWER")
    assert (kept.name, kept.silent_after) == ("Turm", 6 * HOUR)
    assert olga.post("/desk/things/gateways/TOWER/", {"name": "x" * 101}).status_code == 422
    assert olga.post("/desk/things/gateways/TOWER/", {"hours": "-1"}).status_code == 422
    assert {one.id for one in gateway_reads.gateways(NODE) if not one.silent} == {"ROOF", "TOWER"}
    name_gateway(NODE, "TOWER", "")
    assert gateway_reads.named(NODE) == []


def test_no_gateway_yet_says_what_to_do(olga: Client) -> None:
    assert "Sobald ein Netz Nachrichten schickt" in main(olga, "/desk/things/gateways/")
    assert "Melden Sie das erste an" in main(olga, "/desk/things/devices/")


@pytest.mark.parametrize(
    ("rssi", "snr", "expected"),
    [
        (None, None, None),
        (-80, 9, "good"),
        (-115, 2, "weak"),
        (-100, -5, "weak"),
        (-125, None, "poor"),
        (None, -12, "poor"),
    ],
)
def test_reception_in_a_word(rssi: float | None, snr: float | None, expected: str | None) -> None:
    assert radio.signal(rssi, snr) == expected
