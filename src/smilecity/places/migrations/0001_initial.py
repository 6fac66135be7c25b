# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("things", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Place",
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
                ("category", models.TextField()),
                ("opening_hours", models.TextField(default="")),
                ("street", models.TextField(default="")),
                ("entry", models.JSONField(default=dict)),
                ("access", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("key", models.TextField()),
                ("name", models.JSONField()),
                ("room_for", models.PositiveIntegerField(null=True)),
                ("order", models.SmallIntegerField(default=0)),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="units", to="places.place"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("place", "key"), name="unit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("room_for__gt", 0)), name="unit_room_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sense",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("role", models.TextField()),
                (
                    "datastream",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.datastream"),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="senses", to="places.place"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="senses",
                        to="places.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("place", "datastream", "role"), name="sense_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                ["people", "wind", "gust", "rain", "temperature", "sound", "soil", "fill"],
                            )
                        ),
                        name="sense_role_known",
                    ),
                ],
            },
        ),
    ]
