# SPDX-License-Identifier: EUPL-1.2
"""The pulse: questions that are asked again and again, their rounds, and what was answered, by nobody in particular."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from smilecity.core.models import Noun


class Pulse(models.Model):
    """A question (`rules.pulse.Asking`). Its title, its text and the area whose people it asks are the noun's."""

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    labels = models.JSONField()
    rhythm = models.TextField()
    days = models.PositiveSmallIntegerField()
    level = models.TextField()
    threshold = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(rhythm__in=["monthly", "quarterly"]), name="pulse_rhythm_known"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["district", "quarter"]), name="pulse_level_known"
            ),
            models.CheckConstraint(condition=models.Q(threshold__gte=5), name="pulse_hides_few"),
            models.CheckConstraint(condition=models.Q(days__range=(1, 28)), name="pulse_days_sound"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="pulse_ends_after_it_begins",
            ),
        )


class PulseRound(models.Model):
    """One round. While it is open it has a `secret`; closing it makes the `result` and destroys all that led to it.

    `result` holds only what may be shown for good: {"all": counts, "areas": [...], "ages": [...]}, null for what is
    hidden. It is never made anew, so that no two versions of it can be subtracted from each other.
    """

    pulse = models.ForeignKey(Pulse, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    threshold = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    secret = models.BinaryField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["pulse", "number"], name="pulse_round_once"),
            models.UniqueConstraint(
                fields=["pulse"], condition=models.Q(closed_at=None), name="pulse_one_round_open"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, secret__isnull=False, result__isnull=True)
                | models.Q(closed_at__isnull=False, secret=None, result__isnull=False),
                name="pulse_closed_keeps_no_secret",
            ),
        )


class PulseMark(models.Model):
    """That somebody has answered in a round, never what: a keyed digest, worthless without the round's secret.

    Purpose: nobody counts twice. No time and no running number; gone when the round closes.
    """

    mark = models.TextField(primary_key=True)
    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="marks")


class PulseCount(models.Model):
    """How often each step was chosen in an area (null: not said) by a group of age (empty: not said). No single answers.

    All steps are one row, so that what the database knows of a row's last change does not tell which of them it was.
    In a small group that protects nobody: these rows are for no one to read, and gone when the round closes.
    """

    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="counts")
    area = models.ForeignKey(Noun, null=True, on_delete=models.PROTECT, related_name="+")
    age = models.TextField(default="")
    counts = ArrayField(models.PositiveIntegerField(), size=5)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["round", "area", "age"], name="pulse_counted_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(counts__len=5), name="pulse_five_steps"),
        )
