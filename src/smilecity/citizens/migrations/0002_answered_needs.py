# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0001_initial"),
        ("core", "0002_found_and_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="need",
            name="need_kind_known",
        ),
        migrations.AddField(
            model_name="need",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="answer",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="need",
            name="answered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="answered_by",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="need",
            name="state",
            field=models.TextField(default="new"),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["state", "said_at", "noun"], name="need_waiting"),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["wish", "problem", "praise", "correction"])),
                name="need_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["new", "answered", "closed"])), name="need_state_known"
            ),
        ),
    ]
