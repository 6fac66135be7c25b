# SPDX-License-Identifier: EUPL-1.2

import datetime

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_found_and_kept"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="home",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="core.noun",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="language",
            field=models.TextField(default="de"),
        ),
        migrations.AddField(
            model_name="account",
            name="pseudonym_shape",
            field=models.TextField(default="", unique=True),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="account",
            name="real_name",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="delivery",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("mail", models.TextField(default="daily")),
                ("push", models.BooleanField(default=True)),
                ("quiet_from", models.TimeField(default=datetime.time(20, 0))),
                ("quiet_to", models.TimeField(default=datetime.time(8, 0))),
                ("off_token", models.TextField(unique=True)),
                ("digested_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["off", "daily", "weekly", "at_once"])),
                        name="delivery_mail_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "noun",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="organisation",
                        serialize=False,
                        to="core.noun",
                    ),
                ),
                ("kind", models.TextField()),
                ("website", models.TextField(default="")),
                ("email", models.TextField(default="")),
                ("phone", models.TextField(default="")),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "municipality",
                                    "department",
                                    "firm",
                                    "business",
                                    "club",
                                    "group",
                                    "council",
                                    "partner",
                                ],
                            )
                        ),
                        name="organisation_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PushAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("endpoint", models.TextField(unique=True)),
                ("p256dh", models.TextField()),
                ("auth", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoleHeld",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("role", models.TextField()),
                ("given_by", models.TextField()),
                ("given_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "steward",
                                    "clerk",
                                    "planner",
                                    "trainer",
                                    "moderator",
                                    "operator",
                                    "council",
                                ],
                            )
                        ),
                        name="role_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("account", "role", "organisation", "area"),
                        name="role_held_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.TextField()),
                ("version", models.PositiveSmallIntegerField()),
                ("given_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("account", "purpose"),
                        name="consent_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "noun",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.noun"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "noun"), name="follow_once")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("entry", models.BigIntegerField()),
                ("verb", models.TextField()),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("pushed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "noun",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-at", "-id"], name="notice_inbox"),
                    models.Index(
                        condition=models.Q(("mailed_at__isnull", True)),
                        fields=["account", "id"],
                        name="notice_unmailed",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "entry"), name="notice_once")],
            },
        ),
    ]
