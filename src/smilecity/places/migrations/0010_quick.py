# SPDX-License-Identifier: EUPL-1.2
"""Dates by their beginning with their end beside it, instead of by their range, which made writing them dear."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models.lookups import LessThanOrEqual

BEGINS = models.Func(models.F("during"), function="lower", output_field=models.DateTimeField())
ENDS = models.Func(models.F("during"), function="upper", output_field=models.DateTimeField())


class Migration(migrations.Migration):
    dependencies = (("places", "0009_access"),)

    operations = (
        migrations.RemoveIndex("occasion", "occasions_at"),
        migrations.RemoveIndex("occasion", "occasions_in_order"),
        migrations.AddIndex("occasion", models.Index(BEGINS, "id", ENDS, name="occasions_by_time")),
        migrations.AddConstraint(
            "occasion",
            models.CheckConstraint(
                condition=LessThanOrEqual(ENDS - BEGINS, timedelta(days=14)), name="occasion_not_long"
            ),
        ),
    )
