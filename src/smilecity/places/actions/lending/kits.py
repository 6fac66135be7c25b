# SPDX-License-Identifier: EUPL-1.2
"""What can be borrowed, and the terms that are accepted with it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.booking.keeping import kept_place
from smilecity.places.models import Kit, Liability, Loan, Unit
from smilecity.places.rules import words
from smilecity.places.rules.lending import terms


def keep_kit(
    who: Who,
    place: int,
    key: str,
    name: Mapping[str, str],
    items: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Any] | None = None,
    *,
    unit: int | None = None,
    partner: int | None = None,
    order: int = 0,
) -> Kit:
    """Create the kit of this key at the place (its noun's id) or bring it up to date; who has it keeps it as it was.

    `unit` is the part of the place where it lies; one with a compartment opens by itself. `partner` is the club that
    looks after it. Lock: the place's noun.
    """
    kept = terms.checked(rules or {}).as_json()
    things = terms.checked_items(items)
    called = words.checked_texts(name, "name", needed=True)
    with transaction.atomic():
        kept_place(who, place)
        if unit is not None and not Unit.objects.filter(id=unit, place=place).exists():
            raise Refusal(
                "kit.unit", _("Das ist kein Teil dieses Ortes."), field="unit", status=422
            )  # fmt: skip
        kept_key = words.checked_key(key)
        if unit is not None:
            _must_be_alone(unit, kept_key)
        if partner is not None and not Noun.objects.filter(id=partner, kind="organisation").exists():
            raise Refusal("kit.partner", _("Diese Organisation gibt es nicht."), field="partner", status=422)
        kit, _created = Kit.objects.update_or_create(
            place_id=place,
            key=kept_key,
            defaults={
                "name": called, "items": things, "rules": kept, "unit_id": unit, "partner_id": partner, "order": order,
            },
        )  # fmt: skip
        log.append(who, facts.KIT_KEPT, noun=place, about=[kit.id], data={"kit": kit.id})
        return kit


def show_kit(who: Who, kit: int, *, away: bool) -> Kit:
    """Take a kit out of lending for a while, or let it be lent again, also when it is found.

    Lock: the kit's place, then the kit.
    """
    return _put(who, kit, Kit.AWAY if away else Kit.READY)


def lose_kit(who: Who, kit: int) -> Kit:
    """A kit that nobody has is not there any more. Lock: the kit's place, then the kit."""
    return _put(who, kit, Kit.LOST)


def keep_liability(who: Who, text: Mapping[str, str], *, keeper: int | None = None) -> Liability:
    """A new version of the terms that are accepted before borrowing, of one organisation or (None) of the city.

    What somebody has accepted never changes: the same text again is the version that stands. Lock: the constraint
    on versions.
    """
    kept = {language: words.plain(one, "text").strip() for language, one in text.items() if one.strip()}
    if not kept.get("de"):
        raise Refusal("liability.text", _("Schreiben Sie die Bedingungen auf."), field="text", status=422)
    if not rights.may_keep_liability(who, keeper):
        raise Refusal("liability.not-yours", _("Das entscheidet, wer die Sachen verleiht."), status=403)
    with transaction.atomic():
        own = Liability.objects.filter(keeper=keeper)
        last = own.aggregate(last=Max("version"))["last"] or 0
        stands = own.filter(version=last).first()
        if stands is not None and stands.text == kept:
            return stands
        made = Liability.objects.create(keeper_id=keeper, version=last + 1, text=kept, since=clock.now())
        log.append(who, facts.LIABILITY_KEPT, noun=keeper, data={"version": made.version})
        return made


def free_key(place: int, name: str) -> str:
    """The key of a kit that is not taken at this place, made from its name."""
    words = re.sub(r"[^a-z0-9]+", "-", nouns.sort_key(name)).strip("-")[:60].strip("-") or "sache"
    taken = set(Kit.objects.filter(place=place, key__startswith=words).values_list("key", flat=True))
    if words not in taken:
        return words
    return next(one for n in range(2, len(taken) + 3) if (one := f"{words}-{n}") not in taken)


def _must_be_alone(unit: int, key: str) -> None:
    """Whoever opens a compartment has all that lies in it, so it holds one kit; the caller holds the place's noun."""
    others = Kit.objects.filter(unit=unit, unit__compartment__isnull=False).exclude(key=key)
    if others.exclude(state=Kit.LOST).exists():
        raise Refusal(
            "kit.compartment-taken", _("In diesem Fach liegt schon etwas anderes."), field="unit", status=422,
            cure=_("Nehmen Sie ein anderes Fach, oder schreiben Sie beides als eine Leihsache auf."),
        )  # fmt: skip


def _put(who: Who, kit: int, state: str) -> Kit:
    with transaction.atomic():
        place = (
            Kit.objects.filter(id=kit).values_list("place", flat=True).first() if 0 < kit < 1 << 63 else None
        )
        if place is None:
            raise _unknown()
        kept_place(who, place)
        found = locked(kit, who)
        if found.loans.filter(state__in=Loan.OPEN).exists():
            raise Refusal(
                "kit.lent", _("Es ist gerade ausgeliehen."), status=409,
                cure=_("Tragen Sie zuerst unter „Ausleihen heute“ ein, dass es zurück ist."),
            )  # fmt: skip
        if state == Kit.READY and found.unit_id is not None:
            _must_be_alone(found.unit_id, found.key)
        found.state = state
        found.save(update_fields=["state"])
        log.append(who, facts.KIT_KEPT, noun=place, about=[kit], data={"kit": kit})
        return found


def locked(kit: int, who: Who | None = None) -> Kit:
    """The kit with its row held until the transaction ends; first of all locks of lending."""
    found = (
        Kit.objects.select_for_update(of=("self",)).select_related("place__noun").filter(id=kit).first()
        if 0 < kit < 1 << 63
        else None
    )
    if found is None or (who is not None and not rights.may_see_place(who, found.place.noun)):
        raise _unknown()
    return found


def _unknown() -> Refusal:
    return Refusal("kit.unknown", _("Das gibt es hier nicht auszuleihen."), status=404)
