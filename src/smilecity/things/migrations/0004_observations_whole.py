# SPDX-License-Identifier: EUPL-1.2
"""Columns and tables that Django does not keep: observations whole, hours rolled up, boxes indexed."""

from django.db import migrations

# Columns without a default cost nothing in rows that leave them empty.
OBSERVATION = """
ALTER TABLE things_observation
    ADD COLUMN valid_start timestamptz, ADD COLUMN valid_end timestamptz,
    ADD COLUMN quality jsonb, ADD COLUMN flags smallint;
"""

HOURS = """
CREATE TABLE things_hour (
    datastream_id bigint NOT NULL,
    start timestamptz NOT NULL,
    rows integer NOT NULL,
    count integer NOT NULL,
    total double precision,
    low double precision,
    high double precision,
    PRIMARY KEY (datastream_id, start)
);
CREATE TABLE things_stalehour (
    datastream_id bigint NOT NULL,
    start timestamptz NOT NULL,
    PRIMARY KEY (datastream_id, start)
);
"""

# What was stored before this migration amounts to something too.
AMOUNTS = """
UPDATE things_latest AS l SET count = o.count, first_time = o.first_time, last_time = o.last_time
FROM (
    SELECT datastream_id, count(*) AS count, min(phenomenon_time) AS first_time, max(phenomenon_time) AS last_time
    FROM things_observation GROUP BY datastream_id
) AS o WHERE o.datastream_id = l.datastream_id
"""

# Django's key of a datastream cascades by itself, so the database's own constraint is only a promise: here it is kept
# by the database, because observations go by SQL.
BOXES = """
CREATE INDEX location_box ON things_location USING gist (box);
CREATE INDEX feature_box ON things_featureofinterest USING gist (box);
"""


class Migration(migrations.Migration):
    dependencies = [("things", "0003_sensorthings")]

    operations = [
        migrations.RunSQL(
            OBSERVATION,
            "ALTER TABLE things_observation DROP COLUMN valid_start, DROP COLUMN valid_end, DROP COLUMN quality,"
            " DROP COLUMN flags",
        ),
        migrations.RunSQL(HOURS, "DROP TABLE things_hour; DROP TABLE things_stalehour"),
        migrations.RunSQL(AMOUNTS, migrations.RunSQL.noop),
        migrations.RunSQL(BOXES, "DROP INDEX location_box; DROP INDEX feature_box"),
    ]
