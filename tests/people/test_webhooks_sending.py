# SPDX-License-Identifier: EUPL-1.2
"""Webhooks at work: in order, again after a failure, to the open internet only, and no one delays another."""

import json
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from smilecity.core import clock, privacy
from smilecity.core.models import LogEntry
from smilecity.core.who import NODE
from smilecity.people import actions, reads
from smilecity.people.actions import posting
from smilecity.people.models import RoleHeld, Webhook
from smilecity.people.reads import who_is
from smilecity.people.rules import webhooks as rules
from tests.conftest import Person
from tests.people.webhook_stage import NOON, Hall, is_signed, send


def test_a_test_event_arrives_signed(hall: Hall) -> None:
    one, secret = hall.hook()
    actions.send_test(hall.olga, one.pk)
    assert send(one, clock.now()) == ""
    (heard,) = hall.programme.heard
    assert is_signed(heard, secret)
    assert not is_signed(heard, rules.new_secret())
    assert heard.headers["content-type"] == "application/json"
    assert json.loads(heard.body)["type"] == "webhook.test"
    assert json.loads(heard.body)["id"] == heard.headers["webhook-id"]
    assert abs(int(heard.headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    told = one.deliveries.get()
    assert (told.status, told.attempts, told.delivered_at is not None) == (204, 1, True)


def test_a_failure_is_tried_again_and_the_next_message_waits_for_it(hall: Hall) -> None:
    with clock.frozen(NOON):
        one, secret = hall.hook()
        hall.queue(1, 2)
    hall.programme.answers["/hook"] = 500
    send(one, NOON)
    send(one, NOON + timedelta(seconds=4))
    assert hall.programme.messages() == ["evt_1"]
    assert [(each.waiting, each.failures) for each in reads.webhooks(hall.olga)] == [(2, 1)]  # type: ignore[attr-defined]
    hall.programme.answers["/hook"] = 200
    send(one, NOON + timedelta(seconds=5))
    assert hall.programme.messages() == ["evt_1", "evt_1", "evt_2"]
    first, again, _next = hall.programme.heard
    assert first.body == again.body
    assert first.headers["webhook-timestamp"] != again.headers["webhook-timestamp"]
    assert is_signed(again, secret)


def test_after_a_day_of_failures_it_rests_and_its_owner_is_told(hall: Hall) -> None:
    with clock.frozen(NOON):
        one, _ = hall.hook()
        hall.queue(1)
    hall.programme.answers["/hook"] = 503
    at = NOON
    for pause in (*rules.PAUSES, None):
        paused = send(one, at)
        assert paused == ("" if pause else "failing")
        at += pause or timedelta()
    assert hall.programme.messages() == ["evt_1"] * 7
    entry = LogEntry.objects.get(verb="webhook-stopped")
    assert entry.data == {"webhook": one.pk, "state": "failing", "account": hall.account.pk}
    hall.programme.answers["/hook"] = 200
    send(one, at + timedelta(days=9))
    assert len(hall.programme.heard) == 7, "it rests"
    with clock.frozen(at):
        actions.resume_webhook(hall.olga, one.pk)
    send(one, at)
    assert hall.programme.messages() == ["evt_1"] * 8, "nothing is lost"


def test_one_that_says_gone_rests_at_once(hall: Hall) -> None:
    one, _ = hall.hook()
    hall.queue(1, 2)
    hall.programme.answers["/hook"] = 410
    assert send(one, clock.now()) == "gone"
    assert hall.programme.messages() == ["evt_1"]


def test_nobody_is_sent_on_elsewhere(hall: Hall) -> None:
    one, _ = hall.hook()
    hall.queue(1)

    def moved(handler: Any) -> None:
        handler.send_response(307)
        handler.send_header("Location", hall.programme.at("/elsewhere"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    hall.programme.answers["/hook"] = moved
    send(one, clock.now())
    assert [one.path for one in hall.programme.heard] == ["/hook"]
    assert one.deliveries.get().status == 307


def test_a_name_that_turns_private_is_not_spoken_to(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {"hook.example": "93.184.215.14"}

    def looked_up(host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (numbers[host], port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    one, _ = hall.hook(address="https://hook.example/")
    hall.queue(1)
    numbers["hook.example"] = "10.0.0.7"
    send(one, clock.now())
    told = one.deliveries.get()
    assert (told.status, told.trouble, told.delivered_at) == (0, "reach.not-allowed", None)


def test_an_answer_without_end_is_not_read_to_its_end(hall: Hall) -> None:
    one, _ = hall.hook()
    hall.queue(1)
    sent = 0

    def endless(handler: Any) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            for _ in range(1000):
                handler.wfile.write(b"a" * 65536)
                sent += 65536

    hall.programme.answers["/hook"] = endless
    send(one, clock.now())
    assert one.deliveries.get().delivered_at is not None
    assert sent < 1000 * 65536


def test_one_that_never_answers_is_left_after_its_time(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "LIMITS", replace(posting.LIMITS, seconds=0.2))
    one, _ = hall.hook()
    hall.queue(1)
    release = threading.Event()
    hall.programme.answers["/hook"] = lambda _handler: release.wait(10)
    send(one, clock.now())
    release.set()
    assert one.deliveries.get().trouble == "reach.too-slow"


def test_for_a_day_both_secrets_sign(hall: Hall) -> None:
    with clock.frozen(NOON):
        one, old = hall.hook()
        new = actions.renew_secret(hall.olga, one.pk)
        hall.queue(1)
    send(one, NOON + timedelta(hours=23))
    (heard,) = hall.programme.heard
    assert is_signed(heard, new)
    assert is_signed(heard, old, which=1)
    hall.queue(2)
    send(one, NOON + timedelta(hours=25))
    last = hall.programme.heard[-1]
    assert is_signed(last, new)
    assert len(last.headers["webhook-signature"].split(" ")) == 1


def test_nothing_is_sent_for_somebody_who_may_not_any_more(hall: Hall, person: Person) -> None:
    one, _ = hall.hook()
    hall.queue(1)
    RoleHeld.objects.filter(account=hall.account).update(ended_at=clock.now())
    assert send(one, clock.now()) == "nobody"
    assert hall.programme.heard == []
    other = person("otto", ("operator", hall.hall, None))
    actions.resume_webhook(who_is(other), one.pk)
    assert send(one, clock.now()) == ""
    assert one.owner == other
    assert hall.programme.messages() == ["evt_1"]


def test_a_secret_of_another_node_signs_nothing(hall: Hall) -> None:
    one, _ = hall.hook()
    hall.queue(1)
    Webhook.objects.update(secret=b"sealed elsewhere")
    assert send(one, clock.now()) == "unreadable"
    assert hall.programme.heard == []


def test_who_leaves_leaves_their_webhooks_to_others(hall: Hall, person: Person) -> None:
    one, _ = hall.hook()
    person("otto", ("operator", hall.hall, None))
    told = privacy.export(hall.account.pk)["people"]["webhooks"]
    assert [each["name"] for each in told] == ["Tafel"]
    actions.leave(hall.olga, "Olga")
    one.refresh_from_db()
    assert (one.owner, one.paused) == (None, "nobody")


def test_what_was_told_a_month_ago_is_forgotten(hall: Hall) -> None:
    one, _ = hall.hook()
    hall.queue(1, 2)
    one.deliveries.filter(message="evt_1").update(made_at=NOON - timedelta(days=31))
    assert actions.forget_deliveries(NODE, NOON - timedelta(days=30)) == 1
    assert one.deliveries.get().message == "evt_2"


# Several at once


@pytest.mark.django_db(transaction=True)
def test_a_slow_programme_delays_no_other(hall: Hall) -> None:
    slow, _ = hall.hook("/slow")
    quick, _ = hall.hook("/quick")
    hall.queue(*range(1, 4))
    arrived, release = threading.Event(), threading.Event()
    hall.programme.answers["/slow"] = lambda handler: (release.wait(10), handler.send_error(500))

    def quickly(handler: Any) -> None:
        handler.send_response(204)
        handler.end_headers()
        if len(hall.programme.messages("/quick")) == 3:
            arrived.set()

    hall.programme.answers["/quick"] = quickly
    round_ = threading.Thread(target=actions.send_waiting, args=(NODE,))
    round_.start()
    assert arrived.wait(10), "the quick one has all of its messages while the slow one still thinks"
    assert not release.is_set()
    release.set()
    round_.join(10)
    assert hall.programme.messages("/quick") == ["evt_1", "evt_2", "evt_3"]
    assert hall.programme.messages("/slow") == ["evt_1"]
    assert quick.deliveries.filter(delivered_at=None).count() == 0
    assert slow.deliveries.filter(delivered_at=None).count() == 3
    assert Webhook.objects.filter(busy_until=None).count() == 2, "both leases are given back"


def race(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> list[list[int]]:
    """Two workers look for what is due at the same moment; whom each of them then takes."""
    meet = threading.Barrier(2, timeout=10)
    lock = posting._free

    def free(now: datetime, most: int) -> list[int]:
        found = lock(now, most) if locked else list(posting._due(now).values_list("pk", flat=True)[:most])
        meet.wait()
        return found

    monkeypatch.setattr(posting, "_free", free)
    took: list[list[int]] = []

    def work() -> None:
        try:
            took.append(posting.leased(clock.now(), 8))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(10)
    monkeypatch.undo()
    return took


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_to_one_at_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = hall.hook()
    hall.queue(1)
    with monkeypatch.context() as patch:
        assert race(patch, locked=False) == [[one.pk], [one.pk]], "without the lock both take it"
    Webhook.objects.update(busy_until=None)
    with monkeypatch.context() as patch:
        assert sorted(race(patch, locked=True)) == [[], [one.pk]]
    assert posting.leased(clock.now(), 8) == [], "and while one has it, nobody else gets it"
    assert posting.leased(clock.now() + posting.LEASE + timedelta(seconds=1), 8) == [one.pk], "until it died"
