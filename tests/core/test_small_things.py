# SPDX-License-Identifier: EUPL-1.2
"""Clock, problems, limits, who asks: small, and everything stands on them."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import asgi, clock, limits
from smilecity.core.limits import Limiter
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Role, Who
from tests.core.asgi_client import ask, request


def test_the_clock_is_aware_and_can_be_set() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert abs(clock.now().timestamp() - time.time()) < 60
    assert clock.now().utcoffset() == timedelta(0)
    with clock.frozen(noon):
        assert clock.now() == noon
        with clock.frozen(noon + timedelta(hours=1)):
            assert clock.now() == noon + timedelta(hours=1)
        assert clock.now() == noon
    assert clock.now() > noon


def test_a_set_clock_is_set_for_its_own_task_only() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)

    async def other() -> datetime:
        await asyncio.sleep(0)
        return clock.now()

    async def both() -> datetime:
        task = asyncio.create_task(other())
        with clock.frozen(noon):
            return await task

    assert asyncio.run(both()) != noon


def test_a_refusal_is_a_problem_document() -> None:
    refusal = Refusal(
        "booking.full", "It is full.", cure="Take another hour.", field="slot.start", status=409
    )
    assert refusal.problem() == {
        "type": "urn:smilecity:problem:booking.full",
        "title": "It is full.",
        "status": 409,
        "detail": "Take another hour.",
        "code": "booking.full",
        "field": "slot.start",
    }
    assert set(Refusal("a.b", "No.").problem()) == {"type", "title", "status", "code"}


def test_it_is_sent_as_one() -> None:
    async def app(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        await asgi.answer_refusal(send, Refusal("a.b", "Nö.", status=422), [(b"x-more", b"1")])

    answered = asyncio.run(ask(app, request("GET", "/")))
    assert (answered.status, answered.headers["content-type"]) == (422, "application/problem+json")
    assert answered.headers["content-length"] == str(len(answered.body))
    assert (answered.headers["x-more"], answered.json["title"]) == ("1", "Nö.")


def body_of(parts: list[bytes], limit: int = 10, **headers: str) -> bytes:
    exchange = request(
        "POST", "/", parts=parts, headers=[(n.replace("_", "-"), v) for n, v in headers.items()]
    )
    return asyncio.run(asgi.read_body(exchange.scope, exchange.receive, limit))


def test_a_body_is_read_whole() -> None:
    assert body_of([b"abc", b"", b"defg", b"hij"]) == b"abcdefghij"


@pytest.mark.parametrize(
    ("parts", "said"),
    [([b"12345", b"678901"], "5"), ([b"12345678901"], ""), ([b"1"], "11"), ([b"1"], "9" * 400)],
)
def test_a_body_over_the_limit_is_refused_declared_or_not(parts: list[bytes], said: str) -> None:
    with pytest.raises(Refusal) as refused:
        body_of(parts, content_length=said)
    assert refused.value.status == 413


def test_a_body_that_breaks_off_is_refused() -> None:
    exchange = request("POST", "/", parts=[])
    exchange.gone.set()
    with pytest.raises(Refusal) as refused:
        asyncio.run(asgi.read_body(exchange.scope, exchange.receive, 10))
    assert refused.value.code == "request.broken-off"


def test_roles_are_for_the_whole_node_or_one_area() -> None:
    everywhere, here = Who(roles=frozenset({Role("steward")})), Who(roles=frozenset({Role("steward", 7)}))
    assert [everywhere.holds("steward"), everywhere.holds("steward", 7)] == [True, True]
    assert [here.holds("steward"), here.holds("steward", 7), here.holds("steward", 8)] == [False, True, False]
    assert not ANYONE.holds("steward", 7)
    assert not everywhere.holds("operator")


class Time:
    """A clock that goes when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


@given(
    a_minute=st.integers(1, 120),
    story=st.lists(st.tuples(st.sampled_from(["alice", "bob"]), st.floats(0, 40)), max_size=200),
)
def test_nobody_gets_more_than_the_limit_and_nobody_pays_for_others(
    a_minute: int, story: list[tuple[str, float]]
) -> None:
    """In any minute at most the burst and what came back since; and who asks alone is treated the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "time", set_time := Time())
        limiter, alone = Limiter(a_minute), Limiter(a_minute)
        let_in: list[float] = []
        for who, pause in story:
            set_time.seconds += pause
            allowed = limiter.left(who)
            assert limiter.spend(who) == allowed
            if who == "alice":
                assert alone.spend(who) == allowed
                let_in += [set_time.seconds] if allowed else []
        for start in let_in:
            within = [moment for moment in let_in if start <= moment <= start + 60]
            assert len(within) <= 2 * a_minute + 1


def test_what_was_spent_comes_back_and_the_full_are_forgotten() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "time", set_time := Time())
        limiter = Limiter(60)
        assert [limiter.spend("alice") for _ in range(61)] == [True] * 60 + [False]
        set_time.seconds += 1.0
        assert [limiter.spend("alice"), limiter.spend("alice")] == [True, False]
        set_time.seconds += 100.0
        assert limiter.spend("bob")
        assert set(limiter._buckets) == {"bob"}


def test_a_crowd_of_addresses_does_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limiter, "MOST_KNOWN", 100)
    limiter = Limiter(5)
    assert all(limiter.spend(f"10.0.{n // 250}.{n % 250}") for n in range(1000))
    assert len(limiter._buckets) <= 100
