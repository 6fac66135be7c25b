# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Observation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "datastream_id",
                        "phenomenon_time",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("phenomenon_time", models.DateTimeField()),
                ("phenomenon_end", models.DateTimeField(null=True)),
                ("result_time", models.DateTimeField(null=True)),
                ("result", models.FloatField(null=True)),
                ("value", models.JSONField(null=True)),
                ("parameters", models.JSONField(null=True)),
                ("feature", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "things_observation",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Datastream",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("description", models.TextField(default="")),
                ("properties", models.JSONField(default=dict)),
                ("unit", models.JSONField(default=dict)),
                (
                    "observation_type",
                    models.TextField(
                        default="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
                    ),
                ),
                ("observed_area", models.JSONField(null=True)),
                ("visibility", models.TextField(default="public")),
                ("people", models.BooleanField(default=False)),
                ("silent_after", models.DurationField()),
            ],
        ),
        migrations.CreateModel(
            name="FeatureOfInterest",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("description", models.TextField(default="")),
                ("properties", models.JSONField(default=dict)),
                ("encoding_type", models.TextField(default="application/geo+json")),
                ("feature", models.JSONField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("description", models.TextField(default="")),
                ("properties", models.JSONField(default=dict)),
                ("encoding_type", models.TextField(default="application/geo+json")),
                ("location", models.JSONField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObservedProperty",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("description", models.TextField(default="")),
                ("properties", models.JSONField(default=dict)),
                ("definition", models.TextField(unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sensor",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("description", models.TextField(default="")),
                ("properties", models.JSONField(default=dict)),
                ("encoding_type", models.TextField(default="text/html")),
                ("metadata", models.TextField(default="")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Codec",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("vendor", models.TextField()),
                ("name", models.TextField()),
                ("script", models.TextField()),
                ("digest", models.TextField()),
                ("devices", models.JSONField(default=list)),
                ("imported_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("vendor", "name"), name="codec_named_once")],
            },
        ),
        migrations.CreateModel(
            name="Latest",
            fields=[
                (
                    "datastream",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="latest",
                        serialize=False,
                        to="things.datastream",
                    ),
                ),
                ("observation", models.BigIntegerField()),
                ("phenomenon_time", models.DateTimeField()),
                ("result", models.FloatField(null=True)),
                ("value", models.JSONField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="datastream",
            name="observed_property",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="things.observedproperty"
            ),
        ),
        migrations.AddField(
            model_name="datastream",
            name="sensor",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="things.sensor"),
        ),
        migrations.CreateModel(
            name="Thing",
            fields=[
                (
                    "noun",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="core.noun",
                    ),
                ),
                ("description", models.TextField(default="")),
                ("properties", models.JSONField(default=dict)),
                ("locations", models.ManyToManyField(related_name="things", to="things.location")),
            ],
        ),
        migrations.CreateModel(
            name="HistoricalLocation",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("time", models.DateTimeField()),
                ("locations", models.ManyToManyField(to="things.location")),
                ("thing", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.thing")),
            ],
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("eui", models.CharField(max_length=16, unique=True)),
                ("model", models.TextField()),
                ("active", models.BooleanField(default=True)),
                ("codec", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="things.codec")),
                ("thing", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.thing")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("eui__regex", "^[0-9A-F]{16}$")), name="device_eui_form"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="datastream",
            name="thing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="datastreams", to="things.thing"
            ),
        ),
        migrations.CreateModel(
            name="Uplink",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("eui", models.CharField(max_length=16)),
                ("received_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("f_port", models.SmallIntegerField()),
                ("payload", models.BinaryField()),
                ("state", models.SmallIntegerField(default=0)),
                ("reason", models.TextField(null=True)),
                (
                    "device",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="things.device",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["stored_at"], name="uplink_age"),
                    models.Index(
                        condition=models.Q(("state", 2)), fields=["eui", "received_at"], name="uplink_parked"
                    ),
                    models.Index(
                        condition=models.Q(("state", 1)),
                        fields=["received_at", "key"],
                        name="uplink_undecodable",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [0, 1, 2])), name="uplink_state_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("field", models.TextField()),
                ("scale", models.FloatField(default=1.0)),
                ("offset", models.FloatField(default=0.0)),
                (
                    "datastream",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.datastream"),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feeds", to="things.device"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("device", "datastream"), name="feed_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="datastream",
            constraint=models.UniqueConstraint(fields=("thing", "name"), name="datastream_named_once"),
        ),
        migrations.AddConstraint(
            model_name="datastream",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["public", "internal", "draft"])),
                name="datastream_visibility_known",
            ),
        ),
    ]
