# SPDX-License-Identifier: EUPL-1.2
"""Wishes to open or to lock a door, now. What becomes of them only the controller says."""

from datetime import UTC

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.actions.locks import commanding, converging
from smilecity.places.models import Access, Compartment, Controller, Grant, LockCommand
from smilecity.places.reads import locks as reads
from smilecity.places.rules.locks import grants as rules
from smilecity.places.rules.locks import messages


def ask_unlock(who: Who, grant: int) -> LockCommand:
    """Ask the controller to open by this grant; it holds for half a minute, then nothing opens any more.

    The grant must be one that the controller has acknowledged in just this version, its time must be now, and the
    place open. A wish that is still on its way is answered with itself. Lock: the controller's row.
    """
    with transaction.atomic():
        found = _grant(grant)
        there = found.compartment
        noun = there.unit.place.noun
        if not rights.may_open(who, noun.area_id, noun.keeper_id, found.account_id):
            raise Refusal("grant.unknown", _("Diese Freigabe gibt es nicht."), status=404)
        box = commanding.locked(there.controller_id)
        # A place that has just opened again: the box learns it before it is asked to open.
        converging.compare(box)
        found = _grant(grant)
        _must_open(box, found)
        commanding.expire(box)
        waiting = box.commands.filter(
            grant=found, what=messages.UNLOCK, state__in=("waiting", "sent", "received")
        )
        if (known := waiting.first()) is not None:
            return known
        said = {"grant": found.id, "channel": there.channel, "seconds": messages.OPEN_SECONDS}
        made = commanding.make(
            who, box, messages.UNLOCK, said, compartment=there, grant=found, seconds=messages.UNLOCK_SECONDS
        )
        _note(who, box, there, "asked-unlock", found)
        return made


def ask_lock(who: Who, compartment: int) -> LockCommand:
    """Ask the controller to lock a door: always possible, for who keeps the place and for who may open it now.

    Lock: the controller's row.
    """
    with transaction.atomic():
        there = Compartment.objects.select_related("unit__place__noun").filter(id=compartment).first()
        if there is None or not (_keeps(who, there) or _has_grant(who, there)):
            raise Refusal("compartment.unknown", _("Dieses Fach gibt es nicht."), status=404)
        box = commanding.locked(there.controller_id)
        made = commanding.make(who, box, messages.LOCK, {"channel": there.channel}, compartment=there)
        _note(who, box, there, "asked-lock")
        return made


def _grant(number: int) -> Grant:
    found = Grant.objects.select_related("compartment__unit__place__noun").filter(id=number).first()
    if found is None:
        raise Refusal("grant.unknown", _("Diese Freigabe gibt es nicht."), status=404)
    return found


def _must_open(box: Controller, grant: Grant) -> None:
    """Refuse what the controller would refuse, and say what to do."""
    now = clock.now()
    if grant.state in (Grant.REVOKING, Grant.REVOKED, Grant.ENDED) or now >= grant.during.upper:
        raise Refusal("grant.over", _("Diese Freigabe gilt nicht mehr."), status=409)
    if now < grant.during.lower:
        raise Refusal("grant.not-yet", _("Ihre Zeit hat noch nicht begonnen."), status=409)
    if grant.uses_left == 0:
        raise Refusal("grant.used-up", _("Diese Freigabe ist verbraucht."), status=409)
    told = box.reported.get("grants", {}).get(str(grant.id))
    if not box.active or grant.state != Grant.INSTALLED or told != grant.version:
        raise Refusal(
            "grant.not-there", _("Die Box weiß noch nichts von Ihrer Freigabe."), status=409,
            cure=_("Warten Sie einen Moment und versuchen Sie es noch einmal. Antwortet die Box länger nicht, "
                   "hat sie gerade kein Netz."),
        )  # fmt: skip
    _must_be_open(grant)


def _must_be_open(grant: Grant) -> None:
    closed = None if grant.why in rules.AFTER_HOURS else reads.closed_because(grant.compartment)
    if closed is None:
        return
    cause = closed if isinstance(closed, str) else closed.cause
    raise Refusal(
        f"place.closed.{cause}", _("Der Ort ist gerade geschlossen, darum öffnet die Box nicht."), status=409,
        cure=_("Die Seite des Ortes sagt, warum und bis wann."),
    )  # fmt: skip


def _keeps(who: Who, there: Compartment) -> bool:
    noun = there.unit.place.noun
    return rights.may_write(who, noun.area_id, noun.keeper_id)


def _has_grant(who: Who, there: Compartment) -> bool:
    now = clock.now().astimezone(UTC)
    live = (Grant.WANTED, Grant.INSTALLED, Grant.REVOKING)
    mine = there.grants.filter(account=who.account, state__in=live, during__contains=now)
    return who.account is not None and mine.exists()


def _note(who: Who, box: Controller, there: Compartment, what: str, grant: Grant | None = None) -> None:
    Access.objects.create(
        controller=box, compartment=there, grant=grant, at=clock.now(), what=what, by=who.label
    )
