# SPDX-License-Identifier: EUPL-1.2
"""The reconciler: compares the grants that we want with those the controller last told, and says what is missing.

It knows no history: whatever got lost, doubled or forgotten, the next comparison finds it.
"""

from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.places import facts, rights
from smilecity.places.actions.locks import commanding
from smilecity.places.models import Controller, Grant
from smilecity.places.reads import locks as reads
from smilecity.places.rules.locks import grants as rules
from smilecity.places.rules.locks import lives, messages

AHEAD = timedelta(days=7)
"""So long before its time a grant is put in, for boxes that are seldom heard."""
AGAIN = timedelta(seconds=30)
"""What was sent and not answered for so long is said anew, under a new number."""
SILENT = timedelta(minutes=10)
"""A box that said nothing for so long is told nothing: commands for it would only expire."""
DRIFT_SECONDS = 20
MOST_AT_ONCE = 50


def converge(who: Who) -> int:
    """Compare every active controller, each in a transaction of its own; returns how many. For the node's clock.

    Lock: each controller's row.
    """
    if not rights.may_let_go(who):
        raise Refusal("locks.not-yours", _("Das tut der Knoten selbst."), status=403)
    boxes = list(Controller.objects.filter(active=True).order_by("id").values_list("id", flat=True))
    for one in boxes:
        with transaction.atomic():
            compare(commanding.locked(one))
    return len(boxes)


def compare(box: Controller) -> None:
    """Bring grants to where the newest state puts them, and make the commands that are missing.

    The caller holds the controller's row.
    """
    commanding.expire(box)
    live = _settled(box)
    now = clock.now()
    if not box.active or box.reported_at is None or box.reported_at < now - SILENT:
        return  # what it holds is not known; at its next word it is compared again
    wanted = {
        one.id: one.version
        for one in live
        if one.state in (Grant.WANTED, Grant.INSTALLED) and _starts(one) < now + AHEAD
    }
    gone = {one.id: one.version for one in live if one.state == Grant.REVOKING}
    missing = lives.difference(wanted, gone, held(box))
    _set_time(box)
    _set_limits(box)
    _ask_for(box, missing, {one.id: one for one in live})


def held(box: Controller) -> dict[int, int]:
    """The grants and their versions that the controller told last."""
    return {int(one): version for one, version in box.reported.get("grants", {}).items()}


def _starts(grant: Grant) -> datetime:
    return cast("datetime", grant.during.lower)


def _settled(box: Controller) -> list[Grant]:
    """The grants that matter, each moved to where it stands by the newest state."""
    there, now = held(box), clock.now()
    open_ = Q(state__in=(Grant.WANTED, Grant.INSTALLED, Grant.REVOKING))
    rows = Grant.objects.select_related("compartment__unit__place__noun").filter(compartment__controller=box)
    found = list(rows.filter(open_ | Q(id__in=list(there))).order_by("id"))
    undone = _undone(box) if any(one.state == Grant.REVOKING for one in found) else {}
    for one in found:
        state = lives.grant_after(
            one.state, one.version, there.get(one.id),
            undone=one.id not in undone or undone[one.id] >= one.version,
            over=one.during.upper is not None and one.during.upper <= now,
        )  # fmt: skip
        if state != one.state or one.acknowledged != there.get(one.id, 0):
            _move(box, one, state, there.get(one.id, 0))
    return found


def _undone(box: Controller) -> dict[int, int]:
    """Of the grants that this controller was ever told of: the version it has confirmed to be out, 0 for none."""
    told = box.commands.filter(what__in=(messages.INSTALL, messages.REVOKE), grant__isnull=False)
    open_ = told.filter(grant__state__in=(Grant.WANTED, Grant.INSTALLED, Grant.REVOKING))
    found: dict[int, int] = {}
    for grant, what, state, body in open_.values_list("grant_id", "what", "state", "body"):
        assert grant is not None
        out = body["said"]["version"] if what == messages.REVOKE and state == lives.DONE else 0
        found[grant] = max(found.get(grant, 0), out)
    return found


def _move(box: Controller, grant: Grant, state: str, acknowledged: int) -> None:
    moved = state != grant.state
    grant.state, grant.acknowledged = state, acknowledged
    if moved:
        grant.changed_at = clock.now()
    grant.save(update_fields=["state", "acknowledged", "changed_at"])
    if moved:
        log.append(
            NODE, facts.GRANT_CHANGED, about=[box.place_id, box.id, grant.id],
            data={"grant": grant.id, "state": state},
        )  # fmt: skip


