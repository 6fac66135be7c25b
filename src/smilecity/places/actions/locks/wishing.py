# SPDX-License-Identifier: EUPL-1.2
"""Grants: who may open what, and when. What is wished here the reconciler brings to the controller."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.locks import commanding, converging
from smilecity.places.models import Booking, Compartment, Controller, Grant, Handle
from smilecity.places.rules.locks import lives, messages

LONGEST = timedelta(days=400)
REASONS = ("loan", "booking", "trainer", "staff")
LIVE = (Grant.WANTED, Grant.INSTALLED)


def wish_grant(  # noqa: PLR0913 - a grant is many facts, each given by its name
    who: Who,
    compartment: int,
    during: tuple[datetime, datetime],
    why: str,
    *,
    account: int | None = None,
    organisation: int | None = None,
    handle: int | None = None,
    booking: int | None = None,
    uses: int | None = None,
    keyholder: int | None = None,
    stands_for: int | None = None,
) -> Grant:
    """Somebody may open this compartment in this time, `uses` times (None: as often as they like).

    Who keeps the place wishes it for anybody; for themselves people get it by a loan or a booking, which the calling
    action has decided. At most one live grant of a handle is for a compartment at a time, so that it is always clear
    by which it opens. `keyholder` and `stands_for` as the grant
    keeps them. Lock: the controller's row.
    """
    _checked(during, why, uses, account, handle)
    with transaction.atomic():
        there = _compartment(compartment)
        noun = there.unit.place.noun
        if not rights.may_grant(who, noun.area_id, noun.keeper_id, account, why):
            raise Refusal("grant.not-yours", _("Das geben die frei, die den Ort pflegen."), status=403)
        box = commanding.locked(there.controller_id)
        if not box.active:
            raise Refusal("grant.box-away", _("Diese Box ist außer Betrieb."), status=409)
        _known_handle(handle)
        _must_be_alone(there, during, handle)
        made = Grant.objects.create(
            compartment=there, during=DateTimeTZRange(*during), why=why, account_id=account,
            organisation_id=organisation, handle_id=handle, booking_id=_known_booking(booking), uses_left=uses,
            keyholder_id=keyholder, stands_for_id=stands_for, changed_at=clock.now(),
        )  # fmt: skip
        made.refresh_from_db(fields=["made_at"])
        _renew(_beside(made))
        log.append(
            who, facts.GRANT_WISHED, about=[noun.id, box.id, made.id],
            data={"grant": made.id, "why": why, **({"account": account} if account else {})},
        )  # fmt: skip
        converging.compare(box)
        made.refresh_from_db()
        return made


def revoke_grant(who: Who, grant: int) -> Grant:
    """It shall not open any more: a new version that the controller must confirm to be out.

    Wishes to open by it that still wait are let go. Once revoked, asking again changes nothing. Lock: the controller's
    row.
    """
    with transaction.atomic():
        found = _grant(grant)
        noun = found.compartment.unit.place.noun
        mine = who.account is not None and who.account == found.account_id
        if not mine and not rights.may_grant(who, noun.area_id, noun.keeper_id, found.account_id, found.why):
            raise Refusal("grant.not-yours", _("Das nehmen die zurück, die den Ort pflegen."), status=403)
        box = commanding.locked(found.compartment.controller_id)
        found.refresh_from_db()
        if found.state in LIVE:
            _revoke(who, box, [found])
            _renew(_beside(found))
            converging.compare(box)
            found.refresh_from_db()
        return found


def lose_handle(who: Who, handle: int) -> Handle:
    """A card, PIN or seed is lost: from now on it opens nothing; each box learns it at its next word.

    By its owner, by who gave it, or by the city's clerks. Grants of a person stay, without it; those it alone opens
    are revoked. Lock: the rows of the controllers concerned, in order of id.
    """
    with transaction.atomic():
        known = Handle.objects.filter(id=handle).first()
        if known is None or not rights.may_lose_handle(who, known.account_id, known.given_by):
            raise Refusal("handle.unknown", _("Diesen Schlüssel gibt es nicht."), status=404)
        boxes = _boxes_of(known)
        known = Handle.objects.select_for_update().get(id=handle)
        if known.lost_at is None:
            known.lost_at = clock.now()
            known.save(update_fields=["lost_at"])
            log.append(who, facts.HANDLE_LOST, about=[known.id], data={"handle": known.id})
        for box in boxes:
            mine = Grant.objects.filter(compartment__controller=box, state__in=LIVE)
            _revoke(who, box, list(mine.filter(handle=known, account=None)))
            _renew(mine.filter(_opened_by(known)))
            converging.compare(box)
        return known


def handle_changed(known: Handle) -> None:
    """Grants learn of a handle that was just given or ended. In the caller's transaction, after its save.

    Lock: the rows of the controllers concerned, in order of id; the caller holds none of another.
    """
    for box in _boxes_of(known):
        _renew(Grant.objects.filter(_opened_by(known), compartment__controller=box, state__in=LIVE))
        converging.compare(box)


def _renew(grants: QuerySet[Grant]) -> None:
    grants.update(version=F("version") + 1, state=Grant.WANTED, changed_at=clock.now())


def _beside(grant: Grant) -> QuerySet[Grant]:
    """The same person's other grants for this door at that time: which of them the handles open may be another now."""
    others = Grant.objects.filter(compartment=grant.compartment_id, state__in=LIVE).exclude(id=grant.id)
    own = others.filter(account=grant.account_id, during__overlap=grant.during)
    return own if grant.account_id is not None else own.none()


