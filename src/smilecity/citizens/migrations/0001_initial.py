# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Need",
            fields=[
                (
                    "noun",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="core.noun",
                    ),
                ),
                ("kind", models.TextField()),
                ("words", models.TextField()),
                ("contact", models.EmailField(blank=True, default="", max_length=254)),
                ("language", models.TextField()),
                ("form", models.UUIDField(unique=True)),
                ("said_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["wish", "problem", "praise"])),
                        name="need_kind_known",
                    )
                ],
            },
        ),
    ]
