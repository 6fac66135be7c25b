# SPDX-License-Identifier: EUPL-1.2
"""Places, what they consist of, and which sensors speak for them."""

from django.db import models

from smilecity.core.fields import NextId
from smilecity.core.models import Noun
from smilecity.things.models import Datastream


class Place(models.Model):
    """A meeting place. Title, description, position and visibility are its noun's.

    `opening_hours` is OSM's syntax, `entry` says per language how to get in, `access` answers
    the questions of `rules.words.ACCESS`.
    """

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    category = models.TextField()
    opening_hours = models.TextField(default="")
    street = models.TextField(default="")
    entry = models.JSONField(default=dict)
    access = models.JSONField(default=dict)


class Unit(models.Model):
    """A part of a place that people use on its own, such as a court; `room_for` is how many fit well.

    `key` names it within its place, for those who keep it; residents read `name`.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="units")
    key = models.TextField()
    name = models.JSONField()
    room_for = models.PositiveIntegerField(null=True)
    order = models.SmallIntegerField(default=0)

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