def _revoke(who: Who, box: Controller, grants: list[Grant]) -> None:
    """These, and the codes that stand for them."""
    codes = Grant.objects.filter(stands_for__in=grants, state__in=LIVE)
    for one in [*grants, *codes]:
        one.version, one.state, one.changed_at = one.version + 1, Grant.REVOKING, clock.now()
        one.save(update_fields=["version", "state", "changed_at"])
        wishes = box.commands.filter(grant=one, what=messages.UNLOCK, state=lives.WAITING)
        for wish in commanding.move(wishes, lives.EXPIRED, "revoked"):
            commanding.tell(box, wish)
        data = {"grant": one.id, "state": one.state}
        log.append(who, facts.GRANT_CHANGED, about=[box.place_id, box.id, one.id], data=data)


def _opened_by(handle: Handle) -> Q:
    own = Q(handle=handle)
    return own | Q(account=handle.account_id) if handle.account_id else own


def _boxes_of(handle: Handle) -> list[Controller]:
    """The controllers that know of this handle, held in order of id."""
    grants = Grant.objects.filter(_opened_by(handle), state__in=LIVE)
    numbers = sorted(set(grants.values_list("compartment__controller", flat=True)))
    return [commanding.locked(one) for one in numbers]


def _compartment(number: int) -> Compartment:
    found = Compartment.objects.select_related("unit__place__noun").filter(id=number).first()
    if found is None:
        raise Refusal("compartment.unknown", _("Dieses Fach gibt es nicht."), status=404)
    return found


def _grant(number: int) -> Grant:
    found = Grant.objects.select_related("compartment__unit__place__noun").filter(id=number).first()
    if found is None:
        raise Refusal("grant.unknown", _("Diese Freigabe gibt es nicht."), status=404)
    return found


def _known_handle(handle: int | None) -> None:
    if handle is None:
        return
    known = Handle.objects.filter(id=handle, lost_at=None).exclude(ends_at__lte=clock.now()).first()
    if known is None:
        raise Refusal(
            "handle.not-good", _("Dieser Schlüssel gilt nicht mehr."), status=409,
            cure=_("Lassen Sie sich einen neuen geben."),
        )  # fmt: skip


def _known_booking(booking: int | None) -> int | None:
    if booking is not None and not Booking.objects.filter(id=booking).exists():
        raise Refusal("booking.unknown", _("Diese Buchung gibt es nicht."), status=404)
    return booking


def _must_be_alone(there: Compartment, during: tuple[datetime, datetime], handle: int | None) -> None:
    if handle is None:
        return
    others = Grant.objects.filter(
        compartment=there, handle=handle, state__in=LIVE, during__overlap=DateTimeTZRange(*during)
    )
    if others.exists():
        raise Refusal(
            "grant.overlaps", _("Dieser Schlüssel öffnet das Fach in dieser Zeit schon."), status=409,
            cure=_("Nehmen Sie zuerst die andere Freigabe zurück."),
        )  # fmt: skip


def _checked(
    during: tuple[datetime, datetime], why: str, uses: int | None, account: int | None, handle: int | None
) -> None:
    start, end = during
    if start.tzinfo is None or end.tzinfo is None or not start < end <= start + LONGEST or end <= clock.now():
        raise Refusal(
            "grant.time", _("Die Zeit der Freigabe stimmt nicht."), field="during", status=422,
            cure=_("Sie beginnt, bevor sie endet, ist noch nicht vorbei und dauert höchstens ein Jahr."),
        )  # fmt: skip
    if why not in REASONS:
        raise Refusal(
            "grant.reason", _("Wofür die Freigabe ist, ist nicht bekannt."), field="why", status=422
        )
    if uses is not None and not 1 <= uses <= 1000:
        raise Refusal("grant.uses", _("Wie oft: 1 bis 1000 Mal."), field="uses", status=422)
    if account is None and handle is None:
        raise Refusal("grant.nobody", _("Sagen Sie, wer öffnen darf."), field="account", status=422)
