# SPDX-License-Identifier: EUPL-1.2
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0003_photos_looked_at")]

    operations = [
        migrations.AddIndex(
            model_name="openspan",
            index=GistIndex(fields=["during"], name="open_spans_at"),
        ),
        migrations.AddIndex(
            model_name="place",
            index=GinIndex(fields=["access"], name="place_access", opclasses=["jsonb_path_ops"]),
        ),
        migrations.AddIndex(
            model_name="place",
            index=GinIndex(fields=["languages"], name="place_languages"),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["category"], name="place_category"),
        ),
    ]
