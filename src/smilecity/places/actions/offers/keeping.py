# SPDX-License-Identifier: EUPL-1.2
"""Offers: written by their organisers, looked at by the city, published; as changes of places are.

Each action locks the offer's noun first and the offer's row after it: two of them never decide on the same change.
What waits (`waits`) keeps only what it changes.
"""

from datetime import datetime, timedelta
from typing import Any, Unpack

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, links, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions import entries
from smilecity.places.actions.changes import checked_reason
from smilecity.places.actions.offers import dates, seats
from smilecity.places.models import Offer, Place, Unit
from smilecity.places.reads import changes
from smilecity.places.reads.offers import becoming, described, is_trusted
from smilecity.places.rules import offers as rules

KEEP, SEND = "keep", "send"
DRAFT, REVIEW, RETURNED = "draft", "review", "returned"


def keep_offer(
    who: Who,
    key: str,
    *,
    keeper: int | None = None,
    then: str = KEEP,
    seen: str = "",
    came_from: str = "",
    **said: Unpack[rules.Said],
) -> Offer:
    """Write the offer at `/offers/<key>/`, or begin it for `keeper`, and `then` keep the draft or send it.

    Sent, it is published at once if this person may (see `send_offer`). `seen` is the mark of what the form showed: if
    it was changed meanwhile, it is refused. Lock: the noun of its address, then the offer.
    """
    address = f"offers/{rules.checked_key(key)}"
    wanted = rules.checked(said).values
    with transaction.atomic():
        noun = Noun.objects.select_for_update().filter(address=address).first()
        if noun is None:
            offer = _begun(who, address, wanted, keeper, came_from)
        else:
            offer = locked(who, noun.id)
            _must_be_at(who, wanted, offer)
            if seen and seen != rules.mark(becoming(offer)):
                raise _meanwhile()
            offer.waits, offer.waiting = rules.changed(described(offer), wanted), DRAFT
            offer.save(update_fields=["waits", "waiting"])
        return _sent(who, offer) if then == SEND else offer


def send_offer(who: Who, offer_id: int) -> Offer:
    """Publish what waits, if this person may without a look of the city, or ask for that look.

    At once may who keeps the places of its area, and an organisation the city trusts, but not in calls for helping
    hands and for others to join. Lock: the noun, then the offer.
    """
    with transaction.atomic():
        offer = locked(who, offer_id)
        _must_wait(offer)
        return _sent(who, offer)


def publish_offer(who: Who, offer_id: int, *, seen: str = "") -> Offer:
    """Publish what waits, by who keeps the places of its area before and after. Lock: the noun, then the offer.

    `seen` is the mark of what was looked at: nobody publishes what they have not read.
    """
    with transaction.atomic():
        offer = locked(who, offer_id)
        _must_wait(offer)
        values = becoming(offer)
        if seen and seen != rules.mark(values):
            raise _meanwhile()
        if not _may_publish(who, offer, values):
            raise _not_yours()
        return _published(who, offer, values)


def return_offer(who: Who, offer_id: int, reason: str) -> Offer:
    """Give it back with what is missing, by who keeps the places of its area. Lock: the noun, then the offer."""
    reason = checked_reason(reason)
    with transaction.atomic():
        offer = locked(who, offer_id)
        entries.must_keep(who, offer.noun.area_id)
        if offer.waiting != REVIEW:
            raise _not_waiting()
        offer.waiting, offer.reason = RETURNED, reason
        offer.save(update_fields=["waiting", "reason"])
        _tell(who, facts.OFFER_RETURNED, offer)
        return offer


def drop_offer(who: Who, offer_id: int) -> None:
    """Throw away what waits; what was never published goes wholly. Lock: the noun, then the offer."""
    with transaction.atomic():
        offer = locked(who, offer_id)
        _must_wait(offer)
        _tell(who, facts.OFFER_DROPPED, offer)
        if offer.noun.visibility == Noun.DRAFT:
            offer.noun.delete()
            return
        offer.waits, offer.waiting, offer.reason = None, "", ""
        offer.save(update_fields=["waits", "waiting", "reason"])


def copy_season(who: Who, offer_id: int, key: str, days: int) -> Offer:
    """A draft of the same offer, so many days later: single dates and left-out ones do not come along.

    Lock: the noun of the new address; the old one is only read.
    """
    with transaction.atomic():
        known = locked(who, offer_id)
        values = described(known)
        first = wall_of(known) + timedelta(days=days)
        values |= {"starts": f"{first:%Y-%m-%dT%H:%M}", "extra": [], "without": []}
        values["rule"] = rules.shifted(known.rule, days)
        if Noun.objects.filter(address=f"offers/{rules.checked_key(key)}").exists():
            raise _taken()
        return keep_offer(who, key, keeper=known.noun.keeper_id, **values)


