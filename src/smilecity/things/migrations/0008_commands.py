# SPDX-License-Identifier: EUPL-1.2
"""Commands: what shows that one is done; the vendor's encoder and its examples. Pauses are kept by each process."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("things", "0007_fleet"),
    ]

    operations = [
        migrations.AddField(
            model_name="codec",
            name="commands",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="codec",
            name="encoder",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="command",
            name="expects",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="command",
            name="expects_in",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="things.datastream",
            ),
        ),
        migrations.RemoveField(
            model_name="command",
            name="try_after",
        ),
        migrations.AddIndex(
            model_name="command",
            index=models.Index(
                condition=models.Q(
                    ("expects_in__isnull", False), ("state__in", ["handed", "sent", "confirmed"])
                ),
                fields=["expects_in"],
                name="command_watched",
            ),
        ),
    ]
