# SPDX-License-Identifier: EUPL-1.2
"""Areas, and the shapes of the plain base map."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Value

from smilecity.core.models import Noun


class Area(models.Model):
    """A part of the city, or the city itself; its outline is the noun's `geo`, names per language its title.

    `key` is the official one (AGS, ARS, or the city's own); it holds from `valid_from` (included) to `valid_to` (not
    included), null is open, and no two areas hold the same key at the same time.
    """

    LEVELS = ("region", "municipality", "district", "quarter", "block")

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE, related_name="+")
    level = models.TextField()
    key = models.TextField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    schematic = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="area_key_once_at_a_time",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["region", "municipality", "district", "quarter", "block"]),
                name="area_level_known",
            ),
        )


class BaseShape(models.Model):
    """A shape of the plain base map: water, land, green or road, for orientation only."""

    KINDS = ("land", "water", "green", "road")

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    name = models.TextField(unique=True)
    geo = models.JSONField()
    schematic = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["land", "water", "green", "road"]), name="base_shape_kind_known"
            ),
        )
