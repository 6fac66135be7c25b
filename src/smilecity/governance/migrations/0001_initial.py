# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0004_newest_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
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
                ("simple", models.JSONField(default=dict)),
                ("contact", models.JSONField(default=dict)),
                ("email", models.TextField(blank=True, default="")),
                ("budget", models.BigIntegerField(null=True)),
                ("spent", models.BigIntegerField(null=True)),
                ("money_from", models.JSONField(default=dict)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("state", models.TextField(default="planned")),
                ("explained_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "noun"], name="project_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "running", "done", "stopped"])),
                        name="project_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("budget", None), ("budget__gte", 0), _connector="OR"),
                            models.Q(("spent", None), ("spent__gte", 0), _connector="OR"),
                        ),
                        name="project_money_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on", None),
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="project_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("title", models.JSONField()),
                ("due", models.DateField(null=True)),
                ("weight", models.PositiveSmallIntegerField(default=1)),
                ("done_on", models.DateField(null=True)),
                ("dropped", models.JSONField(default=dict)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="governance.project",
                    ),
                ),
            ],
            options={
                "ordering": ("order", "id"),
                "indexes": [models.Index(fields=["project", "order"], name="milestone_in_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 1), ("weight__lte", 100)),
                        name="milestone_weight_sound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done_on", None), ("dropped", {}), _connector="OR"),
                        name="milestone_done_or_dropped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("state", models.TextField()),
                ("why", models.JSONField()),
                ("delay", models.BooleanField(default=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="governance.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "-at", "-id"], name="step_of_project")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "running", "done", "stopped"])),
                        name="step_state_known",
                    )
                ],
            },
        ),
    ]
