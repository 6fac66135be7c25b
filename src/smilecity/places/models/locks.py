# SPDX-License-Identifier: EUPL-1.2
"""What opens: controllers, compartments, who may open them, and what happened there."""

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.core.models import Noun
from smilecity.places.models.place import Place, Unit
from smilecity.things.models import Connector


class Controller(models.Model):
    """A box's lock controller: speaks our lock protocol (`docs/reference/lock-protocol.md`) by MQTT or HTTP.

    `secret` (sealed, `core.sealing`) signs both ways. `counter` is the last number we signed, `heard_counter` the last
    of its own that we took; what is older is a replay. `reported` is what it said last, at `reported_at`.
    """

    MQTT, HTTP = "mqtt", "http"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    key = models.TextField(unique=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="controllers")
    name = models.TextField()
    transport = models.TextField(default=HTTP)
    connector = models.ForeignKey(Connector, null=True, on_delete=models.SET_NULL, related_name="+")
    secret = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    heard_counter = models.BigIntegerField(default=0)
    reported = models.JSONField(default=dict)
    reported_at = models.DateTimeField(null=True)
    boot = models.TextField(default="")
    limits = models.JSONField(default=dict)
    """What it must know of closings: `version` and the spans `closed`; it knows when it reports that version."""
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(transport__in=["mqtt", "http"]), name="transport_known"
            ),
        )


class Compartment(models.Model):
    """One door: a `channel` of a controller that belongs to a unit.

    `door` and `lock` are only what the controller reported (`unknown` until then): open, closed; locked, unlocked.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="compartments")
    channel = models.PositiveSmallIntegerField()
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="compartment")
    door = models.TextField(default="unknown")
    lock = models.TextField(default="unknown")
    reported_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["controller", "channel"], name="channel_once"),
            models.CheckConstraint(
                condition=models.Q(door__in=["unknown", "open", "closed"])
                & models.Q(lock__in=["unknown", "locked", "unlocked"]),
                name="compartment_state_known",
            ),
        )


class Handle(models.Model):
    """By what somebody without (or with) a phone opens: a card, a PIN, or a seed of one-time codes.

    Only what must be: `digest` of a card's number or PIN, and `seed`, both sealed (`core.sealing`). `handle` is the name
    the controller knows; it says nothing about the person.
    """

    CARD, PIN, CODES = "card", "pin", "codes"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    handle = models.TextField(unique=True)
    kind = models.TextField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="handles"
    )
    given_by = models.TextField(default="")
    digest = models.BinaryField(default=b"")
    seed = models.BinaryField(default=b"")
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["card", "pin", "codes"]), name="handle_kind_known"
            ),
        )


class Grant(models.Model):
    """That somebody may open a compartment for a time. Its life converges by the reconciler after any outage.

    `wanted`: we want it there; `installed`: the controller has acknowledged it; `revoking`: we want it gone;
    `revoked`: the controller has acknowledged that; `ended`: its time is over, nothing need be said. What opens is what
    the controller last acknowledged. `uses_left` None: as often as one likes within the time.

    `keyholder`: it is there because their club lets them in. `stands_for`: it is a one-time code for another grant, told
    by telephone, and goes with it.
    """

    WANTED, INSTALLED, REVOKING, REVOKED, ENDED = "wanted", "installed", "revoking", "revoked", "ended"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="grants")
    during = DateTimeRangeField()
    why = models.TextField()
    """`loan`, `booking`, `trainer`, `staff`."""
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="grants"
    )
    organisation = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    handle = models.ForeignKey(Handle, null=True, on_delete=models.SET_NULL, related_name="grants")
    booking = models.ForeignKey("Booking", null=True, on_delete=models.SET_NULL, related_name="grants")
    keyholder = models.ForeignKey("Keyholder", null=True, on_delete=models.SET_NULL, related_name="grants")
    stands_for = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="codes")
    uses_left = models.SmallIntegerField(null=True)
    state = models.TextField(default=WANTED)
    version = models.BigIntegerField(default=1)
    acknowledged = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(
                fields=["compartment", "changed_at"],
                name="grant_open",
                condition=models.Q(state__in=["wanted", "installed", "revoking"]),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["wanted", "installed", "revoking", "revoked", "ended"]),
                name="grant_state_known",
            ),
        )


class LockCommand(models.Model):
    """A signed command to a controller. "received" is not "opened": each step is only what the controller said.

    `id` is said to the controller and has one effect, however often it comes.
    """

    WAITING, SENT, RECEIVED, DONE = "waiting", "sent", "received", "done"
    REFUSED, EXPIRED = "refused", "expired"

    id = models.UUIDField(primary_key=True)
    controller = models.ForeignKey(Controller, on_delete=models.CASCADE, related_name="commands")
    compartment = models.ForeignKey(Compartment, null=True, on_delete=models.CASCADE, related_name="commands")
    grant = models.ForeignKey(Grant, null=True, on_delete=models.CASCADE, related_name="commands")
    what = models.TextField()
    counter = models.BigIntegerField(null=True)
    body = models.JSONField(default=dict)
    by = models.TextField()
    state = models.TextField(default=WAITING)
    reason = models.TextField(default="")
    made_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=["controller", "made_at"],
                name="lock_command_open",
                condition=models.Q(state__in=["waiting", "sent", "received"]),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sent", "received", "done", "refused", "expired"]),
                name="lock_command_state_known",
            ),
        )


class Access(models.Model):
    """What happened at a door, as the controller reported it, or what we did: the log that the city sees, for a time.

    `counter` is the controller's number of the report, so that one told twice is one.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    controller = models.ForeignKey(Controller, on_delete=models.CASCADE, related_name="log")
    compartment = models.ForeignKey(Compartment, null=True, on_delete=models.CASCADE, related_name="log")
    grant = models.ForeignKey(Grant, null=True, on_delete=models.SET_NULL, related_name="log")
    counter = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    what = models.TextField()
    by = models.TextField(default="")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["controller", "-at"], name="access_newest"),)
        constraints = (models.UniqueConstraint(fields=["controller", "counter"], name="report_once"),)
