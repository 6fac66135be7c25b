# SPDX-License-Identifier: EUPL-1.2
"""What a club may open: a compartment entrusted to it, its keyholders, and when each of them may get in."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.core.models import Noun
from smilecity.places.models.locks import Compartment, Handle


class Entrusted(models.Model):
    """The city lets a club have a compartment from one moment until another: nobody of the club gets in beyond it."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    compartment = models.ForeignKey(Compartment, on_delete=models.CASCADE, related_name="entrusted")
    organisation = models.ForeignKey(Noun, on_delete=models.CASCADE, related_name="+")
    during = DateTimeRangeField()
    by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)


class Keyholder(models.Model):
    """A person whom a club lets in: by their account, or by a card or PIN without one.

    `name` is what the club calls them, so that it knows whose card to lock; the city keeps no other name of a card.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    organisation = models.ForeignKey(Noun, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="keyholders"
    )
    handle = models.ForeignKey(Handle, null=True, on_delete=models.SET_NULL, related_name="keyholders")
    name = models.TextField(default="")
    by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "account"],
                condition=Q(ended_at=None, account__isnull=False),
                name="keyholder_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "handle"],
                condition=Q(ended_at=None, handle__isnull=False),
                name="keyholder_card_once",
            ),
        )


class Permit(models.Model):
    """When a keyholder may open what is entrusted to their club, from `first` to `last`, both included.

    `weekly`: on `weekdays` (0 is Monday) from `starts` to `ends`, by the city's wall clock; `bookings`: whenever the club
    has booked something at the place, from `lead` minutes before until as long after.
    """

    WEEKLY, BOOKINGS = "weekly", "bookings"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    keyholder = models.ForeignKey(Keyholder, on_delete=models.CASCADE, related_name="permits")
    entrusted = models.ForeignKey(Entrusted, on_delete=models.CASCADE, related_name="permits")
    kind = models.TextField()
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    lead = models.PositiveSmallIntegerField(default=0)
    first = models.DateField()
    last = models.DateField()
    by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="permit_in_order"),
            models.CheckConstraint(
                condition=Q(kind="bookings")
                | Q(kind="weekly", starts__isnull=False, ends__isnull=False, starts__lt=F("ends")),
                name="permit_known",
            ),
        )
