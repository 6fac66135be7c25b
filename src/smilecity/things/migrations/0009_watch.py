# SPDX-License-Identifier: EUPL-1.2
"""The watch: what it learns of silence, what is judged again, who has seen an alarm; odd values found by an index."""

from django.db import migrations, models

# Few values are odd: the index costs the others nothing, and new partitions get it with the table.
FLAGGED = """
CREATE INDEX observation_flagged ON things_observation (datastream_id, phenomenon_time) WHERE flags IS NOT NULL
"""
# What the API says of an odd value (bits as in `rules.watch`): an element like those of ISO 19157.
QUALITY = """
CREATE FUNCTION public.things_quality(flags smallint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('code', codes[1], 'codes', to_jsonb(codes), 'sentence', array_to_string(sentences, ' '))
    FROM (SELECT
        array_remove(ARRAY[
            CASE WHEN flags & 1 <> 0 THEN 'range' END,
            CASE WHEN flags & 2 <> 0 THEN 'jump' END,
            CASE WHEN flags & 4 <> 0 THEN 'stuck' END], NULL) AS codes,
        ARRAY[
            CASE WHEN flags & 1 <> 0 THEN 'Outside of what is possible.' END,
            CASE WHEN flags & 2 <> 0 THEN 'Far from the values right before it.' END,
            CASE WHEN flags & 4 <> 0 THEN 'The same value for unusually long.' END] AS sentences) AS found
$$
"""
# What is stored already is judged by `smile things rewatch`, not all at once by the first run of the job.
READER = """
INSERT INTO core_logreader (name, position) SELECT 'things-watch', last FROM core_loghead ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("things", "0008_commands")]

    operations = [
        migrations.AddField("alarm", "seen_at", models.DateTimeField(null=True)),
        migrations.AddField("watch", "again_from", models.DateTimeField(null=True)),
        migrations.AddField("watch", "again_until", models.DateTimeField(null=True)),
        migrations.AddField("watch", "quiet_after", models.DurationField(null=True)),
        migrations.RunSQL(FLAGGED, "DROP INDEX observation_flagged"),
        migrations.RunSQL(QUALITY, "DROP FUNCTION public.things_quality(smallint)"),
        migrations.RunSQL(READER, "DELETE FROM core_logreader WHERE name = 'things-watch'"),
    ]
