# SPDX-License-Identifier: EUPL-1.2
"""A club's people register whom they let in, and say when; and lock at once who has lost a card."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people.reads import who_is
from smilecity.places import facts, rights
from smilecity.places.actions import locks
from smilecity.places.actions.access.following import follow_all
from smilecity.places.actions.lending.borrowing import good_handle
from smilecity.places.actions.locks import commanding
from smilecity.places.models import Controller, Entrusted, Grant, Handle, Keyholder, Permit
from smilecity.places.rules import access as rules
from smilecity.places.rules.booking.times import day_span, overlaps


@dataclass(frozen=True, slots=True)
class Locked:
    """Who is let in no more, and the boxes that must still learn it."""

    keyholder: Keyholder
    boxes: list[Controller]


def register(who: Who, organisation: int, whom: str, name: str = "") -> Keyholder:
    """A trainer of the club by their e-mail address, or a card or PIN by its number; one who is registered stays so.

    By those who work for the club. Whether an address has an account is told to nobody. Lock: the rows, by the
    constraint that each is there once.
    """
    if not rights.may_let_in(who, organisation):
        raise Refusal("access.not-yours", _("Das tun die, die für den Verein arbeiten."), status=403)
    said = " ".join(name.replace("\0", "").split())
    if len(said) > rules.NAME_LENGTH:
        raise Refusal("access.name", _("Ein Name hat höchstens 80 Zeichen."), field="name", status=422)
    account, handle = _whom(organisation, whom.strip().replace("\0", ""))
    with transaction.atomic():
        whose: dict[str, Any] = {"handle": handle} if account is None else {"account_id": account}
        found, new = Keyholder.objects.get_or_create(
            organisation_id=organisation, ended_at=None, **whose, defaults={"name": said, "by": who.label}
        )
        if not new and said and found.name != said:
            found.name = said
            found.save(update_fields=["name"])
        if new:
            log.append(
                who, facts.KEYHOLDER_KEPT, about=[organisation, found.id], data={"keyholder": found.id}
            )
        return found


def enter(who: Who, entrusted: int, whom: str, name: str, when: rules.When) -> Permit:
    """Register whom the club lets in at this door, and say when; both, or nothing. By and lock: as these two."""
    with transaction.atomic():
        own = Entrusted.objects.filter(id=entrusted, ended_at=None).first()
        if own is None:
            raise Refusal("access.unknown", _("Das ist Ihrem Verein nicht anvertraut."), status=404)
        return let_in(who, register(who, own.organisation_id, whom, name).id, own.id, when)


def let_in(who: Who, keyholder: int, entrusted: int, when: rules.When) -> Permit:
    """A keyholder may open what is entrusted to their club, then. What the club does not have it cannot give.

    By those who work for the club. Lock: the controller's row.
    """
    with transaction.atomic():
        holder = Keyholder.objects.filter(id=keyholder, ended_at=None).first()
        own = Entrusted.objects.select_related("compartment").filter(id=entrusted, ended_at=None).first()
        if (
            holder is None or own is None or holder.organisation_id != own.organisation_id
            or not rights.may_let_in(who, own.organisation_id)
        ):  # fmt: skip
            raise Refusal("access.unknown", _("Das ist Ihrem Verein nicht anvertraut."), status=404)
        said = rules.checked(when)
        _must_meet(said, own)
        made = Permit.objects.create(
            keyholder=holder, entrusted=own, kind=said.kind, weekdays=list(said.weekdays), starts=said.starts,
            ends=said.ends, lead=said.lead, first=said.first, last=said.last, by=who.label,
        )  # fmt: skip
        log.append(
            who, facts.PERMIT_KEPT, about=[own.organisation_id, holder.id, own.id],
            data={"permit": made.id, **({"account": holder.account_id} if holder.account_id else {})},
        )  # fmt: skip
        follow_all([own.compartment.controller_id])
        return made


def end_permit(who: Who, permit: int) -> Permit:
    """Not at these times any more. By those who work for the club. Lock: the row, then the controller's."""
    with transaction.atomic():
        rows = Permit.objects.select_for_update(of=("self",)).select_related("entrusted__compartment")
        found = rows.filter(id=permit).first()
        if found is None or not rights.may_let_in(who, found.entrusted.organisation_id):
            raise Refusal("access.unknown", _("Diese Zeit gibt es nicht."), status=404)
        own = found.entrusted
        if found.ended_at is None:
            found.ended_at = clock.now()
            found.save(update_fields=["ended_at"])
            about = [own.organisation_id, found.keyholder_id, own.id]
            log.append(who, facts.PERMIT_ENDED, about=about, data={"permit": found.id})
            follow_all([own.compartment.controller_id])
        return found


