# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [("citizens", "0008_tables")]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.TextField(unique=True)),
                ("sender", models.TextField(default="")),
                ("first", models.BooleanField(default=True)),
                ("receipt", models.TextField(default="none")),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "need",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="citizens.need",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="letter_at"),
                    models.Index(
                        condition=models.Q(("sender", ""), _negated=True),
                        fields=["sender", "at"],
                        name="letter_sender",
                    ),
                    models.Index(
                        condition=models.Q(("receipt", "owed")), fields=["id"], name="letter_receipt_owed"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("receipt__in", ["none", "owed", "sent"])),
                        name="letter_receipt_known",
                    )
                ],
            },
        ),
    ]
