# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

import smilecity.core.fields
from smilecity.core.nouns import sort_key

# Which words a noun is found by. The configurations are named in full: a restore has no search path.
SEARCH_WORDS = """
CREATE FUNCTION public.core_search_words(title jsonb, words jsonb, body jsonb) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN setweight(to_tsvector('pg_catalog.german', coalesce(title ->> 'de', '')), 'A')
        || setweight(to_tsvector('pg_catalog.english', coalesce(title ->> 'en', '')), 'A')
        || setweight(to_tsvector('pg_catalog.german', coalesce(words ->> 'de', '')), 'B')
        || setweight(to_tsvector('pg_catalog.english', coalesce(words ->> 'en', '')), 'B')
        || setweight(to_tsvector('pg_catalog.german', coalesce(body ->> 'de', '')), 'C')
        || setweight(to_tsvector('pg_catalog.english', coalesce(body ->> 'en', '')), 'C');
END $$
"""

# Web Mercator (EPSG:3857) as a grid of 2^20 x 2^20 cells; x and y interleaved, y in the higher bits.
MAP_CELL = """
CREATE FUNCTION public.core_map_cell(geo jsonb) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    middle point;
    latitude float8;
    x bigint;
    y bigint;
BEGIN
    IF geo IS NULL THEN
        RETURN NULL;
    END IF;
    middle := center(public.core_geojson_box(geo));
    latitude := radians(least(85.05112878, greatest(-85.05112878, middle[1])));
    x := least(1048575, greatest(0, floor((middle[0] + 180) / 360 * 1048576)))::bigint;
    y := least(1048575, greatest(0,
        floor((1 - ln(tan(latitude) + 1 / cos(latitude)) / pi()) / 2 * 1048576)))::bigint;
    x := (x | (x << 16)) & 281470681808895;
    x := (x | (x << 8)) & 71777214294589695;
    x := (x | (x << 4)) & 1085102592571150095;
    x := (x | (x << 2)) & 3689348814741910323;
    x := (x | (x << 1)) & 6148914691236517205;
    y := (y | (y << 16)) & 281470681808895;
    y := (y | (y << 8)) & 71777214294589695;
    y := (y | (y << 4)) & 1085102592571150095;
    y := (y | (y << 2)) & 3689348814741910323;
    y := (y | (y << 1)) & 6148914691236517205;
    RETURN x | (y << 1);
END $$
"""


def fill_plain(apps: Any, schema_editor: Any) -> None:
    """What `nouns.put` writes for every noun from now on, for those that are there."""
    Noun = apps.get_model("core", "Noun")
    for noun in Noun.objects.iterator():
        texts = [*noun.title.values(), *noun.text.values()]
        Noun.objects.filter(pk=noun.pk).update(plain="\n".join(sort_key(text) for text in texts))


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(SEARCH_WORDS, "DROP FUNCTION public.core_search_words(jsonb, jsonb, jsonb)"),
        migrations.RunSQL(MAP_CELL, "DROP FUNCTION public.core_map_cell(jsonb)"),
        migrations.CreateModel(
            name="Undo",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("account", models.BigIntegerField(db_index=True)),
                ("what", models.TextField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="noun",
            name="keeper",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.noun"
            ),
        ),
        migrations.AddField(
            model_name="noun",
            name="facts",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="noun",
            name="plain",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="noun",
            name="words",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="noun",
            name="cell",
            field=models.GeneratedField(
                db_persist=True,
                expression=smilecity.core.fields.MapCell("geo"),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddField(
            model_name="noun",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=smilecity.core.fields.SearchWords("title", "words", "text"),
                output_field=smilecity.core.fields.SearchVector(),
            ),
        ),
        migrations.RunPython(fill_plain, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="noun",
            index=models.Index(fields=["kind", "visibility", "cell"], name="noun_on_map"),
        ),
        migrations.AddIndex(
            model_name="noun",
            index=models.Index(fields=["keeper", "kind", "sort", "id"], name="noun_kept"),
        ),
        migrations.AddIndex(
            model_name="noun",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="noun_search"),
        ),
        migrations.AddIndex(
            model_name="noun",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["plain"], name="noun_plain", opclasses=["gin_trgm_ops"]
            ),
        ),
    ]
