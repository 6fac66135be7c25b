# SPDX-License-Identifier: EUPL-1.2
import django.db.models.functions.datetime
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [("citizens", "0007_talk")]

    operations = [
        migrations.CreateModel(
            name="NeedTable",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("file", models.TextField()),
                ("size", models.BigIntegerField()),
                ("digest", models.TextField(unique=True)),
                ("columns", models.JSONField(default=dict)),
                ("state", models.TextField(default="draft")),
                ("bytes_done", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("stored", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("troubles", models.JSONField(default=list)),
                ("by", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [models.Index(fields=["-made_at", "-id"], name="need_table_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "running", "done", "stopped"])),
                        name="need_table_state_known",
                    )
                ],
            },
        ),
    ]
