# SPDX-License-Identifier: EUPL-1.2
"""The observation table and its partitions; the layout is compared in docs/decisions/004."""

from django.db import migrations

# Numbers sit in `result`, 8 bytes and in the primary key's index, so that a chart never touches the table.
TABLE = """
CREATE SEQUENCE public.things_observation_id;
CREATE TABLE things_observation (
    id bigint NOT NULL DEFAULT nextval('public.things_observation_id'),
    datastream_id bigint NOT NULL,
    phenomenon_time timestamptz NOT NULL,
    result double precision,
    phenomenon_end timestamptz,
    result_time timestamptz,
    feature bigint,
    value jsonb,
    parameters jsonb,
    PRIMARY KEY (datastream_id, phenomenon_time, id) INCLUDE (result),
    CONSTRAINT observation_result_finite CHECK (result > '-Infinity' AND result < 'Infinity'),
    CONSTRAINT observation_has_result CHECK (result IS NOT NULL OR value IS NOT NULL)
) PARTITION BY RANGE (phenomenon_time);
CREATE INDEX observation_id ON things_observation (id);
ALTER TABLE things_latest SET (fillfactor = 50);
"""

# A partition is made beside the table and then attached, because CREATE ... PARTITION OF would wait for every
# reader of the whole table and hold up every writer behind it; ATTACH waits for neither. Vacuumed often while it
# fills, so that index-only scans stay so (rows are only ever added).
# Lock: an advisory lock of the transaction, so that two writers that meet a new month make one partition.
KEEP_PARTITION = """
CREATE FUNCTION public.things_keep_partition(moment timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    name text := 'things_observation_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL THEN RETURN false; END IF;
    PERFORM pg_advisory_xact_lock(x'534D494C46'::bigint);
    -- to_regclass would answer from this session's cache, which has not heard of what was waited for.
    PERFORM FROM pg_catalog.pg_class WHERE relname = name AND relnamespace = 'public'::regnamespace;
    IF FOUND THEN RETURN false; END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.things_observation INCLUDING ALL) WITH
        (autovacuum_vacuum_insert_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.02)', name);
    EXECUTE format('ALTER TABLE public.things_observation ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    RETURN true;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("things", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE things_observation; DROP SEQUENCE public.things_observation_id"),
        migrations.RunSQL(KEEP_PARTITION, "DROP FUNCTION public.things_keep_partition(timestamptz)"),
    ]
