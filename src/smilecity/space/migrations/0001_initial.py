# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BaseShape",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("name", models.TextField(unique=True)),
                ("geo", models.JSONField()),
                ("schematic", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["land", "water", "green", "road"])),
                        name="base_shape_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                (
                    "noun",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="core.noun",
                    ),
                ),
                ("level", models.TextField()),
                ("key", models.TextField(unique=True)),
                ("schematic", models.BooleanField(default=False)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="space.area"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level__in", ["region", "municipality", "district", "quarter", "block"])
                        ),
                        name="area_level_known",
                    )
                ],
            },
        ),
    ]
