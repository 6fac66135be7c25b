# SPDX-License-Identifier: EUPL-1.2
"""Places, what they consist of, which sensors speak for them, their pictures, and changes that wait for a look."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.core.models import Noun
from smilecity.things.models import Datastream


class Place(models.Model):
    """A meeting place. Title, description, position, visibility and keeper are its noun's.

    `opening_hours` and `quiet_hours` (when it is made calm for those who need it) are OSM's syntax, `entry`
    says per language how to get in, `access` answers the questions of `rules.words.ACCESS`, `age_from` and
    `age_to` (both included) say for whom it is, `languages` what is spoken there. `free`, `indoors` and the
    ages are null or empty while nobody has said: unknown is not no.
    """

    INDOORS = ("", "in", "out", "both")

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    category = models.TextField()
    opening_hours = models.TextField(default="")
    street = models.TextField(default="")
    entry = models.JSONField(default=dict)
    access = models.JSONField(default=dict)
    quiet_hours = models.TextField(default="")
    free = models.BooleanField(null=True)
    cost = models.JSONField(default=dict)
    indoors = models.TextField(default="")
    age_from = models.PositiveSmallIntegerField(null=True)
    age_to = models.PositiveSmallIntegerField(null=True)
    languages = ArrayField(models.TextField(), default=list)
    website = models.TextField(default="")
    email = models.TextField(default="")
    phone = models.TextField(default="")

    class Meta:
        indexes = (
            GinIndex(fields=["access"], name="place_access", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["languages"], name="place_languages"),
            models.Index(fields=["category"], name="place_category"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(indoors__in=["", "in", "out", "both"]), name="place_indoors_known"
            ),
            models.CheckConstraint(
                condition=models.Q(age_from__isnull=True)
                | models.Q(age_to__isnull=True)
                | models.Q(age_from__lte=models.F("age_to")),
                name="place_ages_in_order",
            ),
        )


class OpenSpan(models.Model):
    """A span of time in which a place is open, or (`quiet`) made calm: what its hours say for the next days.

    Written when the hours change and by the clock, so that "open now" is an index look-up.
    """

    id = models.BigAutoField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="spans")
    during = DateTimeRangeField()
    quiet = models.BooleanField(default=False)

    class Meta:
        indexes = (GistIndex(fields=["during"], name="open_spans_at"),)
        constraints = (
            ExclusionConstraint(
                name="open_spans_apart",
                expressions=[("place", RangeOperators.EQUAL), ("quiet", RangeOperators.EQUAL),
                             ("during", RangeOperators.OVERLAPS)],
            ),
        )  # fmt: skip


class Change(models.Model):
    """A changed or new entry of a place that waits: written by its keeper, looked at by the city.

    `values` are `actions.keep_place`'s arguments by name as JSON; `base` is the noun's `changed_at` when it was
    begun, so that a change made meanwhile is seen. At most one of a place is open (draft, review, returned).
    """

    DRAFT, REVIEW, RETURNED, PUBLISHED, DROPPED = "draft", "review", "returned", "published", "dropped"
    OPEN = (DRAFT, REVIEW, RETURNED)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="changes")
    values = models.JSONField()
    state = models.TextField(default=DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    base = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "review", "returned", "published", "dropped"]),
                name="change_state_known",
            ),
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(state__in=["draft", "review", "returned"]),
                name="change_open_once",
            ),
        )
        indexes = (models.Index(fields=["state", "sent_at", "id"], name="change_waiting"),)


class Photo(models.Model):
    """A picture of a place, made anew from what was uploaded: no EXIF, WebP, at most 1600 px; `small` 480 px.

    `alt` says per language what is on it, for those who do not see it. Shown to all only when `shown`; it waits
    for a look of the city until `looked_at`.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="photos")
    alt = models.JSONField()
    credit = models.TextField(default="")
    licence = models.TextField(default="CC-BY-4.0")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    full = models.BinaryField()
    small = models.BinaryField()
    digest = models.TextField()
    shown = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True)
    order = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["place", "digest"], name="photo_once"),)


class Unit(models.Model):
    """A part of a place that people use on its own, such as a court; `room_for` is how many fit well.

    `key` names it within its place, for those who keep it; residents read `name`. Units of a place are a tree: half a
    court has the court as its `parent`. What is `booked_by` a policy can be reserved; booking a unit takes all below
    it, and one of them taken takes the whole (`models.booking.Claim`).

    `above` is what it is part of, the nearest first; `below` are all its parts, `leaves` those without parts.
    They follow from `parent` and are written with it, for every booking asks for them.
    """

    KINDS = ("", "court", "pitch", "room", "hall", "compartment", "container", "table", "other")

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="units")
    key = models.TextField()
    name = models.JSONField()
    room_for = models.PositiveIntegerField(null=True)
    order = models.SmallIntegerField(default=0)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    above = ArrayField(models.BigIntegerField(), default=list)
    below = ArrayField(models.BigIntegerField(), default=list)
    leaves = ArrayField(models.BigIntegerField(), default=list)
    kind = models.TextField(default="")
    booked_by = models.ForeignKey("Policy", null=True, on_delete=models.PROTECT, related_name="units")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["place", "key"], name="unit_once"),
            models.CheckConstraint(condition=models.Q(room_for__gt=0), name="unit_room_positive"),
        )


class Sense(models.Model):
    """A datastream that tells residents something about a place: `role` says what."""

    ROLES = ("people", "wind", "gust", "rain", "temperature", "sound", "soil", "fill")

    id = models.BigAutoField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="senses")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="senses")
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE)
    role = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["place", "datastream", "role"], name="sense_once"),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=["people", "wind", "gust", "rain", "temperature", "sound", "soil", "fill"]
                ),
                name="sense_role_known",
            ),
        )
