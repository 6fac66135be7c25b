# SPDX-License-Identifier: EUPL-1.2
"""The devices that feed datastreams, what they send, and what they are sent."""

from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.things.models.connecting import Connector
from smilecity.things.models.standard import Datastream, Thing


class Codec(models.Model):
    """A vendor's payload codec: JavaScript in the form of The Things Network's device repository."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    vendor = models.TextField()
    name = models.TextField()
    script = models.TextField()
    digest = models.TextField()
    devices = models.JSONField(default=list)
    commands = models.JSONField(default=list)
    """The vendor's examples of commands: [description, data]."""
    encoder = models.TextField(default="")
    """The script that encodes commands, if it is not the one that decodes uplinks."""
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
    network = models.ForeignKey(Connector, null=True, on_delete=models.SET_NULL, related_name="devices")
    """By which network it is told things; None: it is only listened to."""
    known_as = models.TextField(default="")
    """How that network calls it: The Things Stack's `application/device-id`, ChirpStack's application id."""
    firmware = models.TextField(default="")
    battery_changed_on = models.DateField(null=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replaces")

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


class DeviceNote(models.Model):
    """What was done to a device, and when: put up, new firmware, new battery, replaced, or a note. `by` is a label."""

    INSTALLED, FIRMWARE, BATTERY, REPLACED, RETIRED, NOTE = (
        "installed",
        "firmware",
        "battery",
        "replaced",
        "retired",
        "note",
    )
    KINDS = (INSTALLED, FIRMWARE, BATTERY, REPLACED, RETIRED, NOTE)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    kind = models.TextField()
    text = models.TextField(default="")
    by = models.TextField(default="")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["device", "-at"], name="note_of_device"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["installed", "firmware", "battery", "replaced", "retired", "note"]
                ),
                name="device_note_kind_known",
            ),
        )


class Gateway(models.Model):
    """A radio gateway, by its id in capitals, as uplinks name it; counts are of uplinks it passed on.

    Written in bulk behind the intake, so a minute may be missing after a crash: these are hints, no measurements.
    """

    id = models.TextField(primary_key=True)
    name = models.TextField(default="")
    first_heard_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    uplinks = models.BigIntegerField(db_default=0)
    rssi = models.FloatField(null=True)
    snr = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    silent_after = models.DurationField(null=True)


class Heard(models.Model):
    """How a device was last heard by a gateway: dBm and dB of its last uplink there."""

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="heard_by")
    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="hears")
    at = models.DateTimeField()
    rssi = models.FloatField(null=True)
    snr = models.FloatField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["device", "gateway"], name="heard_once"),)


class Command(models.Model):
    """What a device is told to do, from the wish to its end; nothing is left in between for ever.

    `waiting`: not yet handed to its network. `handed`: the network has it. `sent`: a gateway has radioed it.
    `confirmed`: the device has said that it came; `done`: a report of the device shows the effect. `expired`,
    `failed` and `withdrawn` are ends. `key` is given by whoever commands: the same key is the same command.
    """

    WAITING, HANDED, SENT, CONFIRMED, DONE = "waiting", "handed", "sent", "confirmed", "done"
    EXPIRED, FAILED, WITHDRAWN = "expired", "failed", "withdrawn"
    OPEN = (WAITING, HANDED, SENT)
    STATES = (WAITING, HANDED, SENT, CONFIRMED, DONE, EXPIRED, FAILED, WITHDRAWN)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    key = models.UUIDField(unique=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="commands")
    wanted = models.JSONField()
    f_port = models.SmallIntegerField()
    payload = models.BinaryField()
    confirmed_wanted = models.BooleanField(default=False)
    """Whether the device is asked to confirm (LoRaWAN's confirmed downlink)."""
    state = models.TextField(default=WAITING)
    reason = models.TextField(default="")
    by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    expects_in = models.ForeignKey(Datastream, null=True, on_delete=models.SET_NULL, related_name="+")
    """Where a value equal to `expects`, observed after it was made, shows that it is done."""
    expects = models.JSONField(null=True)
    tries = models.SmallIntegerField(default=0)
    handed_as = models.TextField(default="")
    """What the network calls it once it has it."""

    class Meta:
        indexes = (
            models.Index(fields=["device", "-made_at"], name="command_of_device"),
            models.Index(
                fields=["expires_at"],
                name="command_open",
                condition=models.Q(state__in=["waiting", "handed", "sent"]),
            ),
            models.Index(
                fields=["expects_in"],
                name="command_watched",
                condition=models.Q(state__in=["handed", "sent", "confirmed"], expects_in__isnull=False),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "waiting",
                        "handed",
                        "sent",
                        "confirmed",
                        "done",
                        "expired",
                        "failed",
                        "withdrawn",
                    ]
                ),
                name="command_state_known",
            ),
        )
