# SPDX-License-Identifier: EUPL-1.2
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smilecity.core.fields

# Every position of a geometry is an array that starts with a number, at whatever depth. plpgsql, because a
# SQL function takes three times as long here. Nothing inside may depend on the search path: a restore has none.
GEOJSON_BOX = """
CREATE FUNCTION public.core_geojson_box(geo jsonb) RETURNS box LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    west float8; south float8; east float8; north float8;
BEGIN
    IF geo ->> 'type' = 'Point' THEN
        west := (geo -> 'coordinates' ->> 0)::float8;
        south := (geo -> 'coordinates' ->> 1)::float8;
        RETURN box(point(west, south), point(west, south));
    END IF;
    SELECT min((p ->> 0)::float8), min((p ->> 1)::float8), max((p ->> 0)::float8), max((p ->> 1)::float8)
    INTO west, south, east, north
    FROM jsonb_path_query(geo, 'strict $.** ? (@.type() == "array" && @[0].type() == "number")') AS p;
    RETURN box(point(east, north), point(west, south));
END $$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL("CREATE SEQUENCE public.core_id", "DROP SEQUENCE public.core_id"),
        migrations.RunSQL(GEOJSON_BOX, "DROP FUNCTION public.core_geojson_box(jsonb)"),
        migrations.CreateModel(
            name="LogReader",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(null=True, unique=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("actor", models.TextField()),
                ("verb", models.TextField()),
                ("noun", models.BigIntegerField(null=True)),
                (
                    "about",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("position__isnull", True)), fields=["id"], name="log_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("noun__isnull", False)),
                        fields=["noun", "position"],
                        name="log_of_noun",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LogHead",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="log_has_one_head")
                ],
            },
        ),
        migrations.CreateModel(
            name="Noun",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("address", models.TextField(unique=True)),
                ("title", models.JSONField()),
                ("text", models.JSONField(default=dict)),
                ("sort", models.TextField()),
                ("geo", models.JSONField(null=True)),
                (
                    "box",
                    models.GeneratedField(
                        db_persist=True,
                        expression=smilecity.core.fields.GeoJsonBox("geo"),
                        output_field=smilecity.core.fields.BoxField(),
                    ),
                ),
                ("visibility", models.TextField(default="draft")),
                ("licence", models.TextField(default="CC-BY-4.0")),
                ("changed_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.noun",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "visibility", "sort", "id"], name="noun_listed")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("visibility__in", ["public", "internal", "draft"])),
                        name="noun_visibility_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links_from", to="core.noun"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links_to", to="core.noun"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["target", "kind"], name="link_back")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "kind", "target"), name="link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("source", models.F("target")), _negated=True),
                        name="link_to_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL("CREATE INDEX noun_box ON core_noun USING gist (box)", "DROP INDEX noun_box"),
        migrations.RunSQL("INSERT INTO core_loghead (id, last) VALUES (1, 0)", migrations.RunSQL.noop),
    ]
