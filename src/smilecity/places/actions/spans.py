# SPDX-License-Identifier: EUPL-1.2
"""Opening hours as rows: what "open now" is asked of. Written when hours change, and by the clock."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import OpenSpan, Place
from smilecity.places.reads.opening import otherwise
from smilecity.places.reads.school import school
from smilecity.places.rules import spans
from smilecity.places.rules.openness import Otherwise

AT_ONCE = 200


def write(place: Place) -> None:
    """Write the place's spans for the next two weeks anew. For actions, inside their transaction.

    Lock: the caller holds the place's noun, so that two writers never mix.
    """
    OpenSpan.objects.filter(place=place).delete()
    OpenSpan.objects.bulk_create(_rows(place, otherwise([place.noun_id]).get(place.noun_id, ())))


def refresh_spans(who: Who, places: Iterable[int] | None = None) -> int:
    """Write the spans of these places (by noun id; all, if none are named) anew; returns how many places.

    Only the node itself and operators do. Lock: the places' nouns, some at a time and in order of id, each
    batch in a transaction of its own.
    """
    if not rights.may_refresh(who):
        raise Refusal("spans.not-yours", _("Das tun die Betreiber."), status=403)
    wanted = Place.objects.exclude(opening_hours="", quiet_hours="", spans=None)
    if places is not None:
        wanted = wanted.filter(noun__in=list(places))
    done, last = 0, 0
    while batch := list(
        wanted.filter(noun__gt=last).order_by("noun").values_list("noun", flat=True)[:AT_ONCE]
    ):
        done, last = done + len(batch), batch[-1]
        with transaction.atomic():
            locked = Noun.objects.select_for_update().filter(id__in=batch).order_by("id")
            there = Place.objects.select_related("noun").filter(noun__in=[noun.id for noun in locked])
            OpenSpan.objects.filter(place__in=batch).delete()
            told = otherwise(batch)
            OpenSpan.objects.bulk_create(
                [row for place in there for row in _rows(place, told.get(place.noun_id, ()))], batch_size=1000
            )
    return done


def _rows(place: Place, told: Sequence[Otherwise]) -> list[OpenSpan]:
    """What is open also beside the hours; an extra opening is no quiet hour, but a closing ends that too."""
    now, zone, state = clock.now(), settings.SMILE.zone, settings.SMILE.state
    coordinates = (place.noun.geo or {}).get("coordinates")
    position = (coordinates[0], coordinates[1]) if coordinates else None
    closed = [one for one in told if not one.open]
    return [
        OpenSpan(place=place, during=DateTimeTZRange(start, end), quiet=quiet)
        for quiet, text, others in ((False, place.opening_hours, told), (True, place.quiet_hours, closed))
        for start, end in spans.ahead(
            text, now, zone, position, state=state, exceptionals=others, school=school()
        )
    ]
