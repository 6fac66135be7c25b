# SPDX-License-Identifier: EUPL-1.2
"""When a place is not open as its hours say, and what else closes it."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.places.models.place import Place, Unit


class Exceptional(models.Model):
    """A time in which other than the hours hold, with the reason that residents read: a fair, a storm, repairs.

    `open` says whether it is open then. `cause` is a code: `event`, `weather`, `repair`, `staff`, `other`; one that a
    sensor brought has `by` "weather" and is ended by it.
    """

    CAUSES = ("event", "weather", "repair", "staff", "other")

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="exceptions")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="exceptions")
    during = DateTimeRangeField()
    open = models.BooleanField(default=False)
    cause = models.TextField(default="other")
    reason = models.JSONField(default=dict)
    by = models.TextField(default="")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (GistIndex(fields=["during"], name="exceptions_at"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(cause__in=["event", "weather", "repair", "staff", "other"]),
                name="exception_cause_known",
            ),
        )


class SchoolHoliday(models.Model):
    """School holidays of a federal state (`MV`), both days included; imported, for every state sets its own."""

    id = models.BigAutoField(primary_key=True)
    state = models.TextField()
    name = models.JSONField()
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["state", "starts_on"], name="school_holiday_once"),
            models.CheckConstraint(
                condition=models.Q(starts_on__lte=models.F("ends_on")), name="school_holiday_in_order"
            ),
        )


class Limit(models.Model):
    """What closes a place by itself: a sensor's role (`gust`) above `closes_above`, until calmer than `opens_below`.

    Speeds are in km/h, other values in the sensor's unit. `closing` is what it closed; once a person has ended that, the
    limit stays quiet until it was calm. `told_until` is up to where those with bookings were told.
    """

    id = models.BigAutoField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="limits")
    role = models.TextField()
    closes_above = models.FloatField()
    opens_below = models.FloatField()
    calm_for = models.DurationField()
    calm_since = models.DateTimeField(null=True)
    told_until = models.DateTimeField(null=True)
    closing = models.ForeignKey(Exceptional, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["place", "role"], name="limit_once"),
            models.CheckConstraint(
                condition=models.Q(opens_below__lte=models.F("closes_above")), name="limit_in_order"
            ),
        )
