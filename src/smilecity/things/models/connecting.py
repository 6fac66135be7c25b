# SPDX-License-Identifier: EUPL-1.2
"""Ways in that we open ourselves: brokers we listen to, services we ask, tables somebody brings."""

from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.things.models.standard import Thing


class Connector(models.Model):
    """A network server or another source, and how to reach it.

    `chirpstack` and `tts` are LoRaWAN network servers: by MQTT we take uplinks there, and hand them commands. `json` is
    anything that sends JSON, by HTTP to us or by MQTT at a broker: `mapping` says what becomes of it
    (`rules.mapping`). `mirror` is another SensorThings service whose public things are kept here as well.
    `secret` is sealed (`core.sealing`), never shown again.
    """

    CHIRPSTACK, TTS, JSON, MIRROR = "chirpstack", "tts", "json", "mirror"
    KINDS = (CHIRPSTACK, TTS, JSON, MIRROR)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    kind = models.TextField()
    name = models.TextField(unique=True)
    address = models.TextField(default="")
    """mqtt://, mqtts://, https://; empty: it comes to us by HTTP."""
    user = models.TextField(default="")
    secret = models.BinaryField(default=b"")
    topic = models.TextField(default="")
    mapping = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["chirpstack", "tts", "json", "mirror"]),
                name="connector_kind_known",
            ),
        )


class ConnectorState(models.Model):
    """How a connector is doing; written by whoever runs it, apart from what was set up.

    `position` is where a mirror goes on. `trouble` is a refusal's code with its `sentence`, since `troubled_at`.
    """

    connector = models.OneToOneField(
        Connector, primary_key=True, on_delete=models.CASCADE, related_name="state"
    )
    position = models.JSONField(default=dict)
    heard_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    taken = models.BigIntegerField(db_default=0)
    refused = models.BigIntegerField(db_default=0)
    trouble = models.TextField(default="")
    sentence = models.TextField(default="")
    troubled_at = models.DateTimeField(null=True)


class Mirrored(models.Model):
    """Which entity here is which over there: `kind` is the standard's, `theirs` their id, `ours` a plain id.

    `position` is up to where a datastream's observations have come.
    """

    id = models.BigAutoField(primary_key=True)
    connector = models.ForeignKey(Connector, on_delete=models.CASCADE)
    kind = models.TextField()
    theirs = models.TextField()
    ours = models.BigIntegerField()
    digest = models.TextField(default="")
    position = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connector", "kind", "theirs"], name="mirrored_once"),)


class TableImport(models.Model):
    """A table of values somebody brought: looked at first, then taken in, row after row, and again after a halt.

    The file lies in the node's data folder under `file` until it is taken in. `columns` says which column is what;
    `bytes_done` is where to go on. `troubles` names the first rows that could not be taken, `refused` counts all.
    """

    DRAFT, RUNNING, DONE, STOPPED = "draft", "running", "done", "stopped"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE)
    name = models.TextField()
    file = models.TextField()
    size = models.BigIntegerField()
    columns = models.JSONField(default=dict)
    state = models.TextField(default=DRAFT)
    bytes_done = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    troubles = models.JSONField(default=list)
    by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["-made_at"], name="table_import_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "running", "done", "stopped"]),
                name="table_import_state_known",
            ),
        )
