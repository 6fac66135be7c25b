# SPDX-License-Identifier: EUPL-1.2
"""What those who keep sensors write about them, and what they see today."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people.reads import who_is
from smilecity.things import actions
from smilecity.things.actions.declaring import declare
from smilecity.things.models import Thing, Uplink
from smilecity.things.rules.declaration import Declaration
from tests.things import stage
from tests.things.register_stage import SAID, hangs, main, tells

Make = Callable[..., Any]


@pytest.fixture
def olga(client: Client, person: Make, organisation: Make) -> Client:
    account = person("olga", ("operator", organisation("municipality", "Stadt"), None))
    signed_in = Client()
    signed_in.force_login(account)
    return signed_in


FORM = {
    "purpose_de": "Zählen.", "purpose_en": "", "legal_basis_de": "", "legal_basis_en": "", "safeguard_de": "",
    "safeguard_en": "", "keeper": "", "operator": "Amt", "days": "30", "visibility": "public", "seen": "",
}  # fmt: skip


@pytest.mark.django_db
def test_what_is_declared_at_the_desk_stands_on_the_page(olga: Client, client: Client) -> None:
    thing = hangs("neu", visibility=Noun.INTERNAL, declared=Declaration())
    assert "Es fehlt: wozu er misst, wer ihn betreibt, wie lange die Messwerte bleiben." in main(
        olga, "/desk/things/?lacking=1"
    )
    assert olga.post("/desk/things/neu/declare/", FORM).status_code == 302
    page = main(client, "/things/neu/")
    assert "Zählen." in page and "Amt" in page and "30 Tage. Danach wird alles gelöscht." in page
    entry = LogEntry.objects.filter(noun=thing.pk).order_by("-id").first()
    assert entry is not None and entry.verb == "thing-declared"
    assert "Hier ist kein Sensor" not in main(olga, "/desk/things/") and "neu" not in main(
        olga, "/desk/things/?lacking=1"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"purpose_de": " "}, "wozu er misst"),
        ({"operator": ""}, "wer ihn betreibt"),
        ({"days": ""}, "wie lange die Messwerte bleiben"),
        ({"days": "0"}, "id_days_error"),
        ({"days": "99999999999"}, "id_days_error"),
        ({"visibility": "everyone"}, "id_visibility_error"),
        ({"keeper": "1"}, "id_keeper_error"),
        ({"purpose_de": "x" * 5000}, "id_purpose_de_error"),
    ],
)
def test_too_little_is_refused_and_nothing_is_lost(olga: Client, changed: dict[str, str], field: str) -> None:
    hangs("neu", visibility=Noun.INTERNAL, declared=Declaration())
    answer = olga.post("/desk/things/neu/declare/", {**FORM, "legal_basis_de": "Geschrieben", **changed})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert field in body and "Geschrieben" in body
    noun = Noun.objects.get(address="things/neu")
    assert noun.visibility == "internal" and noun.thing.legal_basis == {}


@pytest.mark.django_db
def test_of_two_who_write_the_second_is_told(olga: Client) -> None:
    thing = hangs("neu")
    seen = Noun.objects.get(pk=thing.pk).changed_at.isoformat()
    assert (
        olga.post("/desk/things/neu/declare/", {**FORM, "seen": seen, "operator": "Erste"}).status_code == 302
    )
    second = olga.post("/desk/things/neu/declare/", {**FORM, "seen": seen, "operator": "Zweite"})
    assert second.status_code == 409 and "Zweite" in second.content.decode()
    assert Thing.objects.get(pk=thing.pk).operator == "Erste"
    fresh = re.search(r'name="seen" value="([^"]+)"', second.content.decode())
    assert fresh is not None
    again = {**FORM, "seen": html.unescape(fresh[1]), "operator": "Zweite"}
    assert olga.post("/desk/things/neu/declare/", again).status_code == 302
    assert Thing.objects.get(pk=thing.pk).operator == "Zweite"


@pytest.mark.django_db
def test_only_those_responsible_declare(client: Client, person: Make, organisation: Make) -> None:
    town = organisation("municipality", "Stadt")
    thing = hangs("neu")
    rita = person("rita")
    client.force_login(rita)
    assert client.get("/desk/things/").status_code == 403
    assert client.get("/desk/things/today/").status_code == 403
    assert client.get("/desk/things/neu/declare/").status_code == 404
    assert client.post("/desk/things/neu/declare/", FORM).status_code == 404
    clerk = who_is(person("petra", ("clerk", town, None)))
    with pytest.raises(Refusal) as refused:
        declare(clerk, thing.pk, SAID, visibility="public")
    assert refused.value.status == 404


@pytest.mark.django_db
def test_an_organisation_that_runs_it_needs_no_other_operator(organisation: Make) -> None:
    club = organisation("club", "Wetterfreunde")
    thing = hangs("neu", visibility=Noun.INTERNAL)
    said_ = Declaration({"de": "x"}, retention=timedelta(days=1))
    declare(NODE, thing.pk, said_, visibility="public", keeper=club.noun_id)
    assert Noun.objects.get(pk=thing.pk).keeper_id == club.noun_id
    with pytest.raises(Refusal) as refused:
        declare(NODE, thing.pk, said_, visibility="public")
    assert refused.value.code == "thing.not-declared" and refused.value.field == "operator"


@pytest.mark.django_db
def test_today_shows_what_needs_a_look(olga: Client) -> None:
    assert "Heute ist nichts zu tun." in main(olga, "/desk/things/today/")
    tells(hangs("still"), "soil", 3, ago=timedelta(days=2))
    tells(hangs("wach"), "soil", 3)
    hangs("leer")
    tells(hangs("nie"), "soil")
    tells(hangs("schwach"), "battery", 7, what="battery-level")
    tells(hangs("voll"), "battery", 90, what="battery-level")
    actions.watch(NODE)
    for number, state in ((1, Uplink.PARKED), (2, Uplink.UNDECODABLE)):
        Uplink.objects.create(
            key=f"00000000-0000-0000-0000-00000000000{number}", eui=f"A84041FFFE00000{number}", state=state,
            received_at=datetime.fromisoformat("2026-11-20T12:00Z"), f_port=1, payload=b"",
            reason="zu kurz" if number == 2 else None,
        )  # fmt: skip
    page = main(olga, "/desk/things/today/")
    parts = dict(re.findall(r'aria-labelledby="([\w-]+)">(.*?)</section>', page, re.DOTALL))
    parts = {part.removeprefix("teil-"): text for part, text in parts.items()}
    assert set(parts) == {"silent", "battery", "nie", "geparkt", "unlesbar", "woche"}
    named = {part: set(re.findall(r'href="/things/([a-z]+)/"', text)) for part, text in parts.items()}
    assert named["silent"] == {"still"} and named["nie"] == {"nie"} and named["battery"] == {"schwach"}
    assert "A84041FFFE000001" in parts["geparkt"]
    assert "zu kurz" in parts["unlesbar"]


@pytest.mark.django_db
def test_a_steward_sees_today_what_is_in_the_own_area(person: Make, organisation: Make) -> None:
    from smilecity.space import actions as space

    square = {"type": "Polygon", "coordinates": [[[12, 54], [12.2, 54], [12.2, 54.2], [12, 54.2], [12, 54]]]}
    nord, sued = (
        space.keep_area(NODE, "district", key, {"de": key}, square).noun_id for key in ("nord", "sued")
    )
    for key, area in (("hier", nord), ("dort", sued)):
        tells(hangs(key, area=area), "soil", 3, ago=timedelta(days=2))
    actions.watch(NODE)
    Uplink.objects.create(
        key="00000000-0000-0000-0000-000000000001",
        eui=stage.EUI,
        received_at=clock.now(),
        f_port=1,
        payload=b"",
        state=1,
    )
    stefan = Client()
    stefan.force_login(person("stefan", ("steward", organisation("municipality", "Stadt"), nord)))
    page = main(stefan, "/desk/things/today/")
    assert "hier" in page and "dort" not in page and stage.EUI not in page
    assert "dort" not in main(stefan, "/desk/things/")
    assert stefan.get("/desk/things/dort/declare/").status_code == 404
