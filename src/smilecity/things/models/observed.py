# SPDX-License-Identifier: EUPL-1.2
"""Observations, and what is kept of them beside: the newest, what all amount to, hours."""

from django.db import models

from smilecity.things.models.standard import Datastream


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
