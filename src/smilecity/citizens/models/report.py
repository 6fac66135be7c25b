# SPDX-License-Identifier: EUPL-1.2
"""What people report, by category: who is responsible where, by when, and how long it usually takes."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId
from smilecity.core.models import Noun


class Category(models.Model):
    """What a report is about: two levels, a group (`parent` is null) and what is in it.

    `code` is its stable name in addresses and interfaces (Open311 `service_code`); `title` and `text` are per language;
    `words` are further words by which people look for it, separated by blanks. `organisation` is responsible wherever
    no `Responsibility` says otherwise. `days` is the city's own promise for closing one, null for none. `asks` are
    further questions (`rules.Asked`): code, label per language, type, required, choices. One that was ever used is not
    deleted but put away (`active` false): it is offered no more, what is in it stays.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    code = models.TextField(unique=True)
    title = models.JSONField()
    text = models.JSONField(default=dict)
    words = models.TextField(default="")
    organisation = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    days = models.PositiveSmallIntegerField(null=True)
    asks = models.JSONField(default=list)
    order = models.SmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        indexes = (models.Index(fields=["order", "id"], name="category_listed"),)


class Responsibility(models.Model):
    """Who is responsible for a category (or all of a group) in an area and what is below it, unless one nearer says."""

    id = models.BigAutoField(primary_key=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="responsibilities")
    area = models.ForeignKey(Noun, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Noun, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["category", "area"], name="responsible_once"),)


class Deputy(models.Model):
    """Who stands in for whom, from one day to another, both included. Purpose: nothing waits while somebody is away."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="deputy_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~models.Q(account=models.F("deputy")), name="deputy_is_somebody_else"
            ),
        )
        indexes = (models.Index(fields=["deputy", "until"], name="deputy_of"),)


class Usual(models.Model):
    """How long it really took to close what was in this category (in this area; null: everywhere), in days.

    Reckoned anew by the clock from what was closed in the last year: the median, and between which two the middle half
    was. `count` is of how many.
    """

    id = models.BigAutoField(primary_key=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    area = models.ForeignKey(Noun, null=True, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField()
    quick = models.FloatField()
    median = models.FloatField()
    slow = models.FloatField()
    reckoned_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["category", "area"], name="usual_once", nulls_distinct=False),
        )
