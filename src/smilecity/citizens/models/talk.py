# SPDX-License-Identifier: EUPL-1.2
"""What people say to each other about needs, what was reported of it, what moderators did, and the months in figures."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from smilecity.citizens.models.need import Need
from smilecity.core.fields import NextId
from smilecity.core.models import Noun


class Comment(models.Model):
    """What somebody with an account said to a need, under their pseudonym; without one after they left.

    `form` is the one-time number of the form, so that sending twice keeps one. `official` marks those who answer needs
    like this one, and `organisation` is for which they do. `hidden` ones have the `rule` they broke and a `reason`;
    `decided_by` (a label) hid it, or let it be seen. Their author may object once: `appeal` in their words, and what
    came of it. Of withdrawn ones no words are kept. `reported` counts reports that nobody has looked at yet.
    """

    SHOWN, WAITING, HIDDEN, WITHDRAWN = "shown", "waiting", "hidden", "withdrawn"
    OPEN, UPHELD, REFUSED = "open", "upheld", "refused"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="comments")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    form = models.UUIDField(unique=True)
    words = models.TextField()
    language = models.TextField()
    at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(null=True)
    official = models.BooleanField(default=False)
    organisation = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.TextField()
    rule = models.TextField(default="")
    reason = models.TextField(default="")
    decided_by = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    appeal = models.TextField(default="")
    appealed_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    reported = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["shown", "waiting", "hidden", "withdrawn"]),
                name="comment_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="hidden") | (~models.Q(rule="") & ~models.Q(reason="")),
                name="comment_hidden_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn") | models.Q(words="", appeal=""),
                name="comment_withdrawn_without_words",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "open", "upheld", "refused"]),
                name="comment_outcome_known",
            ),
        )
        indexes = (
            models.Index(fields=["need", "id"], name="comment_thread"),
            models.Index(fields=["need", "at"], name="comment_first", condition=models.Q(state="shown")),
            models.Index(fields=["account", "at"], name="comment_of_account"),
            models.Index(fields=["at"], name="comment_said"),
            models.Index(
                fields=["id"],
                name="comment_to_look_at",
                condition=models.Q(state="waiting") | models.Q(outcome="open") | models.Q(reported__gt=0),
            ),
        )


class AbuseReport(models.Model):
    """That a public need or a comment is said to break a rule of the house.

    `account` is there so that a person counts once, and only until a moderator has looked (`settled_at`).
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="reports")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    rule = models.TextField()
    words = models.TextField(default="")
    at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(rule=""), name="abuse_by_a_rule"),
            models.UniqueConstraint(
                fields=["need", "comment", "account"],
                name="abuse_once",
                condition=models.Q(account__isnull=False),
                nulls_distinct=False,
            ),
        )
        indexes = (
            models.Index(fields=["id"], name="abuse_open", condition=models.Q(settled_at__isnull=True)),
            models.Index(fields=["comment"], name="abuse_of_comment"),
        )


class Moderated(models.Model):
    """One act of a moderator (`by`, a label), kept to be counted and to be shown to whom it concerns.

    Of one that hid a need `appeal` is what its author objects, once, and `outcome` what came of that, as of a comment.
    A need can also be taken back by those who answer it, with a sentence and without a rule. `owed` says that the
    need's author, who left an address, is still to be told of the act by mail.
    """

    HIDDEN, TAKEN_BACK = "need-hidden", "need-taken-back"
    ACTS = (
        "hidden", "let-through", "shown-again", "kept-hidden", "reports-settled", "need-hidden", "need-taken-back",
        "need-shown-again", "need-kept-hidden",
    )  # fmt: skip

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="acts")
    act = models.TextField()
    rule = models.TextField(default="")
    sentence = models.TextField(default="")
    by = models.TextField()
    at = models.DateTimeField(db_default=Now())
    appeal = models.TextField(default="", db_default="")
    appealed_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="", db_default="")
    owed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "open", "upheld", "refused"]),
                name="moderated_outcome_known",
            ),
        )
        indexes = (
            models.Index(
                fields=["need", "id"], name="moderated_need", condition=models.Q(comment__isnull=True)
            ),
            models.Index(fields=["id"], name="moderated_appeal", condition=models.Q(outcome="open")),
            models.Index(fields=["id"], name="moderated_owed", condition=models.Q(owed=True)),
            models.Index(fields=["at"], name="moderated_when"),
            models.Index(fields=["comment", "id"], name="moderated_comment"),
        )


class MonthFigures(models.Model):
    """A month in figures (`rules.numbers`), reckoned by the clock: nothing in it can be traced to a person."""

    month = models.DateField(primary_key=True)
    figures = models.JSONField()
    reckoned_at = models.DateTimeField(db_default=Now())
