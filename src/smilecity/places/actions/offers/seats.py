# SPDX-License-Identifier: EUPL-1.2
"""Registering for a date, and the waiting list that moves up by itself.

Every action here holds the row of the date on which the seats are counted (for a whole series its first), so that the
last seat is given once.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.places import facts, rights
from smilecity.places.models import Occasion, Offer, Registration
from smilecity.places.reads.offers.coming import seat_row, token_hash
from smilecity.places.rules import offers as rules

MOST_SEATS = 10
KEPT_DAYS = 30
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration, and what opens it again without an account: shown once, only its hash is kept."""

    registration: Registration
    token: str = ""


def register(
    who: Who, occasion: int, *, seats: int = 1, name: str = "", reach: str = "", note: str = ""
) -> Registered:
    """Come to a date, or wait for a seat; with an account, or with a name and a way to be reached.

    Lock: the date's row.
    """
    if not 1 <= seats <= MOST_SEATS:
        raise Refusal(
            "registration.seats", _("Anmelden kann man 1 bis 10 Personen."), field="seats", status=422
        )
    name, reach = _checked_person(who, name, reach)
    note = rules.checked_text(note, "note")
    with transaction.atomic():
        wanted = _occasion(occasion)
        _must_be_open(wanted)
        kept = _locked(seat_row(wanted.offer, wanted))
        known = _rows(kept).filter(account=who.account).first() if who.account is not None else None
        if known is not None:
            raise Refusal(
                "registration.again", _("Sie sind schon angemeldet."), status=409,
                cure=_("Wenn sich etwas geändert hat, melden Sie sich ab und neu an."),
            )  # fmt: skip
        token = "" if who.account is not None else secrets.token_urlsafe(24)
        state = rules.state_of(
            seats,
            _capacity(kept),
            kept.taken,
            others_wait=_rows(kept).filter(state=Registration.WAITS).exists(),
        )
        made = Registration.objects.create(
            occasion=kept, account_id=who.account, name=name, reach=reach, note=note, seats=seats, state=state,
            token=token_hash(token) if token else "", forget_at=_forget_at(wanted),
        )  # fmt: skip
        if state == Registration.COMES:
            kept.taken += seats
            kept.save(update_fields=["taken"])
        _tell(who, facts.REGISTERED, made, kept)
        return Registered(made, token)


def unregister(who: Who, registration: int) -> Registration:
    """Not come after all, by whose registration it is or by the organiser; who waits moves up. Lock: the date's row."""
    with transaction.atomic():
        found = (
            Registration.objects.select_related("occasion__offer__noun").filter(id=_id(registration)).first()
        )
        mine = found is not None and who.account is not None and found.account_id == who.account
        if found is None or not (mine or rights.may_see_registered(who, found.occasion.offer)):
            raise unknown()
        return _gone(who, found)


def unregister_by_token(who: Who, token: str) -> Registration:
    """The same by whoever holds its token. Lock: the date's row."""
    with transaction.atomic():
        found = Registration.objects.filter(token=token_hash(token)).first() if token else None
        if found is None:
            raise unknown()
        return _gone(who, found)


def keep_capacity(who: Who, occasion: int, capacity: int | None) -> Occasion:
    """How many there is room for on this date (None: as the offer says); who waits moves up. Lock: the date's row."""
    capacity = rules.checked_seats(capacity, "capacity")
    with transaction.atomic():
        wanted = _occasion(occasion)
        if not rights.may_keep_offer(who, wanted.offer):
            raise no_occasion()
        kept = _locked(seat_row(wanted.offer, wanted))
        kept.capacity = capacity
        kept.save(update_fields=["capacity"])
        _move_up(who, kept)
        return kept


def move_up_all(who: Who, offer: Offer) -> None:
    """Let come who waits and for whom there is room now, on every date; within the action that changed the offer.

    Lock: the dates' rows, in order of id.
    """
    waits = Registration.objects.filter(state=Registration.WAITS, occasion__offer=offer)
    ids = sorted(set(waits.values_list("occasion", flat=True)))
    for one in (
        Occasion.objects.select_for_update(of=("self",))
        .select_related("offer")
        .filter(id__in=ids)
        .order_by("id")
    ):
        _move_up(who, one)


def forget_registered(who: Who) -> int:
    """Delete registrations whose time is over, 30 days after the date; how many. No lock: one statement."""
    if not rights.may_let_go(who):
        raise Refusal("registration.not-yours", _("Das tut die Stadt selbst, nach der Uhr."), status=403)
    return Registration.objects.filter(forget_at__lt=clock.now()).delete()[0]


