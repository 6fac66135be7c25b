# SPDX-License-Identifier: EUPL-1.2
"""Who may have which unit when: policies, bookings, and the claims that keep them apart."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.core.models import Noun
from smilecity.places.models.place import Unit


class Policy(models.Model):
    """The rules of booking, as data: `rules` in the form of `rules.booking.Policy`, explained to people in words.

    Kept for a place or, with `place` None, to be used by several of its keeper's places.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    keeper = models.ForeignKey(Noun, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("Place", null=True, on_delete=models.CASCADE, related_name="policies")
    name = models.TextField()
    rules = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())


class Season(models.Model):
    """A time for which clubs ask for regular slots before anybody gets one: asked, decided by people, then booked."""

    ASKING, DECIDING, DECIDED = "asking", "deciding", "decided"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey("Place", on_delete=models.CASCADE, related_name="seasons")
    name = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    ask_until = models.DateTimeField()
    state = models.TextField(default=ASKING)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["asking", "deciding", "decided"]), name="season_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__lte=models.F("ends_on")), name="season_in_order"
            ),
        )


class Series(models.Model):
    """The same slot again and again: `rule` is RFC 5545's RRULE in the city's wall clock, from `starts_at` on.

    Asked in a `season` or by itself. One date that cannot be had costs that date, not the series: `left_out` lists
    those dates with the reason's code.
    """

    ASKED, GRANTED, REFUSED, ENDED = "asked", "granted", "refused", "ended"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="series")
    season = models.ForeignKey(Season, null=True, on_delete=models.SET_NULL, related_name="series")
    organisation = models.ForeignKey(Noun, null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    starts_at = models.DateTimeField()
    duration = models.DurationField()
    rule = models.TextField()
    what = models.TextField(default="")
    state = models.TextField(default=ASKED)
    reason = models.TextField(default="")
    rank = models.SmallIntegerField(default=0)
    left_out = models.JSONField(default=list)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["unit", "state"], name="series_of_unit"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "granted", "refused", "ended"]),
                name="series_state_known",
            ),
        )


class Booking(models.Model):
    """One unit for one time. `held` ends by itself at `hold_until`; `asked` waits for a person of the city.

    `key` comes from whoever books: the same key is the same booking, however often it is sent. `account` books, for
    `organisation` if given. `fee_cents` is told, never taken here.
    """

    HELD, ASKED, BOOKED = "held", "asked", "booked"
    USED, CANCELLED, REFUSED, EXPIRED, MISSED = "used", "cancelled", "refused", "expired", "missed"
    TAKES = (HELD, ASKED, BOOKED, USED)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    key = models.UUIDField(unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="bookings")
    during = DateTimeRangeField()
    state = models.TextField(default=HELD)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="bookings"
    )
    organisation = models.ForeignKey(Noun, null=True, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, null=True, on_delete=models.SET_NULL, related_name="bookings")
    hold_until = models.DateTimeField(null=True)
    what = models.TextField(default="")
    people = models.PositiveSmallIntegerField(null=True)
    fee_cents = models.PositiveIntegerField(default=0)
    policy_version = models.IntegerField(default=1)
    reason = models.TextField(default="")
    decided_by = models.TextField(default="")
    seen_at = models.DateTimeField(null=True)
    """When somebody was there: checked in, or a sensor or lock said so; else it is released after the grace time."""
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            GistIndex(
                fields=["unit", "during"], name="booking_calendar", opclasses=["gist_int8_ops", "range_ops"]
            ),
            models.Index(fields=["account", "-made_at"], name="booking_of_account"),
            models.Index(fields=["organisation", "-made_at"], name="booking_of_organisation"),
            models.Index(fields=["hold_until"], name="booking_held", condition=models.Q(state="held")),
            models.Index(fields=["made_at"], name="booking_asked", condition=models.Q(state="asked")),
            models.Index(
                models.F("during__startswith"),
                name="booking_not_seen",
                condition=models.Q(state="booked", seen_at__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["held", "asked", "booked", "used", "cancelled", "refused", "expired", "missed"]
                ),
                name="booking_state_known",
            ),
        )


class Claim(models.Model):
    """That a booking takes a unit without parts for a time, gaps for cleaning included; gone when it takes it no more.

    A booking of a court claims both halves, so the constraint alone keeps court and halves apart. `booking` None: the
    place is closed to bookings then.
    """

    id = models.BigAutoField(primary_key=True)
    booking = models.ForeignKey(Booking, null=True, on_delete=models.CASCADE, related_name="claims")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="claims")
    during = DateTimeRangeField()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="claims_apart",
                expressions=[("unit", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        )
