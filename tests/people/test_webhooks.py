# SPDX-License-Identifier: EUPL-1.2
"""Webhooks: signed so that anyone can check it, in order, again after a failure, to the open internet only."""

import base64
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import clock, privacy, sealing
from smilecity.core.events import Event
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people import actions, reads
from smilecity.people.models import Webhook, WebhookDelivery
from smilecity.people.rules import webhooks as rules
from tests.conftest import Person
from tests.people.webhook_stage import NOON, Hall, send

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/webhooks.md"


# Rules


def test_a_message_is_signed_as_the_standard_has_it() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = rules.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_are_long_and_different() -> None:
    made = {rules.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(base64.b64decode(one.removeprefix("whsec_"))) == 32 for one in made)


def test_pauses_grow_over_a_day_and_end() -> None:
    pauses = [rules.next_pause(n) for n in range(1, 7)]
    assert pauses == sorted(pauses, key=lambda one: one or timedelta.max)
    assert timedelta(hours=12) < sum((one for one in pauses if one), timedelta()) < timedelta(hours=24)
    assert rules.next_pause(7) is None


numbers = st.integers(1, 4)
events = st.builds(
    Event,
    kind=st.sampled_from(["a.made", "b.made"]),
    entry=st.just(1),
    at=st.just(NOON),
    data=st.just({}),
    public=st.booleans(),
    keeper=st.none() | numbers,
    account=st.none() | numbers,
    about=st.frozensets(numbers),
)
wishes = st.builds(
    rules.Wish,
    kinds=st.frozensets(st.sampled_from(["a.made", "b.made"])),
    owner=st.none() | numbers,
    organisation=st.none() | numbers,
    within=st.none() | st.frozensets(numbers),
)


@given(wishes, events)
def test_nobody_hears_what_is_not_theirs(wish: rules.Wish, event: Event) -> None:
    if not rules.hears(wish, event):
        return
    assert event.kind in wish.kinds
    if event.account is not None:
        assert event.account == wish.owner
    else:
        assert event.public or event.keeper == wish.organisation is not None
        assert wish.within is None or wish.within & event.about


@given(wishes, events)
def test_who_asked_for_everything_hears_what_is_public(wish: rules.Wish, event: Event) -> None:
    everything = replace(wish, kinds=frozenset([event.kind]), within=None)
    assert rules.hears(everything, replace(event, public=True, account=None))


# Setting up


def test_a_secret_is_given_out_once_and_is_nowhere_else(hall: Hall, client: Client) -> None:
    client.force_login(hall.account)
    typed = {"name": "Tafel", "address": hall.programme.at(), "kinds": ["booking.made"], "within": ""}
    page = client.post("/desk/webhooks/new/", typed)
    assert page.status_code == 200
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", page.content.decode())
    one = Webhook.objects.get()
    assert sealing.opened(bytes(one.secret)) == secret
    assert secret.encode() not in bytes(one.secret)
    later = "".join(
        client.get(f"/desk/webhooks/{path}").content.decode()
        for path in ("", f"{one.pk}/", f"{one.pk}/edit/")
    )
    assert "whsec_" not in later
    assert "whsec_" not in json.dumps([*LogEntry.objects.values_list("data", flat=True)])
    assert "whsec_" not in json.dumps(privacy.export(hall.account.pk))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://93.184.215.14/hook", "reach.not-https"),
        ("https://10.0.0.7/hook", "reach.not-allowed"),
        ("https://169.254.169.254/latest", "reach.not-allowed"),
        ("https://user:word@93.184.215.14/", "reach.not-https"),
        ("ftp://93.184.215.14/", "reach.not-https"),
        ("https://[::1]/", "reach.not-allowed"),
        ("https://[/", "reach.not-https"),
        ("https://93.184.215.14/\n", ""),
        ("https://93.184.215.14/a\nb", "reach.not-https"),
        ("https://93.184.215.14/" + "a" * 600, "webhook.bad-address"),
        ("", "reach.not-https"),
    ],
)
def test_only_addresses_in_the_open_internet_are_taken(hall: Hall, address: str, code: str) -> None:
    said = hall.said(address=address)
    if not code:
        assert actions.make_webhook(hall.olga, said)[0].address == address.strip()
        return
    with pytest.raises(Refusal) as refusal:
        actions.make_webhook(hall.olga, said)
    assert (refusal.value.code, refusal.value.field) == (code, "address")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["booking.made", "secret.told"]}, "kinds"),
        ({"organisation": 99_999_999}, "organisation"),
        ({"within": "places/nowhere"}, "within"),
        ({"within": "\0"}, "within"),
        ({"within": "http://[/"}, "within"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    hall: Hall, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        hall.hook(**said)
    assert (refusal.value.status, refusal.value.field) == (422, field)


def test_a_form_says_what_is_wrong_beside_the_field(hall: Hall, client: Client) -> None:
    client.force_login(hall.account)
    typed = {"name": "Tafel", "address": "https://10.0.0.7/", "kinds": ["booking.made"]}
    page = client.post("/desk/webhooks/new/", typed)
    assert page.status_code == 422
    assert "Diese Adresse liegt nicht im offenen Internet." in page.content.decode()
    empty = client.post("/desk/webhooks/new/", {})
    assert empty.status_code == 422
    assert all(f'id="id_{one}_error"' in empty.content.decode() for one in ("name", "address", "kinds"))


def test_the_desk_changes_pauses_resumes_renews_and_removes(hall: Hall, client: Client) -> None:
    client.force_login(hall.account)
    one, _secret = hall.hook()
    at = f"/desk/webhooks/{one.pk}/"
    typed = {"name": "Uhr", "address": one.address, "kinds": ["offer.published"], "organisation": ""}
    assert client.post(f"{at}edit/", typed).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.kinds, one.organisation) == ("Uhr", ["offer.published"], None)
    for do, paused, waiting in (
        ("test", "", 1),
        ("pause", "asked", 1),
        ("test", "asked", 1),
        ("resume", "", 1),
    ):
        assert client.post(f"{at}do/", {"do": do}).status_code == 302
        one.refresh_from_db()
        assert (one.paused, one.deliveries.count()) == (paused, waiting)
    assert client.post(f"{at}do/", {"do": "nothing"}).status_code == 404
    assert "Testereignis" in client.get(at).content.decode()
    assert client.get(f"{at}secret/").status_code == 200
    assert "whsec_" in client.post(f"{at}secret/").content.decode()
    assert client.get(f"{at}remove/").status_code == 200
    assert client.post(f"{at}remove/").status_code == 302
    assert not Webhook.objects.exists()
    assert client.get(at).status_code == 404