def trust_organisation(who: Who, organisation: int, *, trusted: bool, reason: str = "") -> None:
    """Let an organisation publish its offers without a look, or no longer; by who keeps the places of its area.

    `reason` is the code of why no longer (`rules.offers.WITHDRAWN`); words about people do not go into the log. Said
    twice it is once. Lock: the organisation's noun.
    """
    if reason not in ("", *rules.WITHDRAWN):
        raise Refusal("offer.trust-reason", _("Wählen Sie einen Grund."), field="reason", status=422)
    with transaction.atomic():
        noun = Noun.objects.select_for_update().filter(id=organisation, kind="organisation").first()
        if noun is None:
            raise Refusal("offer.keeper", _("Diese Organisation gibt es nicht."), field="keeper", status=404)
        entries.must_keep(who, noun.area_id)
        if noun.area_id is None:
            raise Refusal(
                "offer.keeper-area", _("Diese Organisation gehört zu keinem Gebiet."), field="keeper"
            )
        known = {one.id for one in links.linked_from(noun.id, rules.TRUSTED)}
        if (noun.area_id in known) if trusted else not known:
            return
        if trusted:
            links.link(noun.id, rules.TRUSTED, noun.area_id)
        for area in () if trusted else known:  # also of an area where the organisation was before
            links.unlink(noun.id, rules.TRUSTED, area)
        why = {"reason": reason} if reason and not trusted else {}
        log.append(who, facts.OFFERS_TRUSTED, noun=noun.id, data={"trusted": trusted, **why})


def locked(who: Who, offer_id: int) -> Offer:
    """The offer with its noun's row and its own locked, for those who keep it; for others it is not there."""
    noun = None
    if 0 < offer_id < 1 << 63:
        noun = Noun.objects.select_for_update().filter(id=offer_id, kind="offer").first()
    offer = Offer.objects.select_for_update().filter(noun=noun).first() if noun else None
    if noun is None or offer is None:
        raise unknown()
    offer.noun = noun
    if not rights.may_keep_offer(who, offer):
        raise _not_yours() if noun.visibility == Noun.PUBLIC else unknown()
    return offer


def wall_of(offer: Offer) -> datetime:
    """Its first date in the city's wall clock."""
    return offer.starts_at.astimezone(settings.SMILE.zone).replace(tzinfo=None)


def unknown() -> Refusal:
    """The refusal of an offer that is not there, or not for this person."""
    return Refusal("offer.unknown", _("Dieses Angebot gibt es nicht."), status=404)


def _begun(who: Who, address: str, values: dict[str, Any], keeper: int | None, came_from: str) -> Offer:
    """A draft that nobody else sees."""
    entries.known_organisation(keeper)
    _must_be_at(who, values, None)
    area = _area(who, values, keeper)
    _must_offer(who, area, keeper, values["kind"])
    offer = Offer(author_id=who.account, waits={}, waiting=DRAFT, came_from=came_from)
    _written(offer, address, values, area, keeper, Noun.DRAFT)
    _tell(who, facts.OFFER_BEGUN, offer)
    return offer


def _written(
    offer: Offer, address: str, values: dict[str, Any], area: int | None, keeper: int | None, visibility: str
) -> None:
    """The offer as it stands from now on, with its noun; whoever calls holds the noun's row."""
    place = (
        Place.objects.select_related("noun").filter(noun=values["place"]).first() if values["place"] else None
    )
    kept = {name: value for name, value in values.items() if name not in ("title", "text", "place", "unit")}
    noun = nouns.put(
        "offer", address, values["title"], text=values["text"], geo=place.noun.geo if place else None, area=area,
        keeper=keeper, facts=rules.facts(values), words=rules.found_by(values, place.noun.title if place else {}),
        visibility=visibility,
    )  # fmt: skip
    offer.starts_at = _moment(kept.pop("starts"))
    offer.duration = timedelta(minutes=kept.pop("minutes"))
    offer.noun, offer.place, offer.unit_id = noun, place, values["unit"]
    for name, value in kept.items():
        setattr(offer, name, value)
    offer.save()


