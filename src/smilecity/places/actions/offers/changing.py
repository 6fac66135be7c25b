# SPDX-License-Identifier: EUPL-1.2
"""One date of an offer moved, cancelled or noted; and an offer cancelled as a whole. Everyone who registered is told."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.changes import checked_reason
from smilecity.places.actions.offers import keeping
from smilecity.places.actions.offers.seats import no_occasion
from smilecity.places.actions.offers.telling import tell_registered
from smilecity.places.models import Occasion, Offer
from smilecity.places.rules import offers as rules
from smilecity.places.rules.offers.recurrence import MOST_MINUTES


def move_occasion(who: Who, occasion: int, starts: str, minutes: int) -> Occasion:
    """Let this one date begin at another time (the city's wall clock), for so long. Lock: the date's row."""
    wall = rules.checked_time(starts, "starts")
    known = rules.moments([wall], settings.SMILE.zone)
    if known.gaps:
        raise Refusal(
            "offer.dst-gap", _("Diese Uhrzeit gibt es an dem Tag nicht: Die Uhr wird auf Sommerzeit gestellt."),
            cure=_("Wählen Sie eine Stunde früher oder später."), field="starts", status=422,
        )  # fmt: skip
    if not 0 < minutes <= MOST_MINUTES:
        raise Refusal(
            "offer.minutes", _("Das Ende liegt nach dem Anfang, höchstens zwei Wochen später."), field="minutes",
            status=422,
        )  # fmt: skip
    begins = known.starts[0][1]
    with transaction.atomic():
        one = _coming(who, occasion)
        if begins <= clock.now():
            raise Refusal("occasion.past", _("Diese Zeit ist schon vorbei."), field="starts", status=422)
        one.during, one.changed = (begins, begins + timedelta(minutes=minutes)), True
        one.save(update_fields=["during", "changed"])
        _tell(who, facts.OCCASION_MOVED, one)
        tell_registered(who, facts.YOUR_OCCASION_MOVED, one)
        return one


def cancel_occasion(who: Who, occasion: int, reason: str) -> Occasion:
    """This date does not take place, and why: everyone reads the reason. Lock: the date's row."""
    reason = checked_reason(reason)
    with transaction.atomic():
        one = _coming(who, occasion)
        _cancelled(who, [one], reason)
        _tell(who, facts.OCCASION_CANCELLED, one)
        return one


def note_occasion(who: Who, occasion: int, note: dict[str, str]) -> Occasion:
    """A note to this date, such as another room; empty takes it away. Lock: the date's row."""
    kept = rules.checked_texts(note, "note")
    with transaction.atomic():
        one = _coming(who, occasion)
        one.note, one.changed = kept, True
        one.save(update_fields=["note", "changed"])
        _tell(who, facts.OCCASION_NOTED, one)
        return one


def cancel_offer(who: Who, offer_id: int, reason: str) -> Offer:
    """None of its coming dates takes place, and none is written anew. Lock: the noun, the offer, then its dates."""
    reason = checked_reason(reason)
    with transaction.atomic():
        offer = keeping.locked(who, offer_id)
        if offer.cancelled_at is not None:
            return offer
        if offer.noun.visibility != offer.noun.PUBLIC:
            raise keeping.unknown()
        rows = offer.occasions.select_for_update().filter(cancelled=False, during__startswith__gt=clock.now())
        _cancelled(who, list(rows.order_by("id")), reason)
        offer.cancelled_at, offer.reason = clock.now(), reason
        offer.save(update_fields=["cancelled_at", "reason"])
        log.append(who, facts.OFFER_CANCELLED, noun=offer.noun_id, data={"author": offer.author_id})
        return offer


def _cancelled(who: Who, dates: list[Occasion], reason: str) -> None:
    for one in dates:
        one.cancelled, one.changed, one.note = True, True, {"de": reason}
    Occasion.objects.bulk_update(dates, ["cancelled", "changed", "note"], batch_size=500)
    # Who registered for a whole series is told once, not for each of its dates.
    for one in dates[:1] if dates and dates[0].offer.whole_series else dates:
        tell_registered(who, facts.YOUR_OCCASION_CANCELLED, one)


def _coming(who: Who, occasion: int) -> Occasion:
    """A date that is not over and not cancelled, its row locked, for those who keep the offer."""
    one = None
    if 0 < occasion < 1 << 63:
        rows = Occasion.objects.select_for_update(of=("self",)).select_related("offer__noun")
        one = rows.filter(id=occasion).first()
    if one is None or not rights.may_keep_offer(who, one.offer):
        raise no_occasion()
    if one.cancelled or one.during.upper <= clock.now():
        raise Refusal(
            "occasion.over", _("Dieser Termin ist vorbei oder schon abgesagt."), status=409,
            cure=_("Laden Sie die Seite neu, dann sehen Sie, was jetzt gilt."),
        )  # fmt: skip
    return one


def _tell(who: Who, verb: str, one: Occasion) -> None:
    log.append(who, verb, noun=one.offer_id, about=[one.id], data={"occasion": one.id})
