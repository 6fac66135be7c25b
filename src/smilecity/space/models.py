# SPDX-License-Identifier: EUPL-1.2
"""Areas, and the shapes of the plain base map."""

from django.db import models

from smilecity.core.models import Noun


class Area(models.Model):
    """A part of the city, or the city itself; its outline is the noun's `geo`."""

    LEVELS = ("region", "municipality", "district", "quarter", "block")

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE, related_name="+")
    level = models.TextField()
    key = models.TextField(unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    schematic = models.BooleanField(default=False)

    class Meta:
        constraints = (
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
