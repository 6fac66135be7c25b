# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0005_decided"),
        ("core", "0004_newest_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("code", models.TextField(unique=True)),
                ("title", models.JSONField()),
                ("text", models.JSONField(default=dict)),
                ("words", models.TextField(default="")),
                ("days", models.PositiveSmallIntegerField(null=True)),
                ("asks", models.JSONField(default=list)),
                ("order", models.SmallIntegerField(default=0)),
                ("active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Deputy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateField()),
                ("until", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="NeedPhoto",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("alt", models.TextField(default="")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("full", models.BinaryField()),
                ("small", models.BinaryField()),
                ("digest", models.TextField()),
                ("shown", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Responsibility",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Usual",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("quick", models.FloatField()),
                ("median", models.FloatField()),
                ("slow", models.FloatField()),
                ("reckoned_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="need",
            name="need_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="need",
            name="need_decision_known",
        ),
        migrations.AddField(
            model_name="need",
            name="at_home",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="need",
            name="code",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="need",
            name="details",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="need",
            name="door",
            field=models.TextField(db_default="web", default="web"),
        ),
        migrations.AddField(
            model_name="need",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="plain",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="need",
            name="spot",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="where",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="need",
            name="worker",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="organisation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="citizens.category",
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="category",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="citizens.category",
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("code", ""), _negated=True), fields=["code"], name="need_of_code"
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["category", "said_at", "noun"], name="need_of_category"),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), models.Q(("state", "closed"), _negated=True)),
                fields=["due_at", "noun"],
                name="need_due",
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("worker__isnull", False)),
                fields=["worker", "noun"],
                name="need_worked_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["wish", "problem", "idea", "praise", "correction", "question"])
                ),
                name="need_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision__in", ["", "accepted", "done", "merged", "refused", "referred", "answered"])
                ),
                name="need_decision_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("door__in", ["web", "kiosk", "email", "phone", "paper", "table", "open311"])
                ),
                name="need_door_known",
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="deputy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="needphoto",
            name="need",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="citizens.need"
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="responsibilities",
                to="citizens.category",
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="usual",
            name="area",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="usual",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="citizens.category"
            ),
        ),
        migrations.AddIndex(
            model_name="category",
            index=models.Index(fields=["order", "id"], name="category_listed"),
        ),
        migrations.AddIndex(
            model_name="deputy",
            index=models.Index(fields=["deputy", "until"], name="deputy_of"),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="deputy_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.CheckConstraint(
                condition=models.Q(("account", models.F("deputy")), _negated=True),
                name="deputy_is_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="needphoto",
            constraint=models.UniqueConstraint(fields=("need", "digest"), name="need_photo_once"),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.UniqueConstraint(fields=("category", "area"), name="responsible_once"),
        ),
        migrations.AddConstraint(
            model_name="usual",
            constraint=models.UniqueConstraint(
                fields=("category", "area"), name="usual_once", nulls_distinct=False
            ),
        ),
    ]
