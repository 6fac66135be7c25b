# SPDX-License-Identifier: EUPL-1.2
"""All that a decision about a slot needs: asked before every booking, and again under its lock.

One round trip; where the policy has quotas, is for residents or takes fees, one more for each of these.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.utils.translation import get_language

from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads import has_home, kind_of
from smilecity.places import rights
from smilecity.places.models import Unit
from smilecity.places.reads.booking.had import Had, had_of
from smilecity.places.reads.booking.prepared import prepared
from smilecity.places.reads.school import school
from smilecity.places.rules import booking as rules
from smilecity.places.rules import openness
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.deciding import DAYS_LOOKED

Span = times.Span


@dataclass(frozen=True, slots=True)
class Look:
    """A unit as a booking finds it: what the rules are told (`facts`), and what the write needs.

    `root` is the top of its tree, `leaves` its parts without parts. `known` is the booking of the same key,
    `stale` are holds that are over and still have claims there.
    """

    unit: int
    place: int
    root: int
    leaves: list[int]
    policy: rules.Policy
    version: int
    facts: rules.Facts
    known: int | None
    stale: list[int]


def look(
    who: Who,
    unit: int,
    span: Span,
    *,
    key: UUID | None = None,
    organisation: int | None = None,
    besides: int | None = None,
    days: int = 0,
) -> Look | None:
    """What is known of this unit around this span; nothing if it cannot be booked, or not be seen by who asks.

    `besides` is a booking that does not count, for it is to be moved. `days` are looked at after the span, at least
    as many as the next free slots are looked for in.
    """
    now = clock.now()
    since, until = _window(span, now, days)
    near, far = (since, until) if days else _nearby(span, now)
    with prepared() as cursor:
        cursor.execute(
            _LOOK,
            {
                "unit": unit,
                "now": now,
                "since": since,
                "until": until,
                "near": near,
                "far": far,
                "key": key,
                "besides": besides,
            },
            prepare=True,
        )
        row = cursor.fetchone()
    if row is None:
        return None
    found = dict(zip(_COLUMNS, row, strict=True))
    if not _may_see(who, found):
        return None
    policy = policy_of(found["rules"])
    had = Had()
    if (policy.person if organisation is None else policy.organisation).limits():
        had = had_of(who.account, organisation, found["policy"], span, besides)
    return Look(
        unit=unit,
        place=found["place"],
        root=found["root"],
        leaves=found["leaves"],
        policy=policy,
        version=found["version"],
        facts=_facts(who, found, policy, now, (since, until), organisation, had),
        known=found["known"],
        stale=sorted(set(found["stale"] or ())),
    )


@lru_cache(maxsize=512)
def policy_of(text: str) -> rules.Policy:
    """The policy that this JSON says; checked when it was kept, and remembered while it stays the same."""
    return rules.checked(orjson.loads(text))


def policy_of_unit(unit: Unit) -> rules.Policy | None:
    """The rules by which this unit is booked, if it can be."""
    return policy_of(orjson.dumps(unit.booked_by.rules).decode()) if unit.booked_by else None


def openings(row: dict[str, Any], policy: rules.Policy, since: datetime, until: datetime) -> list[Span]:
    """When the place of this row can be booked: its hours and the policy's; unknown hours do not close it."""
    told = otherwise(row["otherwise"])
    position = _position(row["spot"])
    found = _open(row["hours"] or "24/7", told, (since, until), position)
    return openness.both(found, _open(policy.hours, (), (since, until), position)) if policy.hours else found


def _open(
    text: str, told: Sequence[openness.Otherwise], span: Span, position: tuple[float, float] | None
) -> list[Span]:
    said = settings.SMILE
    days = school() if "SH" in text else ()
    return openness.open_spans(text, told, *span, said.zone, position, said.state, school=days)


@lru_cache(maxsize=1024)
def _position(text: str | None) -> tuple[float, float] | None:
    spot = orjson.loads(text) if text else None
    return (spot[0], spot[1]) if spot else None


def otherwise(text: str | None) -> list[openness.Otherwise]:
    """Exceptional times as the rules know them, from their JSON."""
    if text is None:
        return []
    return [
        openness.Otherwise(
            datetime.fromisoformat(one["start"]).astimezone(UTC),
            datetime.fromisoformat(one["end"]).astimezone(UTC),
            one["open"],
            one["cause"],
            one["reason"],
        )
        for one in orjson.loads(text)
    ]


def _window(span: Span, now: datetime, days: int) -> Span:
    """Whole days, so that what the hours say for them is reckoned once."""
    zone = settings.SMILE.zone
    first = max(span[0], now).astimezone(zone).date()
    long = (span[1] - span[0]).days + DAYS_LOOKED + 2
    return times.day_span(first, zone, max(days, long))


def _nearby(span: Span, now: datetime) -> Span:
    """Where claims can be in the way of the span, or of a free slot of its length; without the gap after it."""
    zone = settings.SMILE.zone
    first = max(span[0], now)
    looked = times.day_span(first.astimezone(zone).date(), zone, DAYS_LOOKED)
    return first, looked[1] + (span[1] - span[0])