def test_the_pages_are_for_operators(hall: Hall, client: Client, person: Person) -> None:
    one, _secret = hall.hook()
    client.force_login(person("tina", ("trainer", hall.club, None)))
    for path in ("", "new/", f"{one.pk}/", f"{one.pk}/edit/", f"{one.pk}/secret/", f"{one.pk}/remove/"):
        assert client.get(f"/desk/webhooks/{path}").status_code == 403, path
    assert client.post(f"/desk/webhooks/{one.pk}/do/", {"do": "pause"}).status_code == 403


# What is queued


def test_an_event_is_queued_once_for_each_who_hears_it(hall: Hall, organisation: Any) -> None:
    ours, _ = hall.hook()
    theirs, _ = hall.hook(organisation=organisation("club", "TSV").pk)
    assert hall.queue(1) == 2
    assert hall.queue(2, kind="booking.made", public=False, keeper=hall.club.pk) == 1
    hall.queue(1)
    assert [*theirs.deliveries.values_list("message", flat=True)] == ["evt_1"]
    assert [*ours.deliveries.order_by("id").values_list("message", flat=True)] == ["evt_1", "evt_2"]
    body = json.loads(ours.deliveries.get(message="evt_1").body)
    assert body.keys() == {"id", "type", "time", "data"}
    assert (body["id"], body["type"]) == ("evt_1", "closing.made")
    assert datetime.fromisoformat(body["time"]).tzinfo is not None


def test_one_that_rests_is_told_nothing(hall: Hall) -> None:
    one, _ = hall.hook()
    actions.pause_webhook(hall.olga, one.pk)
    assert hall.queue(1) == 0


# The guide


def test_the_code_of_the_guide_checks_a_message(hall: Hall) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    space: dict[str, Any] = {}
    exec(code, space)  # noqa: S102 - the guide's own example
    one, secret = hall.hook()
    hall.queue(1)
    send(one, clock.now())
    (heard,) = hall.programme.heard
    assert space["is_ours"](secret, heard.headers, heard.body)
    assert not space["is_ours"](secret, heard.headers, heard.body + b" ")
    assert not space["is_ours"](rules.new_secret(), heard.headers, heard.body)
    old = {**heard.headers, "webhook-timestamp": str(int(heard.headers["webhook-timestamp"]) - 3600)}
    assert not space["is_ours"](secret, old, heard.body)


def test_the_guide_names_every_kind_of_event(db: None) -> None:
    from smilecity.core import events

    text = GUIDE.read_text()
    assert [kind for kind in events.kinds() if f"`{kind}`" not in text] == []


def test_pages_read_a_constant_number_of_times(hall: Hall, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        hall.hook(name=f"Tafel {number}")
    hall.queue(1, 2, 3)
    with django_assert_max_num_queries(1):
        assert len(reads.webhooks(hall.olga)) == 5
    with django_assert_max_num_queries(2):
        actions.queue_events(NODE, [])
        reads.deliveries(hall.olga, Webhook.objects.values_list("pk", flat=True)[0])


def test_deliveries_are_paged(hall: Hall) -> None:
    one, _ = hall.hook()
    hall.queue(*range(1, 26))
    first = reads.deliveries(hall.olga, one.pk)
    rest = reads.deliveries(hall.olga, one.pk, first.after)
    assert [len(first.items), len(rest.items)] == [20, 5]
    assert first.items[0].message == "evt_25"
    assert WebhookDelivery.objects.count() == 25
