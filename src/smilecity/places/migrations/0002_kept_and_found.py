# SPDX-License-Identifier: EUPL-1.2

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_found_and_kept"),
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("values", models.JSONField()),
                ("state", models.TextField(default="draft")),
                ("base", models.DateTimeField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("sent_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(default="")),
                ("reason", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="OpenSpan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("quiet", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("alt", models.JSONField()),
                ("credit", models.TextField(default="")),
                ("licence", models.TextField(default="CC-BY-4.0")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("full", models.BinaryField()),
                ("small", models.BinaryField()),
                ("digest", models.TextField()),
                ("shown", models.BooleanField(default=False)),
                ("order", models.SmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name="place",
            name="age_from",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="place",
            name="age_to",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="place",
            name="cost",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="place",
            name="email",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="place",
            name="free",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="place",
            name="indoors",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="place",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="phone",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="place",
            name="quiet_hours",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="place",
            name="website",
            field=models.TextField(default=""),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(("indoors__in", ["", "in", "out", "both"])), name="place_indoors_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("age_from__isnull", True),
                    ("age_to__isnull", True),
                    ("age_from__lte", models.F("age_to")),
                    _connector="OR",
                ),
                name="place_ages_in_order",
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="places.place"
            ),
        ),
        migrations.AddField(
            model_name="openspan",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="spans", to="places.place"
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="places.place"
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["state", "sent_at", "id"], name="change_waiting"),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "review", "returned", "published", "dropped"])),
                name="change_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "review", "returned"])),
                fields=("place",),
                name="change_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="openspan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("place", "="), ("quiet", "="), ("during", "&&")], name="open_spans_apart"
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.UniqueConstraint(fields=("place", "digest"), name="photo_once"),
        ),
    ]
