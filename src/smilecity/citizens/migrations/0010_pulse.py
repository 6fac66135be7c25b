# SPDX-License-Identifier: EUPL-1.2
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0009_letters"), ("core", "0004_newest_first")]

    operations = [
        migrations.CreateModel(
            name="Pulse",
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
                ("labels", models.JSONField()),
                ("rhythm", models.TextField()),
                ("days", models.PositiveSmallIntegerField()),
                ("level", models.TextField()),
                ("threshold", models.PositiveSmallIntegerField()),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["monthly", "quarterly"])),
                        name="pulse_rhythm_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["district", "quarter"])), name="pulse_level_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("threshold__gte", 5)), name="pulse_hides_few"),
                    models.CheckConstraint(
                        condition=models.Q(("days__range", (1, 28))), name="pulse_days_sound"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="pulse_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PulseRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("threshold", models.PositiveSmallIntegerField()),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("secret", models.BinaryField(null=True)),
                ("result", models.JSONField(null=True)),
                (
                    "pulse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rounds",
                        to="citizens.pulse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("pulse", "number"), name="pulse_round_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("pulse",),
                        name="pulse_one_round_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at", None), ("result__isnull", True), ("secret__isnull", False)
                            ),
                            models.Q(
                                ("closed_at__isnull", False), ("result__isnull", False), ("secret", None)
                            ),
                            _connector="OR",
                        ),
                        name="pulse_closed_keeps_no_secret",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PulseMark",
            fields=[
                ("mark", models.TextField(primary_key=True, serialize=False)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="citizens.pulseround",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PulseCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("age", models.TextField(default="")),
                (
                    "counts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), size=5
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts",
                        to="citizens.pulseround",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "area", "age"), name="pulse_counted_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(condition=models.Q(("counts__len", 5)), name="pulse_five_steps"),
                ],
            },
        ),
    ]
