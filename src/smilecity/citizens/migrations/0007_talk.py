# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0006_doors"),
        ("core", "0004_newest_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthFigures",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("figures", models.JSONField()),
                ("reckoned_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("form", models.UUIDField(unique=True)),
                ("words", models.TextField()),
                ("language", models.TextField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(null=True)),
                ("official", models.BooleanField(default=False)),
                ("state", models.TextField()),
                ("rule", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                ("decided_by", models.TextField(default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("appeal", models.TextField(default="")),
                ("appealed_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(default="")),
                ("reported", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="citizens.need",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["need", "id"], name="comment_thread"),
                    models.Index(
                        condition=models.Q(("state", "shown")), fields=["need", "at"], name="comment_first"
                    ),
                    models.Index(fields=["account", "at"], name="comment_of_account"),
                    models.Index(fields=["at"], name="comment_said"),
                    models.Index(
                        condition=models.Q(
                            ("state", "waiting"), ("outcome", "open"), ("reported__gt", 0), _connector="OR"
                        ),
                        fields=["id"],
                        name="comment_to_look_at",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["shown", "waiting", "hidden", "withdrawn"])),
                        name="comment_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "hidden"), _negated=True),
                            models.Q(
                                models.Q(("rule", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="comment_hidden_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(("appeal", ""), ("words", "")),
                            _connector="OR",
                        ),
                        name="comment_withdrawn_without_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "open", "upheld", "refused"])),
                        name="comment_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AbuseReport",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("rule", models.TextField()),
                ("words", models.TextField(default="")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="citizens.need"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="citizens.comment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)), fields=["id"], name="abuse_open"
                    ),
                    models.Index(fields=["comment"], name="abuse_of_comment"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rule", ""), _negated=True), name="abuse_by_a_rule"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("account__isnull", False)),
                        fields=("need", "comment", "account"),
                        name="abuse_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Moderated",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("act", models.TextField()),
                ("rule", models.TextField(default="")),
                ("sentence", models.TextField(default="")),
                ("by", models.TextField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acts",
                        to="citizens.comment",
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="citizens.need"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="moderated_when"),
                    models.Index(fields=["comment", "id"], name="moderated_comment"),
                ],
            },
        ),
    ]
