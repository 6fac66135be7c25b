# SPDX-License-Identifier: EUPL-1.2
"""Observations whole, hours rolled up, what a thing declares, several properties in one datastream."""

import django.db.models.deletion
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("things", "0002_observations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "datastream_id",
                        "start",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("start", models.DateTimeField()),
                ("rows", models.IntegerField()),
                ("count", models.IntegerField()),
                ("total", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
            ],
            options={
                "db_table": "things_hour",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="StaleHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "datastream_id",
                        "start",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("start", models.DateTimeField()),
            ],
            options={
                "db_table": "things_stalehour",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DatastreamProperty",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rank", models.SmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Featured",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="datastream",
            name="datastream_visibility_known",
        ),
        migrations.AddField(
            model_name="datastream",
            name="multi",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="datastream",
            name="observation_types",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="latest",
            name="feature",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="count",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="latest",
            name="first_result_time",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="first_time",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="flags",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="last_result_time",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="last_time",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="parameters",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="phenomenon_end",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="quality",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="result_time",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="rolled_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="valid_end",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="latest",
            name="valid_start",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="thing",
            name="keeps_hours",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="thing",
            name="legal_basis",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="thing",
            name="operator",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="thing",
            name="purpose",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="thing",
            name="retention",
            field=models.DurationField(null=True),
        ),
        migrations.AddField(
            model_name="thing",
            name="safeguard",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="datastream",
            name="observed_property",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="things.observedproperty"
            ),
        ),
        migrations.AlterField(
            model_name="latest",
            name="observation",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="latest",
            name="phenomenon_time",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="historicallocation",
            index=models.Index(fields=["thing", "-time"], name="historical_of_thing"),
        ),
        migrations.AddField(
            model_name="datastreamproperty",
            name="datastream",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.datastream"),
        ),
        migrations.AddField(
            model_name="datastreamproperty",
            name="observed_property",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="things.observedproperty"
            ),
        ),
        migrations.AddField(
            model_name="datastream",
            name="observed_properties",
            field=models.ManyToManyField(
                related_name="multidatastreams",
                through="things.DatastreamProperty",
                to="things.observedproperty",
            ),
        ),
        migrations.AddConstraint(
            model_name="datastream",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["public", "partners", "internal", "draft"])),
                name="datastream_visibility_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="datastream",
            constraint=models.CheckConstraint(
                condition=models.Q(("multi", True), ("observed_property__isnull", False), _connector="OR"),
                name="datastream_observes",
            ),
        ),
        migrations.AddField(
            model_name="featured",
            name="datastream",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.datastream"),
        ),
        migrations.AddField(
            model_name="featured",
            name="feature",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="things.featureofinterest"
            ),
        ),
        migrations.AddConstraint(
            model_name="datastreamproperty",
            constraint=models.UniqueConstraint(fields=("datastream", "rank"), name="observed_in_order"),
        ),
        migrations.AddField(
            model_name="featureofinterest",
            name="box",
            field=models.GeneratedField(
                db_persist=True,
                expression=smilecity.core.fields.GeoJsonBox("feature"),
                output_field=smilecity.core.fields.BoxField(),
            ),
        ),
        migrations.AddField(
            model_name="location",
            name="box",
            field=models.GeneratedField(
                db_persist=True,
                expression=smilecity.core.fields.GeoJsonBox("location"),
                output_field=smilecity.core.fields.BoxField(),
            ),
        ),
        migrations.AddConstraint(
            model_name="featured",
            constraint=models.UniqueConstraint(fields=("datastream", "feature"), name="featured_once"),
        ),
    ]
