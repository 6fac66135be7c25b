# SPDX-License-Identifier: EUPL-1.2
"""What people need."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from smilecity.core.models import Noun


class Need(models.Model):
    """What someone said, in their words. Not public before a person of the city has read it.

    `contact` is personal: its purpose is to answer, it is never shown, and `actions.forget_contacts` deletes
    it in time.
    `form` is the one-time number of the form it came by, so that sending twice keeps one. `account` is who said
    it while signed in. Every need is answered: `answer` says what became of it, and its author is told;
    `mailed_at` is when the answer went to `contact`, null while it waits for that.
    """

    KINDS = ("wish", "problem", "praise", "correction", "question")
    NEW, ANSWERED, CLOSED = "new", "answered", "closed"

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    kind = models.TextField()
    words = models.TextField()
    contact = models.EmailField(default="", blank=True)
    language = models.TextField()
    form = models.UUIDField(unique=True)
    said_at = models.DateTimeField(db_default=Now())
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.TextField(default=NEW)
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="")
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["wish", "problem", "praise", "correction", "question"]),
                name="need_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["new", "answered", "closed"]), name="need_state_known"
            ),
        )
        indexes = (
            models.Index(fields=["state", "said_at", "noun"], name="need_waiting"),
            models.Index(
                fields=["answered_at"],
                name="need_unmailed",
                condition=models.Q(mailed_at__isnull=True, answered_at__isnull=False),
            ),
        )
