# SPDX-License-Identifier: EUPL-1.2
"""Offers and their dates, booking, lending, locks, and when a place is not open as its hours say."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_newest_first"),
        ("places", "0004_found_quickly"),
        ("things", "0007_fleet"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="kind",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="unit",
            name="parent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="places.unit"
            ),
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("state", models.TextField(default="held")),
                ("hold_until", models.DateTimeField(null=True)),
                ("what", models.TextField(default="")),
                ("people", models.PositiveSmallIntegerField(null=True)),
                ("fee_cents", models.PositiveIntegerField(default=0)),
                ("policy_version", models.IntegerField(default=1)),
                ("reason", models.TextField(default="")),
                ("decided_by", models.TextField(default="")),
                ("seen_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bookings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="places.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Controller",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("key", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("transport", models.TextField(default="http")),
                ("secret", models.BinaryField()),
                ("counter", models.BigIntegerField(default=0)),
                ("heard_counter", models.BigIntegerField(default=0)),
                ("reported", models.JSONField(default=dict)),
                ("reported_at", models.DateTimeField(null=True)),
                ("boot", models.TextField(default="")),
                ("active", models.BooleanField(default=True)),
                (
                    "connector",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="things.connector",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="controllers",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("transport__in", ["mqtt", "http"])), name="transport_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Compartment",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("channel", models.PositiveSmallIntegerField()),
                ("door", models.TextField(default="unknown")),
                ("lock", models.TextField(default="unknown")),
                ("reported_at", models.DateTimeField(null=True)),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compartment",
                        to="places.unit",
                    ),
                ),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compartments",
                        to="places.controller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("controller", "channel"), name="channel_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("door__in", ["unknown", "open", "closed"]),
                            ("lock__in", ["unknown", "locked", "unlocked"]),
                        ),
                        name="compartment_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exceptional",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("open", models.BooleanField(default=False)),
                ("cause", models.TextField(default="other")),
                ("reason", models.JSONField(default=dict)),
                ("by", models.TextField(default="")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="places.place",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="places.unit",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["during"], name="exceptions_at")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["event", "weather", "repair", "staff", "other"])),
                        name="exception_cause_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("why", models.TextField()),
                ("uses_left", models.SmallIntegerField(null=True)),
                ("state", models.TextField(default="wanted")),
                ("version", models.BigIntegerField(default=1)),
                ("acknowledged", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="grants",
                        to="places.booking",
                    ),
                ),
                (
                    "compartment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="places.compartment",
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
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("counter", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("what", models.TextField()),
                ("by", models.TextField(default="")),
                ("data", models.JSONField(default=dict)),
                (
                    "compartment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="log",
                        to="places.compartment",
                    ),
                ),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="log",
                        to="places.controller",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="log",
                        to="places.grant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["controller", "-at"], name="access_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("controller", "counter"), name="report_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Handle",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("handle", models.TextField(unique=True)),
                ("kind", models.TextField()),
                ("given_by", models.TextField(default="")),
                ("digest", models.BinaryField(default=b"")),
                ("seed", models.BinaryField(default=b"")),
                ("counter", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ends_at", models.DateTimeField(null=True)),
                ("lost_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["card", "pin", "codes"])), name="handle_kind_known"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="grant",
            name="handle",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="grants",
                to="places.handle",
            ),
        ),
        migrations.CreateModel(
            name="Kit",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("key", models.TextField()),
                ("name", models.JSONField()),
                ("items", models.JSONField(default=list)),
                ("rules", models.JSONField(default=dict)),
                ("state", models.TextField(default="ready")),
                ("order", models.SmallIntegerField(default=0)),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="kits", to="places.place"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="kits",
                        to="places.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("place", "key"), name="kit_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["ready", "out", "check", "broken", "lost", "away"])
                        ),
                        name="kit_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Liability",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("version", models.IntegerField()),
                ("text", models.JSONField()),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "keeper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("keeper", "version"), name="liability_version", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("role", models.TextField()),
                ("closes_above", models.FloatField()),
                ("opens_below", models.FloatField()),
                ("calm_for", models.DurationField()),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="limits", to="places.place"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("place", "role"), name="limit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("opens_below__lte", models.F("closes_above"))),
                        name="limit_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Loan",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("state", models.TextField(default="opening")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("out_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField()),
                ("returned_at", models.DateTimeField(null=True)),
                ("complete", models.BooleanField(null=True)),
                ("evidence", models.JSONField(default=dict)),
                ("reminded", models.SmallIntegerField(default=0)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="loans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="loans",
                        to="places.grant",
                    ),
                ),
                (
                    "handle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="loans",
                        to="places.handle",
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="loans", to="places.kit"
                    ),
                ),
                (
                    "liability",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.liability",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-made_at"], name="loan_of_account"),
                    models.Index(
                        condition=models.Q(("state__in", ["opening", "out", "returning", "checking"])),
                        fields=["due_at"],
                        name="loan_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["opening", "out", "returning", "checking", "returned", "failed", "lost"],
                            )
                        ),
                        name="loan_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["opening", "out", "returning", "checking"])),
                        fields=("kit",),
                        name="loan_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Chore",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("text", models.TextField(default="")),
                ("state", models.TextField(default="open")),
                ("by", models.TextField(default="")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.TextField(default="")),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chores", to="places.place"
                    ),
                ),
                (
                    "compartment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chores",
                        to="places.compartment",
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chores",
                        to="places.kit",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="chores",
                        to="places.loan",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["place", "-made_at"], name="chore_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["check", "clean", "fill", "mend", "look"]),
                            ("state__in", ["open", "done", "dropped"]),
                        ),
                        name="chore_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LockCommand",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("what", models.TextField()),
                ("counter", models.BigIntegerField(null=True)),
                ("body", models.JSONField(default=dict)),
                ("by", models.TextField()),
                ("state", models.TextField(default="waiting")),
                ("reason", models.TextField(default="")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("sent_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                (
                    "compartment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commands",
                        to="places.compartment",
                    ),
                ),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commands",
                        to="places.controller",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commands",
                        to="places.grant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sent", "received"])),
                        fields=["controller", "made_at"],
                        name="lock_command_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "sent", "received", "done", "refused", "expired"])
                        ),
                        name="lock_command_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
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
                ("kind", models.TextField(default="offer")),
                ("category", models.TextField(default="")),
                ("where", models.TextField(default="")),
                ("starts_at", models.DateTimeField()),
                ("duration", models.DurationField()),
                ("rule", models.TextField(default="")),
                ("extra", models.JSONField(default=list)),
                ("without", models.JSONField(default=list)),
                ("age_from", models.PositiveSmallIntegerField(null=True)),
                ("age_to", models.PositiveSmallIntegerField(null=True)),
                ("capacity", models.PositiveIntegerField(null=True)),
                ("registration", models.TextField(default="none")),
                ("register_at", models.TextField(default="")),
                ("whole_series", models.BooleanField(default=False)),
                ("free", models.BooleanField(null=True)),
                ("cost", models.JSONField(default=dict)),
                ("access", models.JSONField(default=dict)),
                ("bring", models.JSONField(default=dict)),
                ("plain", models.JSONField(default=dict)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("website", models.TextField(default="")),
                ("waits", models.JSONField(null=True)),
                ("waiting", models.TextField(default="")),
                ("waiting_since", models.DateTimeField(null=True)),
                ("reason", models.TextField(default="")),
                ("came_from", models.TextField(default="")),
                ("expanded_until", models.DateField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="places.place",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="offers",
                        to="places.unit",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["place"], name="offer_at_place"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["access"], name="offer_access", opclasses=["jsonb_path_ops"]
                    ),
                    models.Index(
                        condition=models.Q(("waiting", "review")),
                        fields=["waiting_since"],
                        name="offer_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["offer", "join", "help"])), name="offer_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("registration__in", ["none", "here", "elsewhere"])),
                        name="offer_registration_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("waiting__in", ["", "draft", "review", "returned"])),
                        name="offer_waiting_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("came_from", ""), _negated=True),
                        fields=("came_from",),
                        name="offer_imported_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Occasion",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("start", models.DateTimeField()),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("cancelled", models.BooleanField(default=False)),
                ("note", models.JSONField(default=dict)),
                ("capacity", models.PositiveIntegerField(null=True)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("changed", models.BooleanField(default=False)),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="occasions",
                        to="places.offer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["during"], name="occasions_at")
                ],
                "constraints": [models.UniqueConstraint(fields=("offer", "start"), name="occasion_once")],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.TextField()),
                ("until", models.DateTimeField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="places.loan",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("rules", models.JSONField(default=dict)),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "keeper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policies",
                        to="places.place",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="unit",
            name="booked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="units",
                to="places.policy",
            ),
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(default="")),
                ("reach", models.TextField(default="")),
                ("token", models.TextField(default="")),
                ("seats", models.PositiveSmallIntegerField(default=1)),
                ("state", models.TextField(default="comes")),
                ("note", models.TextField(default="")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("forget_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "occasion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to="places.occasion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["comes", "waits", "cancelled"])),
                        name="registration_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("account__isnull", False), models.Q(("state", "cancelled"), _negated=True)
                        ),
                        fields=("occasion", "account"),
                        name="registered_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolHoliday",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.TextField()),
                ("name", models.JSONField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("state", "starts_on"), name="school_holiday_once"),
                    models.CheckConstraint(
                        condition=models.Q(("starts_on__lte", models.F("ends_on"))),
                        name="school_holiday_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Season",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("ask_until", models.DateTimeField()),
                ("state", models.TextField(default="asking")),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seasons", to="places.place"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asking", "deciding", "decided"])),
                        name="season_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts_on__lte", models.F("ends_on"))), name="season_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("duration", models.DurationField()),
                ("rule", models.TextField()),
                ("what", models.TextField(default="")),
                ("state", models.TextField(default="asked")),
                ("reason", models.TextField(default="")),
                ("rank", models.SmallIntegerField(default=0)),
                ("left_out", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
                (
                    "season",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="series",
                        to="places.season",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="series", to="places.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "state"], name="series_of_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "granted", "refused", "ended"])),
                        name="series_state_known",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="booking",
            name="series",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="bookings",
                to="places.series",
            ),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "booking",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="places.booking",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="places.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("unit", "="), ("during", "&&")], name="claims_apart"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("state__in", ["wanted", "installed", "revoking"])),
                fields=["compartment", "changed_at"],
                name="grant_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["wanted", "installed", "revoking", "revoked", "ended"])),
                name="grant_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["unit", "during"], name="booking_calendar", opclasses=["gist_int8_ops", "range_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["account", "-made_at"], name="booking_of_account"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(fields=["organisation", "-made_at"], name="booking_of_organisation"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["hold_until"], name="booking_held"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state", "asked")), fields=["made_at"], name="booking_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["held", "asked", "booked", "used", "cancelled", "refused", "expired", "missed"],
                    )
                ),
                name="booking_state_known",
            ),
        ),
    ]
