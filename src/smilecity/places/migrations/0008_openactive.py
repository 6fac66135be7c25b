# SPDX-License-Identifier: EUPL-1.2
"""What the feeds of OpenActive tell, and what they told that is gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("places", "0007_opening"),)

    operations = (
        migrations.CreateModel(
            name="FeedItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("feed", models.TextField()),
                ("number", models.BigIntegerField()),
                ("noun", models.BigIntegerField()),
                ("body", models.JSONField(default=dict)),
                ("modified", models.BigIntegerField()),
                ("gone_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["feed", "modified", "number"], name="feed_in_order"),
                    models.Index(fields=["noun"], name="feed_of_noun"),
                    models.Index(
                        fields=["gone_at"], name="feed_gone", condition=models.Q(gone_at__isnull=False)
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            feed__in=["session-series", "scheduled-sessions", "facility-uses", "slots"]
                        ),
                        name="feed_known",
                    ),
                    models.UniqueConstraint(fields=["feed", "number"], name="feed_item_once"),
                ],
            },
        ),
    )
