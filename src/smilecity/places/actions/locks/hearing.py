# SPDX-License-Identifier: EUPL-1.2
"""What a controller reports. Its signature is the proof; nothing is believed that it did not say."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places import facts
from smilecity.places.actions.locks import commanding, converging
from smilecity.places.models import Access, Compartment, Controller, Grant, Handle
from smilecity.places.reads.locks import secret_of
from smilecity.places.rules.locks import lives, messages, signing
from smilecity.places.rules.locks.messages import Answer, Event, Report, State

MOST_AT_ONCE = 100
SKEW = timedelta(minutes=5)


def take_report(controller: str, message: Mapping[str, Any]) -> bool:
    """Take one report of the controller with this key; False if it is one that may have been taken before.

    Taken twice it does what it did once. Refused are what is not signed by this controller, what is no report, and
    what is so old that it can only be a replay. Lock: the controller's row.
    """
    return take_reports(controller, [message])


def take_reports(controller: str, told: Sequence[Mapping[str, Any]]) -> bool:
    """All of them or, if one is forged, none; whether one of them was new. Lock: the controller's row."""
    if len(told) > MOST_AT_ONCE:
        raise Refusal("lock.too-many", f"At most {MOST_AT_ONCE} messages at once.", status=413)
    with transaction.atomic():
        box = _known(controller)
        read = [_read(box, one) for one in told]
        found = [_take(box, report, said) for report, said in read]
        if any(one != lives.REPLAYED for one in found):  # a state that an event overtook is news as well
            converging.compare(box)
        return lives.NEW in found


def _known(key: str) -> Controller:
    found = Controller.objects.select_for_update().filter(key=key, active=True).first()
    if found is None:
        raise forged()
    return found


def forged() -> Refusal:
    """The one refusal of an unknown controller and of a wrong signature: nobody learns which boxes there are."""
    return Refusal(
        "lock.forged", "No controller of this node has signed this.", status=401,
        cure="Check the controller's key and its secret.",
    )  # fmt: skip


def _read(box: Controller, message: Mapping[str, Any]) -> tuple[Report, Answer | State | Event]:
    secret = secret_of(box)
    if secret is None or not signing.is_signed(secret, message):
        raise forged()
    report, said = messages.read_report(message)
    if report.controller != box.key:
        raise forged()
    return report, said


def _take(box: Controller, report: Report, said: Answer | State | Event) -> str:
    """How fresh it is; what is no replay is believed."""
    found = lives.freshness(box.heard_counter, report.counter)
    if found == lives.REPLAYED:
        return found
    if isinstance(said, State):
        _take_state(box, report, said)
    elif isinstance(said, Event):
        _take_event(box, report, said)
    else:
        commands = box.commands.filter(id=said.command)
        for one in commanding.move(commands, report.kind, said.reason):
            commanding.tell(box, one)
    if found == lives.NEW:
        box.heard_counter = report.counter
        box.save(update_fields=["heard_counter"])
    return found


def _take_state(box: Controller, report: Report, said: State) -> None:
    """The newest state is what we know; one that was overtaken says nothing any more."""
    if report.counter <= box.reported.get("counter", 0):
        return
    now, since = clock.now(), box.reported.get("since", 0)
    if box.boot and said.boot != box.boot:  # what was on its way to it is lost with its memory
        since = box.counter
        lost = box.commands.filter(state__in=(lives.SENT, lives.RECEIVED))
        for one in commanding.move(lost, lives.EXPIRED, "restarted"):
            commanding.tell(box, one)
    told = None if said.time is None else said.time - messages.stamp(now)
    box.boot, box.reported_at = said.boot, now
    box.reported = {
        "counter": report.counter,
        "since": since,
        "grants": {str(one): version for one, version in said.grants.items()},
        "nonce": said.nonce,
        "drift": told,
        "limits": said.limits,
        "battery": said.battery,
    }
    box.save(update_fields=["boot", "reported", "reported_at"])
    _take_doors(box, said)


def _take_doors(box: Controller, said: State) -> None:
    changed = []
    for one in box.compartments.order_by("id"):
        before = one.door, one.lock
        one.door = said.doors.get(one.channel, "unknown")
        one.lock = said.locks.get(one.channel, "unknown")
        if (one.door, one.lock) != before:
            one.save(update_fields=["door", "lock"])
            changed.append(one.id)
    box.compartments.update(reported_at=box.reported_at)
    if changed:
        about, data = [box.place_id, box.id, *changed], {"compartments": changed}
        log.append(NODE, facts.DOORS_REPORTED, about=about, data=data)


def _take_event(box: Controller, report: Report, said: Event) -> None:
    """One line of the access log, once; what is used up is counted with it."""
    channel = box.compartments.filter(channel=said.channel).first() if said.channel is not None else None
    grant = Grant.objects.filter(id=said.grant or 0, compartment__controller=box).first()
    handle = Handle.objects.filter(handle=said.handle).first() if said.handle else None
    line, new = Access.objects.get_or_create(
        controller=box,
        counter=report.counter,
        defaults={
            "compartment": channel,
            "grant": grant,
            "at": _when(said),
            "what": said.what,
            "by": f"handle/{handle.id}" if handle else f"grant/{grant.id}" if grant else "",
            "data": {"step": said.step} if said.step is not None else {},
        },
    )
    if not new:
        return
    if said.what == "unlocked" and grant is not None and grant.uses_left:
        Grant.objects.filter(id=grant.id, uses_left__gt=0).update(uses_left=F("uses_left") - 1)
    if said.what == "code-used" and handle is not None and said.step is not None:
        _note_step(handle, said.step)
    _tell_event(box, line, channel, grant)


def _note_step(handle: Handle, step: int) -> None:
    """The last one-time code that was used, so that a box that is given this handle anew knows it."""
    Handle.objects.filter(id=handle.id, counter__lt=step).update(counter=step)


def _when(said: Event) -> Any:
    """When it happened by the controller's clock; by ours, if that clock cannot be right."""
    now, told = clock.now(), messages.moment_of(said.at)
    return told if told is not None and told <= now + SKEW else now


def _tell_event(box: Controller, line: Access, channel: Compartment | None, grant: Grant | None) -> None:
    about = [box.place_id, *(one.id for one in (box, channel, grant) if one is not None)]
    data = {"what": line.what, "access": line.id, "compartment": channel.id if channel else None,
            "grant": grant.id if grant else None}  # fmt: skip
    log.append(NODE, facts.DOOR_REPORTED, about=about, data=data)
