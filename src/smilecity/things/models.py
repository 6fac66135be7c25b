# SPDX-License-Identifier: EUPL-1.2
"""The entities of OGC SensorThings 1.1 (18-088, clause 8), and the devices that feed them.

Ids of all entities are plain integers below 2^53, from the node's one sequence (observations from their own).
"""

from django.db import models
from django.db.models.functions import Now

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


class Observation(models.Model):
    """One result (8.2.7), in a table partitioned by month of `phenomenon_time`; made by migrations 0002 and 0004.

    `result` holds numbers; results of other types are in `value`. `flags` says what the watch found odd about it
    (bits, `rules.watch`). Ids from 2^52 on are given by clients, smaller ones by the node.
    """

    pk = models.CompositePrimaryKey("datastream_id", "phenomenon_time", "id")
    id = models.BigIntegerField()
    datastream = models.ForeignKey(Datastream, on_delete=models.DO_NOTHING, db_constraint=False)
    phenomenon_time = models.DateTimeField()
    phenomenon_end = models.DateTimeField(null=True)
    result_time = models.DateTimeField(null=True)
    result = models.FloatField(null=True)
    value = models.JSONField(null=True)
    parameters = models.JSONField(null=True)
    feature = models.BigIntegerField(null=True)
    valid_start = models.DateTimeField(null=True)
    valid_end = models.DateTimeField(null=True)
    quality = models.JSONField(null=True)
    flags = models.SmallIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "things_observation"


class Latest(models.Model):
    """The newest observation of a datastream, whole, and what all of them amount to; kept by whoever writes one.

    `count`, and the extents of phenomenon and result time, are of all its observations: exact, so that neither is ever
    counted or looked for. Whole hours before `rolled_until` are in `Hour`; raw values before `forgotten_until` are
    deleted, or about to be, and hours before it are never counted again. Its row's lock orders writers of a datastream
    and the jobs that roll up and forget.
    """

    datastream = models.OneToOneField(
        Datastream, primary_key=True, on_delete=models.CASCADE, related_name="latest"
    )
    observation = models.BigIntegerField(null=True)
    phenomenon_time = models.DateTimeField(null=True)
    phenomenon_end = models.DateTimeField(null=True)
    result_time = models.DateTimeField(null=True)
    result = models.FloatField(null=True)
    value = models.JSONField(null=True)
    parameters = models.JSONField(null=True)
    feature = models.BigIntegerField(null=True)
    valid_start = models.DateTimeField(null=True)
    valid_end = models.DateTimeField(null=True)
    quality = models.JSONField(null=True)
    flags = models.SmallIntegerField(null=True)
    count = models.BigIntegerField(db_default=0)
    first_time = models.DateTimeField(null=True)
    last_time = models.DateTimeField(null=True)
    first_result_time = models.DateTimeField(null=True)
    last_result_time = models.DateTimeField(null=True)
    rolled_until = models.DateTimeField(null=True)
    forgotten_until = models.DateTimeField(null=True)


class Hour(models.Model):
    """What the numbers of an hour (UTC) amount to; made by migration 0004 with its primary key (datastream, start).

    `count` is of numbers, `rows` of all results; a `total` that no number holds is NaN. True unless the hour stands in
    `StaleHour`.
    """

    pk = models.CompositePrimaryKey("datastream_id", "start")
    datastream = models.ForeignKey(Datastream, on_delete=models.DO_NOTHING, db_constraint=False)
    start = models.DateTimeField()
    rows = models.IntegerField()
    count = models.IntegerField()
    total = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    class Meta:
        managed = False
        db_table = "things_hour"


class StaleHour(models.Model):
    """An hour rolled up before, of which a value came, changed or went since: asked of the raw values until redone."""

    pk = models.CompositePrimaryKey("datastream_id", "start")
    datastream = models.ForeignKey(Datastream, on_delete=models.DO_NOTHING, db_constraint=False)
    start = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "things_stalehour"


class Codec(models.Model):
    """A vendor's payload codec: JavaScript in the form of The Things Network's device repository."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    vendor = models.TextField()
    name = models.TextField()
    script = models.TextField()
    digest = models.TextField()
    devices = models.JSONField(default=list)
    imported_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["vendor", "name"], name="codec_named_once"),)


class Device(models.Model):
    """A device in the register, by its EUI (16 hexadecimal digits, capitals)."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    eui = models.CharField(max_length=16, unique=True)
    model = models.TextField()
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE)
    codec = models.ForeignKey(Codec, on_delete=models.PROTECT)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(eui__regex="^[0-9A-F]{16}$"), name="device_eui_form"),
        )


class Feed(models.Model):
    """Which decoded field (a dotted path) of a device feeds which datastream, times `scale` plus `offset`."""

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="feeds")
    field = models.TextField()
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE)
    scale = models.FloatField(default=1.0)
    offset = models.FloatField(default=0.0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["device", "datastream"], name="feed_once"),)


class Uplink(models.Model):
    """A message as it came. `key` is computed from what makes it this one, so a replay finds it taken."""

    STORED, UNDECODABLE, PARKED = 0, 1, 2

    key = models.UUIDField(primary_key=True)
    eui = models.CharField(max_length=16)
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, db_constraint=False)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    f_port = models.SmallIntegerField()
    payload = models.BinaryField()
    state = models.SmallIntegerField(default=STORED)
    reason = models.TextField(null=True)  # noqa: DJ001 - most messages need none

    class Meta:
        indexes = (
            models.Index(fields=["stored_at"], name="uplink_age"),
            models.Index(fields=["eui", "received_at"], name="uplink_parked", condition=models.Q(state=2)),
            models.Index(
                fields=["received_at", "key"], name="uplink_undecodable", condition=models.Q(state=1)
            ),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=[0, 1, 2]), name="uplink_state_known"),
        )
