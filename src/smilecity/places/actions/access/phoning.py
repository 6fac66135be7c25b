# SPDX-License-Identifier: EUPL-1.2
"""A code by telephone: for somebody who may open a door, and has neither phone nor card at hand."""

from datetime import UTC

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.actions import handles, locks
from smilecity.places.actions.locks import commanding
from smilecity.places.models import Grant, Handle
from smilecity.places.rules import access as rules

LIVE = (Grant.WANTED, Grant.INSTALLED)


def give_code(who: Who, grant: int) -> handles.Given:
    """A PIN that opens once what this grant opens, for twelve hours at most; its secret is in the answer and never again.

    By who gives out cards, for a place they write for, after they have asked who it is. A code given before for the
    same grant ends; the code goes with its grant. Lock: the controller's row.
    """
    with transaction.atomic():
        found = Grant.objects.select_related("compartment__unit__place__noun").filter(id=grant).first()
        if found is None or not rights.may_give_codes(who, found.compartment.unit.place.noun):
            raise Refusal("grant.unknown", _("Diese Freigabe gibt es nicht."), status=404)
        commanding.locked(found.compartment.controller_id)
        found.refresh_from_db(fields=["state", "during", "uses_left"])
        now = clock.now().astimezone(UTC)
        start, end = max(found.during.lower, now), min(found.during.upper, now + rules.CODE_LASTS)
        _must_have_codes(found)
        if start >= end:
            raise Refusal(
                "grant.not-now", _("Diese Freigabe gilt nicht in den nächsten zwölf Stunden."), status=409,
                cure=_("Geben Sie den Code erst, wenn es so weit ist."),
            )  # fmt: skip
        for old in found.codes.filter(state__in=LIVE).order_by("id"):
            locks.revoke_grant(who, old.id)
        given = handles.given(who, Handle.PIN, handles.new_pin(), end)
        locks.wish_grant(
            who, found.compartment_id, (start, end), found.why,
            organisation=found.organisation_id, handle=given.handle.id, booking=found.booking_id, uses=1,
            stands_for=found.id,
        )  # fmt: skip
        return given


def _must_have_codes(grant: Grant) -> None:
    """Not for those who get in at any time: they have a card. Not for a code itself."""
    lives = grant.state in LIVE and grant.uses_left != 0
    if not lives or grant.stands_for_id is not None or grant.why not in ("loan", "booking", "trainer"):
        raise Refusal("grant.over", _("Diese Freigabe gilt nicht mehr."), status=409)
