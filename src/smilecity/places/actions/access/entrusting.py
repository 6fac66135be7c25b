# SPDX-License-Identifier: EUPL-1.2
"""The city lets a club have a door, and takes it back."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.access.following import follow_all
from smilecity.places.actions.locks.wishing import LONGEST
from smilecity.places.models import Compartment, Entrusted


def entrust(who: Who, compartment: int, organisation: int, during: tuple[datetime, datetime]) -> Entrusted:
    """The club has this compartment in this time: its people let in whom they will, within it.

    By who keeps places there. Lock: none, it is new; grants follow when the club lets somebody in.
    """
    start, end = during
    if start.tzinfo is None or end.tzinfo is None or not start < end <= start + LONGEST or end <= clock.now():
        raise Refusal(
            "access.during", _("Der letzte Tag liegt vor dem ersten, ist vorbei, oder es ist mehr als ein Jahr."),
            field="last", status=422,
        )  # fmt: skip
    with transaction.atomic():
        there = Compartment.objects.select_related("unit__place__noun").filter(id=compartment).first()
        if there is None or not rights.may_keep(who, there.unit.place.noun.area_id):
            raise Refusal(
                "compartment.unknown", _("Dieses Fach gibt es nicht."), field="compartment", status=404
            )
        club = Noun.objects.filter(id=organisation, kind="organisation").first()
        if club is None:
            raise Refusal(
                "organisation.unknown",
                _("Diese Organisation gibt es nicht."),
                field="organisation",
                status=422,
            )
        made = Entrusted.objects.create(
            compartment=there, organisation=club, during=DateTimeTZRange(start.astimezone(UTC), end.astimezone(UTC)),
            by=who.label,
        )  # fmt: skip
        about = [there.unit.place_id, club.id, made.id]
        log.append(who, facts.DOOR_ENTRUSTED, about=about, data={"entrusted": made.id})
        return made


def end_entrusted(who: Who, entrusted: int) -> Entrusted:
    """The club has it no more: all it let in are let in no more, and each box learns it at its next word.

    By who keeps places there. Lock: the row, then the controller's.
    """
    with transaction.atomic():
        rows = Entrusted.objects.select_for_update(of=("self",)).select_related(
            "compartment__unit__place__noun"
        )
        found = rows.filter(id=entrusted).first()
        if found is None or not rights.may_keep(who, found.compartment.unit.place.noun.area_id):
            raise Refusal("access.unknown", _("Das ist keinem Verein anvertraut."), status=404)
        there = found.compartment
        if found.ended_at is None:
            found.ended_at = clock.now()
            found.save(update_fields=["ended_at"])
            about = [there.unit.place_id, found.organisation_id, found.id]
            log.append(who, facts.DOOR_TAKEN_BACK, about=about, data={"entrusted": found.id})
            follow_all([there.controller_id])
        return found
