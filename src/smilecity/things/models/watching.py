# SPDX-License-Identifier: EUPL-1.2
"""What the watch over the fleet knows and has found."""

from django.db import models

from smilecity.core.fields import NextId
from smilecity.things.models.connecting import Connector
from smilecity.things.models.devices import Gateway
from smilecity.things.models.standard import Datastream


class Watch(models.Model):
    """What the watch knows of a datastream: its usual interval, and up to which observation it has looked.

    `low` and `high` are what is possible, `most_step` the most that two values a usual interval apart may differ,
    `stuck_after` how long the same value may stay; None: not watched for that. All four are set by people
    (`set_by_people`), or else steps and stillness are learned, and what is possible is known of the kind
    (`rules.physics`). `interval` is how often it usually speaks, `quiet_after` how long it may say nothing before that
    is an alarm; both learned, None until there is enough. Values from `again_from` to `again_until` wait to be judged
    again, because limits have changed.
    """

    datastream = models.OneToOneField(
        Datastream, primary_key=True, on_delete=models.CASCADE, related_name="watch"
    )
    interval = models.DurationField(null=True)
    quiet_after = models.DurationField(null=True)
    learned_at = models.DateTimeField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    most_step = models.FloatField(null=True)
    stuck_after = models.DurationField(null=True)
    set_by_people = models.BooleanField(default=False)
    looked_until = models.DateTimeField(null=True)
    same_since = models.DateTimeField(null=True)
    again_from = models.DateTimeField(null=True)
    again_until = models.DateTimeField(null=True)


class Alarm(models.Model):
    """Something that was wrong with a datastream, gateway or connector from `since` until `until`.

    One open alarm of a kind for each: what goes on, or comes back soon, is the same alarm. `count` is how many values
    were odd, or how often it came back; `told_at` when it was told, `seen_by` (a label) who has taken note, `seen_at`.
    """

    SILENT, BATTERY, RANGE, JUMP, STUCK, GATEWAY, CONNECTOR = (
        "silent",
        "battery",
        "range",
        "jump",
        "stuck",
        "gateway",
        "connector",
    )

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    kind = models.TextField()
    datastream = models.ForeignKey(Datastream, null=True, on_delete=models.CASCADE, related_name="alarms")
    gateway = models.ForeignKey(Gateway, null=True, on_delete=models.CASCADE, related_name="alarms")
    connector = models.ForeignKey(Connector, null=True, on_delete=models.CASCADE, related_name="alarms")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    count = models.IntegerField(default=1)
    told_at = models.DateTimeField(null=True)
    seen_by = models.TextField(default="")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["-since"], name="alarm_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["silent", "battery", "range", "jump", "stuck", "gateway", "connector"]
                ),
                name="alarm_kind_known",
            ),
            models.UniqueConstraint(
                fields=["kind", "datastream", "gateway", "connector"],
                condition=models.Q(until=None),
                nulls_distinct=False,
                name="alarm_open_once",
            ),
        )