def _may_see(who: Who, found: dict[str, Any]) -> bool:
    if found["visibility"] == Noun.PUBLIC:
        return True
    noun = Noun(visibility=found["visibility"], area_id=found["area"], keeper_id=found["keeper"])
    return nouns.may_see(who, noun) or rights.may_write(who, noun.area_id, noun.keeper_id)


def _facts(
    who: Who,
    found: dict[str, Any],
    policy: rules.Policy,
    now: datetime,
    window: Span,
    organisation: int | None,
    had: Had,
) -> rules.Facts:
    closings = [one for one in otherwise(found["otherwise"]) if not one.open]
    language = (get_language() or settings.LANGUAGE_CODE) if closings else ""
    return rules.Facts(
        now=now,
        zone=settings.SMILE.zone,
        open=tuple(openings(found, policy, *window)),
        taken=_spans(found["taken"]),
        closed=tuple(((one.start, one.end), nouns.in_text(one.reason, language)) for one in closings),
        group=_group(policy, organisation),
        for_organisation=organisation is not None,
        member=rights.is_member(who, found["keeper"]),
        resident=policy.who == rules.RESIDENTS and has_home(who),
        keeps=rights.may_write(who, found["area"], found["keeper"]),
        open_now=had.open,
        minutes=had.minutes,
        room_for=found["room_for"],
    )


def _spans(text: str | None) -> tuple[Span, ...]:
    """Spans as the database writes them: Django's way of reading moments takes longer than the rest of the look."""
    if text is None:
        return ()
    found = [datetime.fromisoformat(one).astimezone(UTC) for one in _MOMENT.findall(text)]
    return tuple(zip(found[::2], found[1::2], strict=True))


def _group(policy: rules.Policy, organisation: int | None) -> str:
    """Who pays which fee; asked only where there are any."""
    if organisation is None:
        return rules.PERSON
    return rules.BUSINESS if policy.fees and kind_of(organisation) in _BUSINESSES else rules.CLUB


_MOMENT = re.compile(r'"([^"]+)"')
_BUSINESSES = ("business", "firm")
_COLUMNS = (
    "place", "root", "leaves", "room_for", "policy", "rules", "version", "visibility", "area", "keeper", "spot", "hours",
    "taken", "stale", "otherwise", "known",
)  # fmt: skip
# The claims come as one text of spans: JSON, and a list that other parts look into again, took half of the time.
# A closing of a part or of the whole closes what shares ground with it; an opening is for what lies below it.
_LOOK = f"""
SELECT t.place_id, coalesce(t.above[cardinality(t.above)], t.id), here.leaves, t.room_for, p.id, p.rules::text, p.version,
    n.visibility, n.area_id, n.keeper_id, n.geo->>'coordinates', l.opening_hours, near.taken, near.stale,
    (SELECT jsonb_agg(jsonb_build_object(
            'start', coalesce(lower(e.during), %(since)s),
            'end', coalesce(upper(e.during), %(now)s + interval '{openness.OPEN_ENDED.total_seconds():.0f} s'),
            'open', e.open, 'cause', e.cause, 'reason', e.reason) ORDER BY e.during)
     FROM places_exceptional e
     WHERE e.place_id = t.place_id AND e.ended_at IS NULL AND e.during && tstzrange(%(since)s, %(until)s)
       AND (e.unit_id IS NULL OR e.unit_id = t.id OR e.unit_id = ANY (t.above)
            OR (NOT e.open AND e.unit_id = ANY (t.below)))),
    (SELECT k.id FROM places_booking k WHERE k.key = %(key)s)
FROM places_unit t
JOIN places_policy p ON p.id = t.booked_by_id
JOIN places_place l ON l.noun_id = t.place_id
JOIN core_noun n ON n.id = t.place_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN t.leaves = '{{}}' THEN ARRAY[t.id] ELSE t.leaves END AS leaves,
        make_interval(mins => coalesce((p.rules->>'gap')::int, 0)) AS gap
) here
CROSS JOIN LATERAL (
    SELECT ARRAY(SELECT id FROM places_booking WHERE state = 'held' AND hold_until <= %(now)s) AS holds
) over
CROSS JOIN LATERAL (
    SELECT range_agg(c.during) FILTER (WHERE c.booking_id <> ALL (over.holds))::text AS taken,
        array_agg(c.booking_id) FILTER (WHERE c.booking_id = ANY (over.holds)) AS stale
    FROM unnest(here.leaves) AS leaf CROSS JOIN LATERAL (
        SELECT booking_id, during FROM places_claim
        WHERE unit_id = leaf AND during && tstzrange(%(near)s, %(far)s + here.gap)
          AND booking_id IS NOT NULL AND booking_id IS DISTINCT FROM %(besides)s OFFSET 0
    ) c
) near
WHERE t.id = %(unit)s
"""  # noqa: S608 - a number of ours
