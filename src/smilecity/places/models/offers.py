# SPDX-License-Identifier: EUPL-1.2
"""What there is to do: offers, their dates, and who has registered."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.db.models.lookups import LessThanOrEqual

from smilecity.core.fields import NextId
from smilecity.core.models import Noun
from smilecity.places.models.place import Place, Unit
from smilecity.places.rules.offers.recurrence import MOST_MINUTES


class Offer(models.Model):
    """Something people can come to, at `offers/<key>`: title, text, keeper (who offers it) and area are the noun's.

    `starts_at` and `duration` are of its first date; `rule` is RFC 5545's RRULE in the city's wall clock (empty: once),
    `extra` and `without` are further and left-out starts (ISO, local). `kind`: an offer, somebody who looks for others
    to join, or a call for helping hands. `waits` holds changed values until the city has looked, in the state
    `waiting` (draft, review, returned).
    """

    OFFER, JOIN, HELP = "offer", "join", "help"
    NONE, HERE, ELSEWHERE = "none", "here", "elsewhere"

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    kind = models.TextField(default=OFFER)
    category = models.TextField(default="")
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="offers")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="offers")
    where = models.TextField(default="")
    """Where, if not at a place of the city."""
    starts_at = models.DateTimeField()
    duration = models.DurationField()
    rule = models.TextField(default="")
    extra = models.JSONField(default=list)
    without = models.JSONField(default=list)
    age_from = models.PositiveSmallIntegerField(null=True)
    age_to = models.PositiveSmallIntegerField(null=True)
    capacity = models.PositiveIntegerField(null=True)
    registration = models.TextField(default=NONE)
    register_at = models.TextField(default="")
    whole_series = models.BooleanField(default=False)
    """Whether one registers for all dates at once."""
    free = models.BooleanField(null=True)
    cost = models.JSONField(default=dict)
    access = models.JSONField(default=dict)
    bring = models.JSONField(default=dict)
    plain = models.JSONField(default=dict)
    """The text in plain language, per language."""
    languages = ArrayField(models.TextField(), default=list)
    website = models.TextField(default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    waits = models.JSONField(null=True)
    waiting = models.TextField(default="")
    waiting_since = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    came_from = models.TextField(default="")
    """The feed or file it was imported from, and its UID there."""
    expanded_until = models.DateField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    """Since when it does not take place any more; dates before that stay, none is written anew."""

    class Meta:
        indexes = (
            models.Index(fields=["place"], name="offer_at_place"),
            GinIndex(fields=["access"], name="offer_access", opclasses=["jsonb_path_ops"]),
            models.Index(
                fields=["waiting_since"], name="offer_waiting", condition=models.Q(waiting="review")
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["offer", "join", "help"]), name="offer_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(registration__in=["none", "here", "elsewhere"]),
                name="offer_registration_known",
            ),
            models.CheckConstraint(
                condition=models.Q(waiting__in=["", "draft", "review", "returned"]),
                name="offer_waiting_known",
            ),
            models.UniqueConstraint(
                fields=["came_from"], condition=~models.Q(came_from=""), name="offer_imported_once"
            ),
        )


_BEGINS, _ENDS = (
    models.Func(models.F("during"), function=one, output_field=models.DateTimeField())
    for one in ("lower", "upper")
)


class Occasion(models.Model):
    """A date of an offer, written ahead for a year: what search and calendar ask.

    `start` names it within its offer (RFC 5545's RECURRENCE-ID), also when `during` was moved. `taken` counts those
    registered, kept under this row's lock.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    offer = models.ForeignKey(
        Offer, on_delete=models.CASCADE, related_name="occasions", db_constraint=False, db_index=False
    )
    """The database sees to it once a statement (migration 0013); `occasion_once` finds an offer's dates."""
    start = models.DateTimeField()
    during = DateTimeRangeField()
    cancelled = models.BooleanField(default=False)
    note = models.JSONField(default=dict)
    capacity = models.PositiveIntegerField(null=True)
    taken = models.PositiveIntegerField(default=0)
    changed = models.BooleanField(default=False)
    """Moved, cancelled or noted by hand: writing dates anew leaves it as it is."""

    class Meta:
        indexes = (
            # Its end is there to be read beside, and none is long: so what is on at a time is found by it too. An
            # index of ranges would answer that alone, and writing a year of dates would take three times as long.
            models.Index(_BEGINS, "id", _ENDS, name="occasions_by_time"),
        )
        constraints = (
            models.UniqueConstraint(fields=["offer", "start"], name="occasion_once"),
            models.CheckConstraint(
                condition=LessThanOrEqual(_ENDS - _BEGINS, timedelta(minutes=MOST_MINUTES)),
                name="occasion_not_long",
            ),
        )


class Registration(models.Model):
    """Somebody comes to a date of an offer, or waits for a place: `waiting` moves up in order of `id`.

    With an account, or with a name and a way to reach them that only the organiser sees and that goes `forget_at`.
    """

    COMES, WAITS, CANCELLED = "comes", "waits", "cancelled"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    occasion = models.ForeignKey(Occasion, on_delete=models.CASCADE, related_name="registrations")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="registrations"
    )
    name = models.TextField(default="")
    reach = models.TextField(default="")
    token = models.TextField(default="")
    """Hash of what opens it again to those without an account."""
    seats = models.PositiveSmallIntegerField(default=1)
    state = models.TextField(default=COMES)
    note = models.TextField(default="")
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    forget_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["comes", "waits", "cancelled"]), name="registration_state_known"
            ),
            models.UniqueConstraint(
                fields=["occasion", "account"],
                condition=models.Q(account__isnull=False) & ~models.Q(state="cancelled"),
                name="registered_once",
            ),
        )
        indexes = (
            models.Index(fields=["token"], name="registration_token", condition=~models.Q(token="")),
            models.Index(fields=["forget_at"], name="registration_forgotten"),
        )
