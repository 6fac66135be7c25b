# SPDX-License-Identifier: EUPL-1.2
"""How far a datastream's raw values are forgotten; hours answered from their index alone."""

from django.db import migrations, models

# The hours of all datastreams arrive together, so those of one lie far apart in the table: its index holds all of them
# side by side.
WHOLE = """
ALTER TABLE things_hour DROP CONSTRAINT things_hour_pkey,
    ADD PRIMARY KEY (datastream_id, start) INCLUDE (rows, count, total, low, high);
ALTER TABLE things_hour SET
    (autovacuum_vacuum_insert_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.02);
"""


class Migration(migrations.Migration):
    dependencies = [("things", "0004_observations_whole")]

    operations = [
        migrations.AddField(
            model_name="latest", name="forgotten_until", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(
            WHOLE,
            "ALTER TABLE things_hour DROP CONSTRAINT things_hour_pkey, ADD PRIMARY KEY (datastream_id, start)",
        ),
    ]
