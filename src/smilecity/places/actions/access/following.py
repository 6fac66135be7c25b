# SPDX-License-Identifier: EUPL-1.2
"""Grants follow what clubs hold and allow, what they have booked, and when the place is open.

It knows no history: whatever changed, the next comparison finds it, as the reconciler does with the box.
"""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people.reads import who_is
from smilecity.places import rights
from smilecity.places.actions import locks
from smilecity.places.actions.locks import commanding
from smilecity.places.models import (
    Booking,
    Compartment,
    Controller,
    Entrusted,
    Grant,
    Handle,
    Keyholder,
    Permit,
)
from smilecity.places.reads import locks as reads
from smilecity.places.rules import access as rules
from smilecity.places.rules.booking.times import Span

AHEAD = timedelta(days=9)
"""So far ahead there are grants; boxes are told of those of the next week."""
BACK = timedelta(days=14)
"""What began so long ago may still last: its beginning stays as it was."""
LIVE = (Grant.WANTED, Grant.INSTALLED)


def follow_access(who: Who) -> int:
    """Bring the grants of all keyholders to what they should be now; how many boxes. For the node's clock.

    Lock: each controller's row, in a transaction of its own.
    """
    if not rights.may_let_go(who):
        raise Refusal("access.not-yours", _("Das tut der Knoten selbst."), status=403)
    boxes = Controller.objects.filter(active=True, compartments__entrusted__isnull=False).distinct()
    numbers = list(boxes.order_by("id").values_list("id", flat=True))
    for one in numbers:
        with transaction.atomic():
            follow(commanding.locked(one))
    return len(numbers)


def follow_all(boxes: Iterable[int]) -> list[Controller]:
    """The same for these boxes, in the caller's transaction. Lock: the controllers' rows, in order of id."""
    held = [commanding.locked(one) for one in sorted(set(boxes))]
    for one in held:
        follow(one)
    return held


def follow(box: Controller) -> None:
    """The same for one box, whose row the caller holds."""
    now = clock.now()
    wanted = _wanted(box, now) if box.active else {}
    there: dict[tuple[int, int], dict[int, Span]] = defaultdict(dict)
    rows = Grant.objects.filter(compartment__controller=box, state__in=LIVE, stands_for=None)
    for one in rows.filter(why="trainer", during__endswith__gt=now).exclude(keyholder=None):
        assert one.keyholder_id is not None
        there[one.keyholder_id, one.compartment_id][one.id] = (one.during.lower, one.during.upper)
    for pair in sorted({*wanted, *there}):
        holder, spans = wanted.get(pair, (None, []))
        gone, missing = rules.difference(spans, there[pair])
        for number in gone:
            locks.revoke_grant(NODE, number)
        for span in missing:
            assert holder is not None
            _wish(holder, pair[1], span)


def _wish(holder: Keyholder, compartment: int, span: Span) -> None:
    """A card that two clubs let in at the same time has one grant of them: the first."""
    with suppress(Refusal):
        locks.wish_grant(
            NODE, compartment, span, "trainer", account=holder.account_id, organisation=holder.organisation_id,
            handle=holder.handle_id, keyholder=holder.id,
        )  # fmt: skip


def _wanted(box: Controller, now: datetime) -> dict[tuple[int, int], tuple[Keyholder, list[Span]]]:
    """By keyholder and compartment, the times in which they may open, of those that are not over."""
    zone = settings.SMILE.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    between = midnight - BACK, midnight + AHEAD
    held = _held(box, between)
    if not held:
        return {}
    permits = _permits([one.id for every in held.values() for one in every])
    booked = _booked(box, between, {one.entrusted.organisation_id for one in permits})
    asked: dict[tuple[int, int], list[Span]] = defaultdict(list)
    holders = {one.keyholder_id: one.keyholder for one in permits}
    for one in permits:
        own = held[one.entrusted.compartment_id, one.entrusted.organisation_id]
        times = rules.spans(when_of(one), booked[one.entrusted.organisation_id], between, zone)
        pair = one.keyholder_id, one.entrusted.compartment_id
        asked[pair] += rules.allowed(times, (_during(each, between) for each in own))
    open_ = _open(box, {compartment for compartment, _club in held}, between)
    return {
        pair: (holders[pair[0]], [one for one in rules.allowed(spans, open_[pair[1]]) if one[1] > now])
        for pair, spans in asked.items()
    }


def _held(box: Controller, between: Span) -> dict[tuple[int, int], list[Entrusted]]:
    """By compartment and club, what is entrusted."""
    rows = Entrusted.objects.filter(compartment__controller=box, ended_at=None, during__overlap=between)
    found: dict[tuple[int, int], list[Entrusted]] = defaultdict(list)
    for one in rows.order_by("id"):
        found[one.compartment_id, one.organisation_id].append(one)
    return found


def _permits(entrusted: list[int]) -> list[Permit]:
    """Those of keyholders who are still let in: with a card that is good, or an account that still trains there."""
    now = clock.now()
    good = Handle.objects.filter(lost_at=None).exclude(ends_at__lte=now)
    rows = Permit.objects.select_related("keyholder", "entrusted").filter(
        Q(keyholder__account__is_active=True) | Q(keyholder__handle__in=good),
        entrusted__in=entrusted, ended_at=None, keyholder__ended_at=None,
    )  # fmt: skip
    found = list(rows.order_by("id"))
    pairs = {(one.keyholder.account_id, one.keyholder.organisation_id) for one in found}
    accounts = get_user_model().objects.in_bulk([account for account, _club in pairs if account is not None])
    known = {number: who_is(account) for number, account in accounts.items()}
    trains = {
        (account, club)
        for account, club in pairs
        if account is None or rights.trains_for(known[account], club)
    }
    return [one for one in found if (one.keyholder.account_id, one.keyholder.organisation_id) in trains]


def _booked(box: Controller, between: Span, clubs: set[int]) -> dict[int, list[Span]]:
    """By club, what it has booked at the place of the box."""
    rows = Booking.objects.filter(
        unit__place=box.place_id, organisation__in=clubs, state__in=(Booking.BOOKED, Booking.USED),
        during__overlap=between,
    )  # fmt: skip
    found: dict[int, list[Span]] = defaultdict(list)
    for club, during in rows.order_by("during", "id").values_list("organisation", "during"):
        assert club is not None
        found[club].append((during.lower, during.upper))
    return found


def _open(box: Controller, compartments: set[int], between: Span) -> dict[int, list[Span]]:
    """By compartment, when the place is open."""
    rows = Compartment.objects.select_related("unit__place__noun").filter(id__in=compartments)
    return {one.id: reads.open_spans(one, between, reads.otherwise_at(one, between)) for one in rows}


def _during(one: Entrusted, between: Span) -> Span:
    return max(one.during.lower, between[0]), min(one.during.upper, between[1])


def when_of(permit: Permit) -> rules.When:
    """The permit as the rules know it."""
    return rules.When(
        permit.kind,
        permit.first,
        permit.last,
        tuple(permit.weekdays),
        permit.starts,
        permit.ends,
        permit.lead,
    )