def leave_seats(account: int) -> int:
    """Take the person off every date, so that others move up, and forget that they came; how many.

    In the transaction of the person's wish to be forgotten. Lock: the dates' rows, in order of id.
    """
    mine = list(Registration.objects.filter(account=account).order_by("occasion", "id"))
    for one in mine:
        if one.state != Registration.CANCELLED:
            _gone(NODE, one)
    Registration.objects.filter(account=account).delete()
    return len(mine)


def unknown() -> Refusal:
    """The refusal of a registration that is not there, or not for this person."""
    return Refusal("registration.unknown", _("Diese Anmeldung gibt es nicht."), status=404)


def no_occasion() -> Refusal:
    """The refusal of a date that is not there, or not for this person."""
    return Refusal("occasion.unknown", _("Diesen Termin gibt es nicht."), status=404)


def _gone(who: Who, found: Registration) -> Registration:
    kept = _locked(found.occasion_id)
    found.refresh_from_db()
    if found.state == Registration.CANCELLED:
        return found
    if found.state == Registration.COMES:
        kept.taken -= found.seats
        kept.save(update_fields=["taken"])
    found.state, found.changed_at, found.note = Registration.CANCELLED, clock.now(), ""
    found.save(update_fields=["state", "changed_at", "note"])
    _tell(who, facts.UNREGISTERED, found, kept)
    _move_up(who, kept)
    return found


def _move_up(who: Who, kept: Occasion) -> None:
    """Whoever waits and fits comes, and is told; the date's row is held."""
    if kept.cancelled and not kept.offer.whole_series:
        return
    waits = _rows(kept).filter(state=Registration.WAITS).order_by("id")
    up = set(rules.moving_up(waits.values_list("id", "seats"), _capacity(kept), kept.taken))
    for one in [one for one in waits if one.id in up]:
        one.state, one.changed_at = Registration.COMES, clock.now()
        one.save(update_fields=["state", "changed_at"])
        kept.taken += one.seats
        _tell(who, facts.MOVED_UP, one, kept)
    if up:
        kept.save(update_fields=["taken"])


def _locked(occasion: int) -> Occasion:
    return Occasion.objects.select_for_update(of=("self",)).select_related("offer__noun").get(id=occasion)


def _occasion(occasion: int) -> Occasion:
    found = Occasion.objects.select_related("offer__noun").filter(id=_id(occasion)).first()
    if found is None:
        raise no_occasion()
    return found


def _must_be_open(wanted: Occasion) -> None:
    offer = wanted.offer
    if offer.noun.visibility != Noun.PUBLIC:
        raise no_occasion()
    if offer.registration != "here":
        raise Refusal("registration.not-here", _("Hier meldet man sich nicht an."), status=409)
    if wanted.cancelled or offer.cancelled_at is not None:
        raise Refusal("registration.cancelled", _("Dieser Termin ist abgesagt."), status=409)
    if _last(wanted) <= clock.now():
        raise Refusal(
            "registration.over", _("Dieser Termin ist schon vorbei."), status=409,
            cure=_("Wählen Sie einen Termin, der noch kommt."),
        )  # fmt: skip


def _last(wanted: Occasion) -> datetime:
    """When it ends; of a whole series, its last date that is written."""
    last = wanted
    if wanted.offer.whole_series:
        last = wanted.offer.occasions.order_by("-start").first() or wanted
    end: datetime = last.during.upper
    return end


def _forget_at(wanted: Occasion) -> datetime:
    return _last(wanted) + timedelta(days=KEPT_DAYS)


def _capacity(kept: Occasion) -> int | None:
    return kept.capacity if kept.capacity is not None else kept.offer.capacity


def _rows(kept: Occasion) -> QuerySet[Registration]:
    return Registration.objects.filter(occasion=kept).exclude(state=Registration.CANCELLED)


def _checked_person(who: Who, name: str, reach: str) -> tuple[str, str]:
    """A name and a way to be reached; nothing of it is kept of those who have an account."""
    if who.account is not None:
        return "", ""
    name, reach = (
        " ".join(rules.checked_text(one, field).split()) for one, field in ((name, "name"), (reach, "reach"))
    )
    if not 0 < len(name) <= 100:
        raise Refusal("registration.name", _("Wie heißen Sie? Ein Vorname genügt."), field="name", status=422)
    if not 5 <= len(reach) <= 200:
        raise Refusal(
            "registration.reach", _("Wie erreichen wir Sie, wenn etwas dazwischenkommt?"), field="reach", status=422,
            cure=_("Eine Telefonnummer oder E-Mail-Adresse, die nur die Veranstalter sehen."),
        )  # fmt: skip
    return name, reach


def _tell(who: Who, verb: str, one: Registration, kept: Occasion) -> None:
    data = {"registration": one.id, "account": one.account_id, "occasion": kept.id}
    log.append(who, verb, noun=kept.offer_id, about=[kept.id], data=data)


def _id(number: int) -> int:
    return number if 0 < number < 1 << 63 else 0
