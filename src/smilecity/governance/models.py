# SPDX-License-Identifier: EUPL-1.2
"""What the city does about what people need."""

from django.db import models
from django.db.models.functions import Now

from smilecity.core.models import Noun


class Project(models.Model):
    """Something the city does. Title, text, place, area and who is responsible (its keeper) are the noun's.

    Texts are by language: `simple` is the plain-language version, `contact` who answers, by role. Money is in cents,
    null is "not said yet". `starts_on` and `ends_on` are promises; `explained_on` is the day on which a delay was
    last explained (a step with `delay`). Progress is nowhere kept: it is computed from the milestones.
    """

    PLANNED, RUNNING, DONE, STOPPED = "planned", "running", "done", "stopped"

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    simple = models.JSONField(default=dict)
    contact = models.JSONField(default=dict)
    email = models.TextField(default="", blank=True)
    budget = models.BigIntegerField(null=True)
    spent = models.BigIntegerField(null=True)
    money_from = models.JSONField(default=dict)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    state = models.TextField(default=PLANNED)
    explained_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "running", "done", "stopped"]),
                name="project_state_known",
            ),
            models.CheckConstraint(
                condition=(models.Q(budget=None) | models.Q(budget__gte=0))
                & (models.Q(spent=None) | models.Q(spent__gte=0)),
                name="project_money_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="project_ends_after_start",
            ),
        )
        indexes = (models.Index(fields=["state", "noun"], name="project_by_state"),)


class Milestone(models.Model):
    """A part of a project's way. `dropped` says per language why it falls away; empty if it does not."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    order = models.PositiveSmallIntegerField(default=0)
    title = models.JSONField()
    due = models.DateField(null=True)
    weight = models.PositiveSmallIntegerField(default=1)
    done_on = models.DateField(null=True)
    dropped = models.JSONField(default=dict)

    class Meta:
        ordering = ("order", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(weight__gte=1) & models.Q(weight__lte=100), name="milestone_weight_sound"
            ),
            models.CheckConstraint(
                condition=models.Q(done_on=None) | models.Q(dropped={}), name="milestone_done_or_dropped"
            ),
        )
        indexes = (models.Index(fields=["project", "order"], name="milestone_in_order"),)


class ProjectStep(models.Model):
    """One public sentence of a project's history: its state from then on; `delay` if it explains a delay."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(db_default=Now())
    state = models.TextField()
    why = models.JSONField()
    delay = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "running", "done", "stopped"]),
                name="step_state_known",
            ),
        )
        indexes = (models.Index(fields=["project", "-at", "-id"], name="step_of_project"),)
