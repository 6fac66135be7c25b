# SPDX-License-Identifier: EUPL-1.2
"""What people need."""

from django.db import models
from django.db.models.functions import Now

from smilecity.core.models import Noun


class Need(models.Model):
    """What someone said, in their words. Not public before a person of the city has read it.

    `contact` is personal: its purpose is to answer, it is never shown, and `actions.forget_contacts` deletes
    it in time.
    `form` is the one-time number of the form it came by, so that sending twice keeps one.
    """

    KINDS = ("wish", "problem", "praise")

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    kind = models.TextField()
    words = models.TextField()
    contact = models.EmailField(default="", blank=True)
    language = models.TextField()
    form = models.UUIDField(unique=True)
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["wish", "problem", "praise"]), name="need_kind_known"
            ),
        )
