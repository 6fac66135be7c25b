# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which needs the map shows is known from an index alone."""

    dependencies = [("citizens", "0011_told"), ("core", "0005_map_at_once")]

    operations = [
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                fields=["kind", "noun"],
                name="need_on_map",
                condition=models.Q(published_at__isnull=False) & ~models.Q(decision="merged"),
            ),
        ),
    ]
