# SPDX-License-Identifier: EUPL-1.2
"""When mail may go out, whatever the clock does; and which addresses browsers may name."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.people.rules import delivery
from smilecity.people.rules.delivery import Wishes, is_quiet, last_round, mail_is_due

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    [BERLIN, ZoneInfo("UTC"), ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Kathmandu")]
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
TIMES = st.times().map(lambda moment: moment.replace(microsecond=0))
WAYS = st.sampled_from(sorted(delivery.MAIL))
NEVER_QUIET = (time(0), time(0))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "clock", "quiet"),
    [
        ("20:00", "08:00", "19:59", False),
        ("20:00", "08:00", "20:00", True),
        ("20:00", "08:00", "00:00", True),
        ("20:00", "08:00", "07:59", True),
        ("20:00", "08:00", "08:00", False),
        ("12:00", "14:00", "13:00", True),
        ("12:00", "14:00", "14:00", False),
        ("09:00", "09:00", "09:00", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(start: str, end: str, clock: str, quiet: bool) -> None:
    wishes = Wishes("daily", time.fromisoformat(start), time.fromisoformat(end))
    assert is_quiet(wishes, at(f"2026-11-22T{clock}"), BERLIN) is quiet


@given(MOMENTS, ZONES, TIMES, TIMES)
def test_a_moment_is_quiet_in_one_way_or_in_its_opposite(
    now: datetime, zone: ZoneInfo, start: time, end: time
) -> None:
    there = is_quiet(Wishes("daily", start, end), now, zone)
    back = is_quiet(Wishes("daily", end, start), now, zone)
    assert there != back if start != end else not there and not back


@given(MOMENTS, ZONES, WAYS, TIMES, TIMES)
def test_nothing_goes_out_in_quiet_hours_or_when_it_is_off(
    now: datetime, zone: ZoneInfo, mail: str, start: time, end: time
) -> None:
    wishes = Wishes(mail, start, end, None)
    if mail == "off" or is_quiet(wishes, now, zone):
        assert not mail_is_due(wishes, now, zone)


def seconds_of(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


@given(MOMENTS, ZONES, st.sampled_from(["daily", "weekly"]), TIMES, TIMES)
def test_in_a_fortnight_of_rounds_each_digest_goes_out_once(
    start: datetime, zone: ZoneInfo, mail: str, quiet_from: time, quiet_to: time
) -> None:
    last, sent, now = start, [], start
    while now < start + timedelta(days=14):
        wishes = Wishes(mail, quiet_from, quiet_to, last)
        if mail_is_due(wishes, now, zone):
            sent.append(now)
            last = now
        now += timedelta(minutes=30)
    rounds = {last_round(mail, moment, zone) for moment in sent}
    assert len(rounds) == len(sent)  # none twice
    if (seconds_of(quiet_to) - seconds_of(quiet_from)) % 86_400 <= 22 * 3600:
        assert len(sent) >= (13 if mail == "daily" else 1)  # none left out


@given(MOMENTS, ZONES, st.sampled_from(["daily", "weekly"]))
def test_the_last_round_is_seven_o_clock_and_not_ahead(now: datetime, zone: ZoneInfo, mail: str) -> None:
    moment = last_round(mail, now, zone)
    assert moment <= now
    assert now - moment < timedelta(days=8 if mail == "weekly" else 1, hours=2)
    local = moment.astimezone(zone)
    assert (local.hour, local.minute) == (7, 0)
    if mail == "weekly":
        assert local.weekday() == 0


def test_a_digest_that_falls_into_quiet_hours_comes_at_their_end() -> None:
    wishes = Wishes("daily", time(20), time(8), at("2026-11-21T08:00"))
    assert not mail_is_due(wishes, at("2026-11-22T07:30"), BERLIN)
    assert mail_is_due(wishes, at("2026-11-22T08:00"), BERLIN)
    assert not mail_is_due(
        Wishes("daily", time(20), time(8), at("2026-11-22T08:00")), at("2026-11-22T12:00"), BERLIN
    )


def test_mail_at_once_leaves_ten_minutes_between() -> None:
    wishes = Wishes("at_once", *NEVER_QUIET, at("2026-11-22T12:00"))
    assert not mail_is_due(wishes, at("2026-11-22T12:09"), BERLIN)
    assert mail_is_due(wishes, at("2026-11-22T12:10"), BERLIN)


GOOD = [
    "https://push.example.org/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/x",
    "https://8.8.8.8/x",
]
BAD = [
    "",
    "http://push.example.org/abc",
    "https://",
    "https://localhost/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://10.0.0.8/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/x",
    "https://224.0.0.1/x",
    "https://user@push.example.org/x",
    "https://push.example.org:0/x",
    "https://push.example.org:99999/x",
    "https://push.example.org/\nHost: inside",
    "https://push.example.org/a b",
    "https://push.exämple.org/x",
    "https://push.example.org/" + "x" * 1000,
    "file:///etc/passwd",
    "https://[broken",
]


@pytest.mark.parametrize("endpoint", GOOD)
def test_a_push_services_address_is_taken(endpoint: str) -> None:
    assert delivery.checked_endpoint(endpoint) == endpoint


@pytest.mark.parametrize("endpoint", BAD)
def test_any_other_address_is_refused(endpoint: str) -> None:
    with pytest.raises(Refusal) as refused:
        delivery.checked_endpoint(endpoint)
    assert refused.value.code == "push.bad-address"


@given(st.text(max_size=60))
def test_no_text_breaks_the_check_of_an_address_or_a_key(text: str) -> None:
    for check in (delivery.checked_endpoint, lambda one: delivery.checked_key(one, 16)):
        try:
            assert check(text) == text
        except Refusal as refusal:
            assert refusal.code == "push.bad-address"