def dismiss(who: Who, keyholder: int) -> Locked:
    """The club lets this person in no more, from now on. By those who work for the club, and by the city's clerks.

    Lock: the row, then the rows of the controllers concerned, in order of id.
    """
    with transaction.atomic():
        found = _own(who, keyholder)
        if found.ended_at is None:
            found.ended_at = clock.now()
            found.save(update_fields=["ended_at"])
            about = [found.organisation_id, found.id]
            log.append(who, facts.KEYHOLDER_ENDED, about=about, data={"keyholder": found.id})
        return Locked(found, follow_all(_boxes(found)))


def lose_key(who: Who, keyholder: int) -> Locked:
    """The keyholder's card, PIN or codes are lost: they open nothing from now on. Who has an account keeps the phone.

    By those who work for the club, by the keyholder, and by the city's clerks. Lock: as `dismiss`.
    """
    with transaction.atomic():
        found = _own(who, keyholder)
        own = Handle.objects.filter(account=found.account_id) if found.account_id else Handle.objects.none()
        numbers = [found.handle_id] if found.handle_id else list(own.values_list("id", flat=True))
        boxes = [commanding.locked(one) for one in _boxes(found)]  # all of them, before any is taken alone
        for one in sorted(numbers):
            locks.lose_handle(NODE, one)
        return Locked(found, boxes)


def _own(who: Who, keyholder: int) -> Keyholder:
    """The keyholder, held, for who may lock them."""
    found = Keyholder.objects.select_for_update().filter(id=keyholder).first()
    if found is None or not rights.may_lock_out(who, found.organisation_id, found.account_id):
        raise Refusal("access.unknown", _("Diese Person ist hier nicht eingetragen."), status=404)
    return found


def _boxes(holder: Keyholder) -> list[int]:
    """Where they are let in, or open by what they have; in order of id."""
    live = Grant.objects.filter(state__in=(Grant.WANTED, Grant.INSTALLED))
    mine = (
        live.filter(account=holder.account_id) if holder.account_id else live.filter(handle=holder.handle_id)
    )
    let_in = Q(compartments__entrusted__permits__keyholder=holder) | Q(compartments__grants__in=mine)
    return sorted(set(Controller.objects.filter(let_in).values_list("id", flat=True)))


def _whom(organisation: int, whom: str) -> tuple[int | None, Handle | None]:
    """The account or the card that is meant."""
    if "@" not in whom:
        card = good_handle(whom)
        if card.account_id is not None:
            raise Refusal("handle.not-good", _("Diese Nummer gilt nicht."), field="whom", status=422)
        return None, card
    account = get_user_model().objects.filter(email=whom.lower(), is_active=True).first()
    if account is None or not rights.trains_for(who_is(account), organisation):
        raise Refusal(
            "access.no-trainer",
            _("Niemand mit dieser Adresse ist für Ihren Verein als Trainerin oder Trainer eingetragen."),
            field="whom", status=422,
            cure=_("Die Rolle gibt die Stadt. Prüfen Sie die Adresse, oder nehmen Sie eine Karte."),
        )  # fmt: skip
    return account.pk, None


def _must_meet(when: rules.When, own: Entrusted) -> None:
    zone = settings.SMILE.zone
    days = day_span(when.first, zone)[0], day_span(when.last, zone)[1]
    if not overlaps(days, (own.during.lower, own.during.upper)):
        raise Refusal(
            "access.not-held", _("In dieser Zeit ist Ihrem Verein nichts anvertraut."), field="first", status=422,
            cure=_("Wählen Sie Tage, an denen der Verein das Fach hat."),
        )  # fmt: skip
