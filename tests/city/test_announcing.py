# SPDX-License-Identifier: EUPL-1.2
"""From the log to webhooks: who hears of what, what it says, and that nothing is lost or told twice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from smilecity.city import announcing
from smilecity.core import clock, log, nouns
from smilecity.core.events import kinds
from smilecity.core.models import LogEntry, LogHead, Noun
from smilecity.core.numberer import NUMBER
from smilecity.core.who import NODE
from smilecity.people import actions
from smilecity.people.actions.webhooks import Said
from smilecity.people.models import WebhookDelivery
from smilecity.people.reads import who_is
from smilecity.places.actions import booking as acts
from smilecity.places.actions import opening
from tests.conftest import Person
from tests.places.booking_stage import NOW, Stage, at

pytestmark = pytest.mark.django_db
FAIR = {"de": "Hafenfest"}


class Listeners:
    """Olga's webhooks by name."""

    def __init__(self, person: Person, organisation: Callable[..., Any]) -> None:
        self.account = person("olga", ("operator", organisation("municipality", "Stadt"), None))
        self.olga = who_is(self.account)
        self.hooks: dict[str, int] = {}

    def listen(self, name: str, **more: Any) -> None:
        said = Said(name, "https://127.0.0.1/", **{"kinds": [*kinds()], **more})
        self.hooks[name] = actions.make_webhook(self.olga, said)[0].pk

    def heard(self, name: str) -> list[str]:
        found = WebhookDelivery.objects.filter(webhook=self.hooks[name]).order_by("id")
        return [*found.values_list("kind", flat=True)]

    def body(self, name: str) -> dict[str, Any]:
        """The last that one of them is told."""
        last = WebhookDelivery.objects.filter(webhook=self.hooks[name]).latest("id")
        told: dict[str, Any] = json.loads(last.body)
        return told


