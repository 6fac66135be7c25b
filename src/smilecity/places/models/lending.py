# SPDX-License-Identifier: EUPL-1.2
"""What can be borrowed, who has it, and what must be done about it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.core.models import Noun
from smilecity.places.models.locks import Compartment, Grant
from smilecity.places.models.place import Place, Unit


class Kit(models.Model):
    """Things lent together, in a compartment or over a counter: `items` are [{"name": {texts}, "count": n}].

    `rules` in the form of `rules.lending.Terms`: how long, how many at once, from what age, who. `state` says whether it
    can be lent.
    """

    READY, OUT, CHECK, BROKEN, LOST, AWAY = "ready", "out", "check", "broken", "lost", "away"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="kits")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="kits")
    key = models.TextField()
    name = models.JSONField()
    items = models.JSONField(default=list)
    rules = models.JSONField(default=dict)
    state = models.TextField(default=READY)
    partner = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    """The club that looks after it."""
    order = models.SmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["place", "key"], name="kit_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["ready", "out", "check", "broken", "lost", "away"]),
                name="kit_state_known",
            ),
        )


class Liability(models.Model):
    """Terms of lending that are accepted, by version; never changed once somebody has accepted them."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    keeper = models.ForeignKey(Noun, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()
    text = models.JSONField()
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["keeper", "version"], name="liability_version", nulls_distinct=False
            ),
        )


class Loan(models.Model):
    """Somebody borrows a kit: `opening` (the door is asked to open), `out`, `returning`, `checking`, then `returned`.

    A return needs evidence: door closed, and the borrower or the compartment's sensor says complete. `late` is not a
    state but time; `lost` ends it, at the cost of a pause.
    """

    OPENING, OUT, RETURNING, CHECKING = "opening", "out", "returning", "checking"
    RETURNED, FAILED, LOST = "returned", "failed", "lost"
    OPEN = (OPENING, OUT, RETURNING, CHECKING)

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    key = models.UUIDField(unique=True)
    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="loans")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="loans"
    )
    handle = models.ForeignKey("Handle", null=True, on_delete=models.SET_NULL, related_name="loans")
    grant = models.ForeignKey(Grant, null=True, on_delete=models.SET_NULL, related_name="loans")
    liability = models.ForeignKey(Liability, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.TextField(default=OPENING)
    made_at = models.DateTimeField(db_default=Now())
    out_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    complete = models.BooleanField(null=True)
    evidence = models.JSONField(default=dict)
    reminded = models.SmallIntegerField(default=0)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(fields=["account", "-made_at"], name="loan_of_account"),
            models.Index(
                fields=["due_at"],
                name="loan_due",
                condition=models.Q(state__in=["opening", "out", "returning", "checking"]),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["opening", "out", "returning", "checking", "returned", "failed", "lost"]
                ),
                name="loan_state_known",
            ),
            models.UniqueConstraint(
                fields=["kit"],
                condition=models.Q(state__in=["opening", "out", "returning", "checking"]),
                name="loan_open_once",
            ),
        )


class Pause(models.Model):
    """Somebody borrows nothing for a while; with the reason, and until when."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pauses")
    loan = models.ForeignKey(Loan, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField()
    until = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True)


class Chore(models.Model):
    """What somebody must do at a place: check a kit, clean, fill up, mend; made by a report or by the clock."""

    OPEN, DONE, DROPPED = "open", "done", "dropped"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="chores")
    kit = models.ForeignKey(Kit, null=True, on_delete=models.CASCADE, related_name="chores")
    compartment = models.ForeignKey(Compartment, null=True, on_delete=models.CASCADE, related_name="chores")
    loan = models.ForeignKey(Loan, null=True, on_delete=models.SET_NULL, related_name="chores")
    kind = models.TextField()
    text = models.TextField(default="")
    partner = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.TextField(default=OPEN)
    by = models.TextField(default="")
    made_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(default="")

    class Meta:
        indexes = (
            models.Index(fields=["place", "-made_at"], name="chore_open", condition=models.Q(state="open")),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["check", "clean", "fill", "mend", "look"])
                & models.Q(state__in=["open", "done", "dropped"]),
                name="chore_known",
            ),
        )
