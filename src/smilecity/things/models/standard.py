# SPDX-License-Identifier: EUPL-1.2
"""The entities of OGC SensorThings 1.1 (18-088, clause 8), but observations.

Ids of all entities are plain integers below 2^53, from the node's one sequence (observations from their own).
"""

from django.db import models

from smilecity.core.fields import BoxField, GeoJsonBox, NextId
from smilecity.core.models import Noun


class Described(models.Model):
    """What most entities of the standard share."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    name = models.TextField()
    description = models.TextField(default="")
    properties = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Location(Described):
    """Where things are (8.2.2)."""

    encoding_type = models.TextField(default="application/geo+json")
    location = models.JSONField()
    box = models.GeneratedField(expression=GeoJsonBox("location"), output_field=BoxField(), db_persist=True)


class Thing(models.Model):
    """A thing with sensors (8.2.1). It has a page, so it is a noun; its name is the noun's title.

    What residents are told of it: `purpose`, `legal_basis` and `safeguard` (how it is ensured that nobody can be
    identified) are texts by language; `operator` names who runs it if the noun has no keeper; raw values older than
    `retention` are deleted. A thing is public only with purpose, operator and retention (`rules.declaration`).
    """

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    description = models.TextField(default="")
    properties = models.JSONField(default=dict)
    locations = models.ManyToManyField(Location, related_name="things")
    purpose = models.JSONField(default=dict)
    legal_basis = models.JSONField(default=dict)
    safeguard = models.JSONField(default=dict)
    operator = models.TextField(default="")
    retention = models.DurationField(null=True)
    keeps_hours = models.BooleanField(default=True)
    """Whether hourly aggregates outlive the raw values."""


class HistoricalLocation(models.Model):
    """Where a thing was (8.2.3)."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE)
    time = models.DateTimeField()
    locations = models.ManyToManyField(Location)

    class Meta:
        indexes = (models.Index(fields=["thing", "-time"], name="historical_of_thing"),)


class Sensor(Described):
    """The instrument, that is: the model and procedure (8.2.5)."""

    encoding_type = models.TextField(default="text/html")
    metadata = models.JSONField(default=str)  # most often a text: where the description is


class ObservedProperty(Described):
    """What is observed (8.2.6). The standard allows several of one definition, and so do we."""

    definition = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["definition"], name="property_definition"),)


class FeatureOfInterest(Described):
    """What an observation is about (8.2.8)."""

    encoding_type = models.TextField(default="application/geo+json")
    feature = models.JSONField()
    box = models.GeneratedField(expression=GeoJsonBox("feature"), output_field=BoxField(), db_persist=True)


class Datastream(Described):
    """Observations of one property by one sensor on one thing (8.2.4), or of several at once (9.2.1, `multi`).

    `people` marks counts of people. A MultiDatastream's `unit` and `observation_types` are lists, in the order of its
    `observed_properties`; its observations' results are arrays. `visibility` is as a noun's, and `partners`: seen by
    partner cities' keys and by those who work with the city's things.
    """

    PARTNERS = "partners"

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT)
    observed_property = models.ForeignKey(ObservedProperty, null=True, on_delete=models.PROTECT)
    multi = models.BooleanField(default=False)
    observed_properties = models.ManyToManyField(
        ObservedProperty, through="DatastreamProperty", related_name="multidatastreams"
    )
    observation_types = models.JSONField(default=list)
    unit = models.JSONField(default=dict)
    observation_type = models.TextField(
        default="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
    )
    observed_area = models.JSONField(null=True)
    visibility = models.TextField(default=Noun.PUBLIC)
    people = models.BooleanField(default=False)
    silent_after = models.DurationField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(visibility__in=["public", "partners", "internal", "draft"]),
                name="datastream_visibility_known",
            ),
            models.CheckConstraint(
                condition=models.Q(multi=True) | models.Q(observed_property__isnull=False),
                name="datastream_observes",
            ),
        )


class DatastreamProperty(models.Model):
    """What a MultiDatastream observes, in order."""

    id = models.BigAutoField(primary_key=True)
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE)
    observed_property = models.ForeignKey(ObservedProperty, on_delete=models.PROTECT)
    rank = models.SmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["datastream", "rank"], name="observed_in_order"),)


class Featured(models.Model):
    """That a datastream has observations of a feature: a row at the first one, so that none is looked for later."""

    id = models.BigAutoField(primary_key=True)
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE)
    feature = models.ForeignKey(FeatureOfInterest, on_delete=models.CASCADE)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["datastream", "feature"], name="featured_once"),)
