# SPDX-License-Identifier: EUPL-1.2
"""Letters that came by e-mail: not what they say, only that they were taken in."""

from django.db import models
from django.db.models.functions import Now

from smilecity.citizens.models.need import Need
from smilecity.core.fields import NextId


class Letter(models.Model):
    """That a letter came, so that it is taken in once, answered once, and nobody floods the node.

    `digest` is that of its Message-ID. `sender` is a digest of the address that changes every day and cannot be turned
    back; it is forgotten after a day. `first` began the need, others add to it. `receipt` says whether the sender is
    told that it came: once per letter that began one. `confirmed_at` is when the sender's address was shown to be
    theirs, by our own mail server or by opening the link that went there; before that no answer goes to it.
    """

    NONE, OWED, SENT = "none", "owed", "sent"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    digest = models.TextField(unique=True)
    sender = models.TextField(default="")
    need = models.ForeignKey(Need, null=True, on_delete=models.CASCADE, related_name="letters")
    first = models.BooleanField(default=True)
    receipt = models.TextField(default=NONE)
    confirmed_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(fields=["at"], name="letter_at"),
            models.Index(fields=["sender", "at"], name="letter_sender", condition=~models.Q(sender="")),
            models.Index(fields=["id"], name="letter_receipt_owed", condition=models.Q(receipt="owed")),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(receipt__in=["none", "owed", "sent"]), name="letter_receipt_known"
            ),
        )