def _sent(who: Who, offer: Offer) -> Offer:
    values = becoming(offer)
    if _may_publish(who, offer, values):
        return _published(who, offer, values)
    offer.waiting, offer.waiting_since, offer.reason = REVIEW, clock.now(), ""
    offer.author_id = who.account if who.account is not None else offer.author_id
    offer.save(update_fields=["waiting", "waiting_since", "reason", "author"])
    _tell(who, facts.OFFER_SENT, offer)
    return offer


def _published(who: Who, offer: Offer, values: dict[str, Any]) -> Offer:
    """What waits is what stands from now on; its dates are written, and who waited may come."""
    offer.waits, offer.waiting, offer.waiting_since, offer.reason = None, "", None, ""
    keeper = offer.noun.keeper_id
    _written(
        offer, offer.noun.address, values, _area(who, values, keeper, offer.noun.area_id), keeper, Noun.PUBLIC
    )
    if offer.cancelled_at is None:
        dates.write(who, [offer])
    seats.move_up_all(who, offer)
    _tell(who, facts.OFFER_PUBLISHED, offer)
    return offer


def _may_publish(who: Who, offer: Offer, values: dict[str, Any]) -> bool:
    keeper = offer.noun.keeper_id
    area = _area(who, values, keeper, offer.noun.area_id)
    if rights.may_keep(who, offer.noun.area_id) and rights.may_keep(who, area):
        return True
    writes = who.works_for(keeper, nouns.KEEP)
    return writes and values["kind"] == offer.kind == rules.OFFER and is_trusted(who, keeper, area)


def _must_offer(who: Who, area: int | None, keeper: int | None, kind: str) -> None:
    if keeper is None and kind == rules.JOIN and who.account is not None:
        return
    if not rights.may_write(who, area, keeper):
        raise _not_yours()


def _area(who: Who, values: dict[str, Any], keeper: int | None, known: int | None = None) -> int | None:
    """That of its place; else where it was, where its organiser is, or where this person keeps places."""
    owner = values["place"] or keeper
    found = Noun.objects.filter(id=owner).values_list("area", flat=True).first() if owner else None
    return found or known or changes.own_area(who)


def _must_be_at(who: Who, values: dict[str, Any], offer: Offer | None) -> None:
    """Refuses a place that is not there for this person, and a part of another place."""
    place, unit = values["place"], values["unit"]
    if place is not None and (offer is None or offer.place_id != place):
        seen = Noun.objects.filter(nouns.sees(who), id=place, kind="place")
        if not seen.exists():
            raise Refusal("offer.place", _("Diesen Ort gibt es nicht."), field="place", status=422)
    if unit is not None and not Unit.objects.filter(id=unit, place=place).exists():
        raise Refusal("offer.unit", _("Dieser Teil gehört zu einem anderen Ort."), field="unit", status=422)


def _moment(starts: str) -> datetime:
    known = rules.moments([datetime.fromisoformat(starts)], settings.SMILE.zone)
    if known.gaps:
        raise Refusal(
            "offer.dst-gap", _("Diese Uhrzeit gibt es an dem Tag nicht: Die Uhr wird auf Sommerzeit gestellt."),
            cure=_("Wählen Sie eine Stunde früher oder später."), field="starts", status=422,
        )  # fmt: skip
    return known.starts[0][1]


def _must_wait(offer: Offer) -> None:
    if not offer.waiting:
        raise _not_waiting()


def _tell(who: Who, verb: str, offer: Offer) -> None:
    log.append(who, verb, noun=offer.noun_id, data={"author": offer.author_id})


def _not_yours() -> Refusal:
    return Refusal(
        "offer.not-yours",
        _("Dieses Angebot schreiben die, die es veranstalten, und die Verantwortlichen seines Gebiets."),
        cure=_("Ohne Organisation können Sie fragen: Wer macht mit?"),
        status=403,
    )


def _not_waiting() -> Refusal:
    return Refusal(
        "offer.not-waiting", _("Hier wartet nichts."), status=409,
        cure=_("Laden Sie die Seite neu, dann sehen Sie, was jetzt gilt."),
    )  # fmt: skip


def _taken() -> Refusal:
    return Refusal(
        "offer.address-taken", _("Unter dieser Adresse gibt es schon ein Angebot."), field="key", status=409,
        cure=_("Wählen Sie eine andere Adresse."),
    )  # fmt: skip


def _meanwhile() -> Refusal:
    return Refusal(
        "offer.meanwhile", _("Inzwischen hat jemand dieses Angebot geändert."), status=409,
        cure=_("Sehen Sie nach, was jetzt dort steht, und speichern Sie noch einmal."),
    )  # fmt: skip
