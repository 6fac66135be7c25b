# SPDX-License-Identifier: EUPL-1.2
"""Webhooks, and what is sent to them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_newest_first"),
        ("people", "0004_command_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("address", models.TextField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("secret", models.BinaryField()),
                ("old_secret", models.BinaryField(default=b"")),
                ("old_until", models.DateTimeField(null=True)),
                ("paused", models.TextField(default="")),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("busy_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="webhooks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "within",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paused__in", ["", "asked", "failing", "gone", "nobody", "unreadable"])
                        ),
                        name="webhook_pause_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("message", models.TextField()),
                ("kind", models.TextField()),
                ("body", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.TextField(default="")),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="people.webhook",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivered_at__isnull", True)),
                        fields=["webhook", "id"],
                        name="webhook_delivery_waits",
                    ),
                    models.Index(fields=["made_at"], name="webhook_delivery_made"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("webhook", "message"), name="webhook_delivery_once")
                ],
            },
        ),
    ]
