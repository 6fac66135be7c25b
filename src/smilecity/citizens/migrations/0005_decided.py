# SPDX-License-Identifier: EUPL-1.2
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields

# What was closed with an answer was decided by it; what was closed without one (no form ever did) is open again.
# Each answer becomes the first step on its need's way.
DECIDE = """
UPDATE citizens_need SET decision = 'answered' WHERE state = 'closed' AND answer <> '';
UPDATE citizens_need SET state = 'open' WHERE state = 'closed' AND answer = '';
INSERT INTO citizens_needstep (need_id, at, by, state, decision, sentence, internal)
SELECT noun_id, answered_at, answered_by, state, decision, answer, false FROM citizens_need
WHERE answered_at IS NOT NULL AND answer <> '';
SET CONSTRAINTS ALL IMMEDIATE
"""
UNDECIDE = "UPDATE citizens_need SET state = 'new' WHERE state IN ('open', 'in_progress', 'reopened')"


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0004_questions"),
        ("core", "0004_newest_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NeedStep",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by", models.TextField()),
                ("state", models.TextField()),
                ("decision", models.TextField(default="")),
                ("sentence", models.TextField(default="")),
                ("internal", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Support",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="need",
            name="need_state_known",
        ),
        migrations.AddField(
            model_name="need",
            name="alike",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="need",
            name="appealed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="target",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="backing",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="need",
            name="decision",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="need",
            name="outside",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="need",
            name="published_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="needstep",
            name="from_organisation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="needstep",
            name="need",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="citizens.need"
            ),
        ),
        migrations.AddField(
            model_name="needstep",
            name="to_organisation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="support",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="support",
            name="need",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="supports", to="citizens.need"
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="back",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    models.Value(0), "-", models.F("noun_id")
                ),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="less_backed",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    models.Value(0), "-", models.F("backing")
                ),
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="needstep",
            index=models.Index(fields=["need", "at", "id"], name="need_steps"),
        ),
        migrations.AddConstraint(
            model_name="support",
            constraint=models.UniqueConstraint(fields=("need", "account"), name="support_once"),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["said_at"], name="need_said"),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("state", "closed")), fields=["answered_at"], name="need_decided"
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)), fields=["back"], name="need_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["less_backed", "back"],
                name="need_most_backed",
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("alike", ""), _negated=True),
                fields=["alike"],
                name="need_alike",
                opclasses=["gin_trgm_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("alike", config="german"),
                condition=models.Q(("alike", ""), _negated=True),
                name="need_stems",
            ),
        ),
        migrations.RunSQL(DECIDE, UNDECIDE),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["new", "open", "in_progress", "answered", "closed", "reopened"])
                ),
                name="need_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision__in", ["", "accepted", "merged", "refused", "referred", "answered"])
                ),
                name="need_decision_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        models.Q(("decision", ""), _negated=True),
                        ("state", "closed"),
                    ),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("decision", "")),
                    _connector="OR",
                ),
                name="need_closed_with_reason",
            ),
        ),
    ]