def _ask_for(box: Controller, missing: lives.Difference, grants: dict[int, Grant]) -> None:
    pending = _pending(box) if missing.revoke or missing.install else set()
    room = MOST_AT_ONCE
    for number, version in missing.revoke:
        if (messages.REVOKE, number, version) not in pending and room:
            said = {"grant": number, "version": version}
            commanding.make(NODE, box, messages.REVOKE, said, grant=grants.get(number))
            room -= 1
    for number in missing.install:
        one = grants[number]
        if (messages.INSTALL, number, one.version) not in pending and room:
            commanding.make(
                NODE, box, messages.INSTALL, _said(box, one), grant=one, compartment=one.compartment
            )
            room -= 1


def _pending(box: Controller) -> set[tuple[str, int, int]]:
    """What was said lately, and need not be said again yet; what stays unanswered, or has a newer one, is let go.

    An answer counts for a while as well: a box that refuses, or says done and does not do it, is not asked in a circle.
    What it answered before it last started it does not remember: that is said anew at once.
    """
    recent = clock.now() - AGAIN
    lately = _remembered(box) & Q(state__in=(lives.REFUSED, lives.DONE), changed_at__gt=recent)
    about = box.commands.select_related("grant").filter(what__in=(messages.INSTALL, messages.REVOKE))
    found, stale = set(), []
    for one in about.filter(Q(state__in=lives.OPEN) | lately):
        said = one.body["said"]
        unanswered = one.state in (lives.SENT, lives.RECEIVED) and one.made_at < recent
        if unanswered or (one.grant is not None and one.grant.version != said["version"]):
            stale.append(one.id)
        else:
            found.add((one.what, said["grant"], said["version"]))
    if stale:
        commanding.move(box.commands.filter(id__in=stale, state__in=lives.OPEN), lives.EXPIRED, "anew")
    return found


def _remembered(box: Controller) -> Q:
    """Commands since the box last started."""
    return Q(counter__gt=box.reported.get("since", 0))


def _said(box: Controller, grant: Grant) -> dict[str, object]:
    """What the controller is told of a grant; by what it is opened is added on the way out, and kept nowhere."""
    known = _open(box, grant)
    said: dict[str, object] = {
        **({} if known is None else {"open": known}),
        "grant": grant.id,
        "version": grant.version,
        "channel": grant.compartment.channel,
        "from": messages.stamp(grant.during.lower),
        "until": messages.stamp(grant.during.upper),
    }
    return said if grant.uses_left is None else {**said, "uses": grant.uses_left}


def _open(box: Controller, grant: Grant) -> list[list[int]] | None:
    """When handles open by this grant, as far as is known now; None for those who must get in at any time.

    What is closed exceptionally the controller learns by its limits; one that knows none is told the hours without it.
    """
    if grant.why in rules.AFTER_HOURS:
        return None
    span = grant.during.lower, min(grant.during.upper, grant.during.lower + rules.KNOWN_AHEAD)
    others = reads.otherwise_at(grant.compartment, span)
    if _knows_limits(box):
        others = [one for one in others if one.open]
    found = reads.open_spans(grant.compartment, span, others)
    return [[messages.stamp(start), messages.stamp(end)] for start, end in found]


def _set_limits(box: Controller) -> None:
    """Tell it what is closed, so that it refuses by itself; said anew until it reports this version."""
    if not _knows_limits(box):
        return
    closed = reads.closings_of(box, clock.now(), clock.now() + AHEAD)
    if closed != box.limits.get("closed", []):
        box.limits = {"version": box.limits.get("version", 0) + 1, "closed": closed}
        box.save(update_fields=["limits"])
    version, recent = box.limits.get("version", 0), clock.now() - AGAIN
    asked = box.commands.filter(what=messages.LIMITS, body__said__version=version, made_at__gt=recent)
    if box.reported["limits"] != version and not asked.filter(_remembered(box)).exists():
        said = {"version": version, "closed": box.limits.get("closed", [])}
        commanding.make(NODE, box, messages.LIMITS, said)


def _knows_limits(box: Controller) -> bool:
    return box.reported.get("limits") is not None


def _set_time(box: Controller) -> None:
    """Set its clock if it is wrong; bound to the nonce of its newest state, so that a held-back one sets nothing."""
    told, nonce = box.reported.get("drift"), box.reported.get("nonce")
    if nonce is None or (told is not None and abs(told) <= DRIFT_SECONDS):
        return
    asked = box.commands.filter(what=messages.SET_TIME, body__said__nonce=nonce).exists()
    if not asked:
        commanding.make(NODE, box, messages.SET_TIME, {"nonce": nonce})
