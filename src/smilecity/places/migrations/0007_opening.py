# SPDX-License-Identifier: EUPL-1.2
"""What a limit remembers: since when it is calm, what it closed, and up to where people were told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("places", "0006_offers"),)

    operations = (
        migrations.AddField("limit", "calm_since", models.DateTimeField(null=True)),
        migrations.AddField("limit", "told_until", models.DateTimeField(null=True)),
        migrations.AddField(
            "limit",
            "closing",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="places.exceptional",
            ),
        ),
    )