@pytest.fixture
def listeners(person: Person, organisation: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Listeners:
    monkeypatch.setattr(settings, "SMILE", replace(settings.SMILE, reach=("127.0.0.0/8",)))
    return Listeners(person, organisation)


@pytest.fixture
def stage(person: Person, organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def announce() -> int:
    """Give positions as the numberer does, in the test's own transaction, then announce."""
    LogHead.objects.get_or_create(id=1)
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
    return announcing.announce_waiting()


def test_a_booking_is_heard_by_the_app_of_who_keeps_the_place(stage: Stage, listeners: Listeners) -> None:
    listeners.listen("club", organisation=stage.club.pk)
    listeners.listen("firm", organisation=stage.firm.pk)
    listeners.listen("all")
    booking = stage.book("rita", "hall", at(16), what="Ritas Geburtstag")
    acts.change(stage.who["rita"], booking.id, at(17))
    acts.cancel(stage.who["rita"], booking.id)
    announce()
    assert listeners.heard("club") == ["booking.made", "booking.changed", "booking.cancelled"]
    assert listeners.heard("firm") == listeners.heard("all") == []
    told = listeners.body("club")["data"]
    assert told["noun"] == stage.place.noun.address
    assert told["resource"].endswith(f"/api/bookings/{booking.id}")
    assert (told["booking"], told["unitKey"], told["state"]) == (booking.id, "hall", "cancelled")
    bodies = "".join(WebhookDelivery.objects.values_list("body", flat=True))
    account = stage.accounts["rita"]
    assert not any(word in bodies for word in ("Rita", account.email, "Geburtstag", '"account"'))


def test_a_closing_is_heard_by_everybody_while_the_place_is_public(
    stage: Stage, listeners: Listeners, client: Client
) -> None:
    listeners.listen("all")
    listeners.listen("club", organisation=stage.club.pk)
    made = opening.close(NODE, stage.place.noun_id, at(9), "event", FAIR)
    announce()
    assert listeners.heard("all") == ["closing.made"]
    told = listeners.body("all")["data"]
    assert told["closings"][0]["reason"] == FAIR
    for name in ("resource", "page"):
        path = "/" + told[name].split("/", 3)[3]
        assert client.get(path).status_code == 200, path
    Noun.objects.filter(pk=stage.place.noun_id).update(visibility="internal")
    opening.end_closing(NODE, made.id)
    announce()
    assert listeners.heard("all") == ["closing.made"]
    assert listeners.heard("club") == ["closing.made", "closing.lifted"]


def test_one_may_listen_at_a_place_or_in_an_area_alone(stage: Stage, listeners: Listeners) -> None:
    north, south = (nouns.put("area", f"areas/{one}", {"de": one}, visibility="public") for one in ("n", "s"))
    block = nouns.put("area", "areas/block", {"de": "Block"}, area=north.pk, visibility="public")
    Noun.objects.filter(pk=stage.place.noun_id).update(area=block)
    address = stage.place.noun.address
    listeners.listen("here", within=f"https://smile.example.org/en/{address}/?x=1")
    listeners.listen("north", within="/areas/n/")
    listeners.listen("south", within=south.address)
    opening.close(NODE, stage.place.noun_id, at(9), "event", FAIR)
    announce()
    assert [listeners.heard(one) for one in ("here", "north", "south")] == [["closing.made"]] * 2 + [[]]


def test_an_offer_is_heard_where_it_takes_place(listeners: Listeners, stage: Stage) -> None:
    from smilecity.places.models import Offer

    with transaction.atomic():
        noun = nouns.put("offer", "offers/skat", {"de": "Skat"}, visibility="public")
    Offer.objects.create(noun=noun, place=stage.place, starts_at=NOW, duration=at(1)[1] - at(1)[0])
    listeners.listen("there", within=stage.place.noun.address)
    with transaction.atomic():
        log.append(NODE, "offer-published", noun=noun.pk, data={"author": None})
    announce()
    assert listeners.heard("there") == ["offer.published"]
    assert listeners.body("there")["data"]["resource"].endswith(f"/ogc/collections/offer/items/{noun.pk}")


def test_silence_is_heard_by_whose_sensors_they_are(listeners: Listeners, stage: Stage) -> None:
    listeners.listen("olga")
    for account, count in ((listeners.account.pk, 7), (stage.accounts["rita"].pk, 3)):
        with transaction.atomic():
            data = {"account": account, "count": count + 1, "kinds": {"silent": count, "battery": 1}}
            log.append(NODE, "sensors-silent", data=data)
    announce()
    assert listeners.heard("olga") == ["device.silent"]
    assert listeners.body("olga")["data"]["count"] == 7


def test_what_could_not_be_written_down_comes_again_and_nothing_twice(
    stage: Stage, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners.listen("all")
    opening.close(NODE, stage.place.noun_id, at(9), "event", FAIR)
    with monkeypatch.context() as patch:

        def away(*_given: Any) -> int:
            raise OSError("the process ends here")

        patch.setattr(actions, "queue_events", away)
        with pytest.raises(OSError, match="ends here"), transaction.atomic():
            announce()
    assert listeners.heard("all") == []
    announce()
    announce()
    assert listeners.heard("all") == ["closing.made"]


def test_many_entries_cost_as_many_queries_as_few(
    stage: Stage, listeners: Listeners, django_assert_max_num_queries: Any
) -> None:
    listeners.listen("club", organisation=stage.club.pk)
    for hour in range(10, 20):
        opening.close(NODE, stage.place.noun_id, at(hour), "event", FAIR)
    LogHead.objects.get_or_create(id=1)
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
    with django_assert_max_num_queries(25):
        announcing.announce_waiting()
    assert listeners.heard("club") == ["closing.made"] * 10


def test_if_nobody_listens_the_log_is_only_read(stage: Stage, django_assert_max_num_queries: Any) -> None:
    opening.close(NODE, stage.place.noun_id, at(9), "event", FAIR)
    announce()
    with django_assert_max_num_queries(2):
        announcing.announce(list(LogEntry.objects.all()))
