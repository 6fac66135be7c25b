# SPDX-License-Identifier: EUPL-1.2
"""Accounts, organisations, roles, consents, notices, keys and webhooks."""

from datetime import time
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.core.models import Noun


class Accounts(BaseUserManager["Account"]):
    """How Django's own code makes accounts; ours uses `people.actions`."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "Account":
        """An account with this address; the address is folded, so that one person has one account."""
        account = self.model(email=self.normalize_email(email).lower(), **extra)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person's account. Purpose: to sign in and take part; kept until the person leaves.

    `pseudonym` is what others see; `pseudonym_shape` is how it looks (homoglyphs folded), unique so that nobody can
    look like somebody else. `real_name` is shown to nobody unless a process asks for it and the person consents.
    `home` is the area whose news come first. `forgotten_at` is set when the person had the account erased.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    email = models.EmailField(unique=True)
    pseudonym = models.TextField(unique=True)
    pseudonym_shape = models.TextField(unique=True)
    real_name = models.TextField(default="", blank=True)
    language = models.TextField(default="de")
    home = models.ForeignKey(Noun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    forgotten_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["pseudonym"]
    objects = Accounts()

    def get_full_name(self) -> str:
        """What greetings say: the pseudonym."""
        return self.pseudonym


class Organisation(models.Model):
    """Who keeps places and does things: title, text and area are the noun's; `parent` is what it belongs to."""

    KINDS = ("municipality", "department", "firm", "business", "club", "group", "council", "partner")

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE, related_name="organisation")
    kind = models.TextField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    website = models.TextField(default="")
    email = models.TextField(default="")
    phone = models.TextField(default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "municipality",
                        "department",
                        "firm",
                        "business",
                        "club",
                        "group",
                        "council",
                        "partner",
                    ]
                ),
                name="organisation_kind_known",
            ),
        )


class RoleHeld(models.Model):
    """A role that a person holds for an organisation in an area (no area: on the whole node), from when till when."""

    NAMES = ("steward", "clerk", "planner", "trainer", "moderator", "operator", "council")

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="roles")
    role = models.TextField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="roles")
    area = models.ForeignKey(Noun, null=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.TextField()
    given_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    role__in=["steward", "clerk", "planner", "trainer", "moderator", "operator", "council"]
                ),
                name="role_known",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "organisation", "area"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="role_held_once",
            ),
        )


class Consent(models.Model):
    """That a person agreed to a purpose, in the version of its text they read; withdrawn, not deleted."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="consents")
    purpose = models.TextField()
    version = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_open_once",
            ),
        )


class Follow(models.Model):
    """That a person wants to hear of a noun."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="follows")
    noun = models.ForeignKey(Noun, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "noun"], name="follow_once"),)


class Notice(models.Model):
    """One line in a person's inbox: an entry of the log that concerns them. Its words are made when it is read.

    `entry` is the log entry's id, so that no entry is told twice. Deleted with the account, and by the clock.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notices")
    entry = models.BigIntegerField()
    verb = models.TextField()
    noun = models.ForeignKey(Noun, null=True, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "entry"], name="notice_once"),)
        indexes = (
            models.Index(fields=["account", "-at", "-id"], name="notice_inbox"),
            models.Index(
                fields=["account", "id"], name="notice_unmailed", condition=models.Q(mailed_at__isnull=True)
            ),
        )


class Delivery(models.Model):
    """How a person wants notices brought: by mail in digests unless they chose otherwise, never in quiet hours.

    `off_token` opens the one-click link of every mail: it needs no signing in and can do nothing but switch off.
    """

    MAIL = ("off", "daily", "weekly", "at_once")

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="delivery"
    )
    mail = models.TextField(default="daily")
    push = models.BooleanField(default=True)
    quiet_from = models.TimeField(default=time(20))
    quiet_to = models.TimeField(default=time(8))
    off_token = models.TextField(unique=True)
    digested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(mail__in=["off", "daily", "weekly", "at_once"]), name="delivery_mail_known"
            ),
        )


class PushAddress(models.Model):
    """A browser that takes a person's notices (RFC 8030, RFC 8291); gone when its push service says so."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="push_addresses")
    endpoint = models.TextField(unique=True)
    p256dh = models.TextField()
    auth = models.TextField()
    made_at = models.DateTimeField(db_default=Now())


class ApiKey(models.Model):
    """A machine's key: only its SHA-256 is stored, so it is shown once and cannot be read back."""

    INTAKE = "intake"
    OBSERVE, THINGS = "observe", "things"
    COMMAND = "command"
    READ_PARTNERS, READ_INTERNAL = "read-partners", "read-internal"
    REPORT, REPORT_WORK = "report", "report-work"
    SCOPES = (INTAKE, OBSERVE, THINGS, COMMAND, READ_PARTNERS, READ_INTERNAL, REPORT, REPORT_WORK)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    name = models.TextField(unique=True)
    digest = models.BinaryField(unique=True)
    scopes = ArrayField(models.TextField())
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    scopes__contained_by=[
                        "intake",
                        "observe",
                        "things",
                        "command",
                        "read-partners",
                        "read-internal",
                        "report",
                        "report-work",
                    ]
                ),
                name="api_key_scopes_known",
            ),
        )


class Webhook(models.Model):
    """An address of another programme that is told of events (`core.events`), by the account that answers for it.

    What is not public it hears of places and things that `organisation` keeps; `within` (an area or a place) narrows it
    further. `secret` signs (sealed, `core.sealing`); `old_secret` signs beside it until `old_until`. `paused` says why
    nothing is sent, empty if it is. `due_at` is the next try, `busy_until` the lease of the worker that sends now.
    """

    ASKED, FAILING, GONE, NOBODY, UNREADABLE = "asked", "failing", "gone", "nobody", "unreadable"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    owner = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="webhooks")
    name = models.TextField()
    address = models.TextField()
    kinds = ArrayField(models.TextField())
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    within = models.ForeignKey(Noun, null=True, on_delete=models.CASCADE, related_name="+")
    secret = models.BinaryField()
    old_secret = models.BinaryField(default=b"")
    old_until = models.DateTimeField(null=True)
    paused = models.TextField(default="")
    due_at = models.DateTimeField(db_default=Now())
    busy_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(paused__in=["", "asked", "failing", "gone", "nobody", "unreadable"]),
                name="webhook_pause_known",
            ),
        )


class WebhookDelivery(models.Model):
    """One message to one webhook, as it is sent each time; `message` names it: `evt_` with the log entry's id, or a test.

    `status` is the last answer (0: none came), `trouble` the code of what went wrong. Forgotten by the clock.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message = models.TextField()
    kind = models.TextField()
    body = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(default="")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["webhook", "message"], name="webhook_delivery_once"),)
        indexes = (
            models.Index(
                fields=["webhook", "id"],
                name="webhook_delivery_waits",
                condition=models.Q(delivered_at__isnull=True),
            ),
            models.Index(fields=["made_at"], name="webhook_delivery_made"),
        )
