# SPDX-License-Identifier: EUPL-1.2
"""The standard lets names and definitions repeat, and lets a sensor's metadata be any JSON."""

from django.db import migrations, models

METADATA = "ALTER TABLE things_sensor ALTER COLUMN metadata TYPE jsonb USING to_jsonb(metadata)"
METADATA_BACK = "ALTER TABLE things_sensor ALTER COLUMN metadata TYPE text USING metadata #>> '{}'"


class Migration(migrations.Migration):
    dependencies = [("things", "0005_forgotten")]

    operations = [
        migrations.RemoveConstraint(model_name="datastream", name="datastream_named_once"),
        migrations.AlterField("observedproperty", "definition", models.TextField()),
        migrations.AddIndex(
            "observedproperty", models.Index(fields=["definition"], name="property_definition")
        ),
        migrations.RunSQL(
            METADATA,
            METADATA_BACK,
            state_operations=[
                migrations.AlterField("sensor", "metadata", models.JSONField(default=str)),
            ],
        ),
    ]
