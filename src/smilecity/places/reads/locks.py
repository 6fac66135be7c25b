# SPDX-License-Identifier: EUPL-1.2
"""What is known of boxes: which there are, what waits for them, and what they may be told."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from smilecity.core import clock, sealing
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Compartment, Controller, Exceptional, Grant, Handle, LockCommand
from smilecity.places.reads.opening import as_rule
from smilecity.places.reads.school import school
from smilecity.places.rules import openness
from smilecity.places.rules.locks import handles, lives, messages, signing
from smilecity.places.rules.locks.grants import carried
from smilecity.places.rules.openness import Span

AGAIN = timedelta(seconds=5)
"""A command of which nothing was heard is sent again after this, with the same id."""
MOST_AT_ONCE = 50


def secret_of(controller: Controller) -> bytes | None:
    """What signs both ways; None if it was sealed with another node's secret."""
    found = sealing.opened(bytes(controller.secret))
    return bytes.fromhex(found) if found else None


def is_at(key: str, connector: int) -> bool:
    """Whether the controller with this key speaks by this connector."""
    found = Controller.objects.filter(key=key, connector=connector, transport=Controller.MQTT, active=True)
    return found.exists()


def closed_because(compartment: Compartment) -> openness.Otherwise | str | None:
    """Why its place is closed now: the exceptional time, `hours`, or None if it is open."""
    now = clock.now()
    soon = now + timedelta(seconds=1)
    others = otherwise_at(compartment, (now, soon))
    if open_spans(compartment, (now, soon), others):
        return None
    return openness.why_closed(others, (now, soon)) or "hours"


def otherwise_at(compartment: Compartment, span: Span) -> list[openness.Otherwise]:
    """What is otherwise than the hours say at this door in this time."""
    rows = Exceptional.objects.filter(
        Q(unit=None) | Q(unit=compartment.unit_id), place=compartment.unit.place_id, during__overlap=span,
        ended_at=None,
    )  # fmt: skip
    return [as_rule(one) for one in rows.order_by("during", "id")]


def open_spans(compartment: Compartment, span: Span, others: Iterable[openness.Otherwise]) -> list[Span]:
    """When the place of this door is open in this time, if `others` is what is otherwise then."""
    place, said = compartment.unit.place, settings.SMILE
    spot = (place.noun.geo or {}).get("coordinates")
    position = (spot[0], spot[1]) if spot else None
    return openness.open_spans(
        place.opening_hours or "24/7", others, *span, said.zone, position, said.state, school=school()
    )


def closings_of(controller: Controller, since: datetime, until: datetime) -> list[dict[str, int]]:
    """What is closed exceptionally at its doors in this time, as the lock protocol says it; no `until`: for now."""
    rows = Exceptional.objects.filter(
        Q(unit=None) | Q(unit__compartment__controller=controller), place=controller.place_id, open=False,
        ended_at=None, during__overlap=(since, until),
    )  # fmt: skip
    found = []
    for one in rows.select_related("unit__compartment").order_by("during", "id"):
        said = {"from": messages.stamp(one.during.lower)}
        if one.during.upper is not None:
            said["until"] = messages.stamp(one.during.upper)
        if one.unit is not None:
            said["channel"] = one.unit.compartment.channel
        found.append(said)
    return found


def boxes_with_work(who: Who) -> list[tuple[int, str, str, int | None]]:
    """The controllers for which a command waits: id, key, transport and connector; for the node alone."""
    if not rights.may_let_go(who):
        return []
    open_ = LockCommand.objects.filter(_due()).values("controller")
    return list(
        Controller.objects.filter(id__in=open_, active=True)
        .order_by("id")
        .values_list("id", "key", "transport", "connector_id")
    )


def commands_due(who: Who, controller: int) -> list[tuple[LockCommand, dict[str, Any]]]:
    """What must be said to this controller now, in its order, signed; for the node alone.

    What a handle is checked by goes out wrapped for this controller, and is kept nowhere.
    """
    if not rights.may_let_go(who):
        return []
    found = LockCommand.objects.filter(_due(), controller=controller, controller__active=True)
    rows = list(found.select_related("controller", "grant").order_by("counter")[:MOST_AT_ONCE])
    secret = secret_of(rows[0].controller) if rows else None
    if secret is None:
        return []
    verifiers = verifiers_of([one.grant for one in rows if one.grant and one.what == messages.INSTALL])
    said = []
    for one in rows:
        body = dict(one.body["said"])
        if one.what == messages.INSTALL:
            if one.grant is None or one.grant.version != body["version"]:
                continue  # meanwhile there is a newer one, and its own command
            kept = verifiers[one.grant.id]
            body["handles"] = [
                {**each, "secret": handles.wrapped(secret, text, each["handle"])} for each, text in kept
            ]
        made = messages.command(
            one.controller.key, one.id, one.counter or 0, one.what, body,
            nonce=one.body["nonce"], issued=one.made_at, expires=one.expires_at,
        )  # fmt: skip
        said.append((one, signing.signed(secret, made)))
    return said


def verifiers_of(grants: list[Grant]) -> dict[int, list[tuple[dict[str, Any], bytes]]]:
    """Of each grant by what it is opened without the node: the person's handles that are good, and its own."""
    now = clock.now()
    accounts = {one.account_id for one in grants if one.account_id}
    own = {one.handle_id for one in grants if one.handle_id}
    until = _carried(grants)
    good = list(
        Handle.objects.filter(Q(account__in=accounts) | Q(id__in=own), lost_at=None)
        .exclude(ends_at__lte=now)
        .order_by("id")
    )
    return {
        grant.id: [
            told
            for one in good
            if one.id == grant.handle_id
            or (one.account_id and one.account_id == grant.account_id and grant.id in until)
            if (told := _verifier(one, until.get(grant.id))) is not None
        ]
        for grant in grants
    }


def _carried(grants: list[Grant]) -> dict[int, datetime]:
    """Until when each of these grants carries its person's handles, beside their others for the same doors."""
    accounts = {one.account_id for one in grants if one.account_id}
    rows = Grant.objects.filter(
        account__in=accounts, compartment__in={one.compartment_id for one in grants},
        state__in=(Grant.WANTED, Grant.INSTALLED),
    ).exclude(uses_left=0)  # fmt: skip
    by_door: dict[tuple[int | None, int], dict[int, Span]] = defaultdict(dict)
    for one in rows if accounts else ():
        by_door[one.account_id, one.compartment_id][one.id] = (one.during.lower, one.during.upper)
    return {number: end for spans in by_door.values() for number, end in carried(spans).items()}


def _verifier(handle: Handle, until: datetime | None) -> tuple[dict[str, Any], bytes] | None:
    """How the controller knows it, and until when by this grant: what may be read by all, and what not."""
    said: dict[str, Any] = {"handle": handle.handle, "kind": handle.kind}
    ends = min((one for one in (handle.ends_at, until) if one is not None), default=None)
    if ends is not None:
        said["until"] = messages.stamp(ends)
    codes = handle.kind == Handle.CODES
    text = sealing.opened(bytes(handle.seed if codes else handle.digest))
    if not text:
        return None
    return ({**said, "after": handle.counter} if codes else said), bytes.fromhex(text)


def _due() -> Q:
    now = clock.now()
    again = Q(state=lives.SENT, sent_at__lt=now - AGAIN)
    return (Q(state=lives.WAITING) | again) & Q(expires_at__gt=now)
