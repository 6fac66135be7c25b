# SPDX-License-Identifier: EUPL-1.2
"""Commands at the desk: chosen or typed, seen on the device's page, taken back."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from smilecity.things.models import Codec, Command, Feed
from tests.things.commanding_stage import bell, tell
from tests.things.register_stage import main
from tests.things.stage import EUI

pytestmark = pytest.mark.django_db
PAGE = f"/desk/things/devices/{EUI}/"
TELL = f"{PAGE}command/"


@pytest.fixture
def olga(person: Any, organisation: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(person("olga", ("operator", organisation("municipality", "Stadt"), None)))
    return signed_in


def typed(**changes: Any) -> dict[str, Any]:
    return {"key": uuid4(), "what": "data", "data": '{"ring": 3}', "lasts": "60", **changes}


def test_an_example_of_the_vendor_is_chosen_and_seen_on_the_devices_page(olga: Client) -> None:
    bell()
    Codec.objects.update(commands=[["Fünf Sekunden klingeln", {"ring": 5}]])
    assert "Diesem Gerät wurde noch nichts befohlen." in main(olga, PAGE)
    assert "Fünf Sekunden klingeln" in main(olga, TELL)
    given = typed(what="0", data="", confirmed="on")
    for _ in range(2):  # sent twice by an impatient thumb
        assert olga.post(TELL, given).status_code == 302
    made = Command.objects.get()
    assert (made.wanted, made.confirmed_wanted) == ({"data": {"ring": 5}}, True)
    page = main(olga, PAGE)
    assert "Fünf Sekunden klingeln" in page and "wartet auf das Netz" in page and "Zurücknehmen" in page


def test_bytes_and_an_effect(olga: Client) -> None:
    bell()
    fed = Feed.objects.get().datastream_id
    given = typed(what="bytes", f_port="5", payload="01 ff", datastream=fed, value="true")
    assert olga.post(TELL, given).status_code == 302
    made = Command.objects.get()
    assert (made.f_port, bytes(made.payload), made.expects_in_id, made.expects) == (5, b"\x01\xff", fed, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": "ring"}, "Das ist kein JSON-Objekt."),
        ({"data": "[1]"}, "Das ist kein JSON-Objekt."),
        ({"data": "[" * 4000}, "Das ist kein JSON-Objekt."),
        ({"data": '{"ring": "laut"}'}, "ring is a number of seconds"),
        ({"data": '{"ring": 1, "x": "\\u0000"}'}, "kein JSON, das sich aufheben lässt"),
        ({"what": "bytes", "payload": "0", "f_port": "1"}, "Schreiben Sie jedes Byte"),
        ({"what": "bytes", "payload": "00"}, "An welchen Port?"),
        ({"what": "bytes", "payload": "00", "f_port": "224"}, "223"),
        ({"what": "7"}, "7"),
        ({"what": ""}, "erforderlich"),
        ({"lasts": "999999"}, "999999"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_given(olga: Client, changes: dict[str, Any], said: str) -> None:
    bell()
    answer = olga.post(TELL, typed(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Command.objects.exists()


def test_an_effect_needs_its_value(olga: Client) -> None:
    bell()
    answer = olga.post(TELL, typed(datastream=Feed.objects.get().datastream_id))
    assert "welcher Wert erwartet wird" in answer.content.decode()


def test_without_a_network_the_page_says_what_to_do(olga: Client) -> None:
    bell("")
    page = main(olga, PAGE)
    assert "wählen Sie zuerst sein Netz" in page and "Befehl geben" not in page
    assert "über welches Netz" in olga.post(TELL, typed()).content.decode()


def test_a_command_is_taken_back_while_it_waits(olga: Client) -> None:
    there = bell()
    one, other = tell(there), tell(there)
    back = f"{TELL}{one.id}/withdraw/"
    assert "Ja, zurücknehmen" in main(olga, back)
    assert olga.post(back).status_code == 302
    assert Command.objects.get(pk=one.pk).state == "withdrawn"
    Command.objects.filter(pk=other.pk).update(state="handed")
    answer = olga.post(f"{TELL}{other.id}/withdraw/")
    assert answer.status_code == 409
    assert "schon unterwegs" in answer.content.decode()
    assert olga.get(f"{TELL}{1 << 40}/withdraw/").status_code == 404


def test_every_state_and_reason_has_words(olga: Client) -> None:
    made = tell(bell())
    for state in Command.STATES:
        for reason in ("", "network-away: ConnectionError", "something-new"):
            Command.objects.filter(pk=made.pk).update(state=state, reason=reason)
            assert (reason != "something-new") or "something-new" in main(olga, PAGE)


def test_others_find_nothing(client: Client, person: Any, organisation: Any) -> None:
    made = tell(bell())
    assert client.get(TELL).status_code == 302
    client.force_login(person("petra", ("clerk", organisation("municipality", "Stadt"), None)))
    for path in (TELL, f"{TELL}{made.id}/withdraw/"):
        assert client.get(path).status_code == client.post(path, typed()).status_code == 403
    assert Command.objects.get().state == "waiting"
