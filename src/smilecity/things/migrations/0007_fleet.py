# SPDX-License-Identifier: EUPL-1.2
"""The fleet: ways in that we open, notes and commands, gateways, what the watch knows and finds."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smilecity.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("things", "0006_names_may_repeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connector",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("name", models.TextField(unique=True)),
                ("address", models.TextField(default="")),
                ("user", models.TextField(default="")),
                ("secret", models.BinaryField(default=b"")),
                ("topic", models.TextField(default="")),
                ("mapping", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["chirpstack", "tts", "json", "mirror"])),
                        name="connector_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceNote",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("kind", models.TextField()),
                ("text", models.TextField(default="")),
                ("by", models.TextField(default="")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Gateway",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField(default="")),
                ("first_heard_at", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
                ("uplinks", models.BigIntegerField(db_default=0)),
                ("rssi", models.FloatField(null=True)),
                ("snr", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("silent_after", models.DurationField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("rssi", models.FloatField(null=True)),
                ("snr", models.FloatField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Mirrored",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("theirs", models.TextField()),
                ("ours", models.BigIntegerField()),
                ("digest", models.TextField(default="")),
                ("position", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="TableImport",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("file", models.TextField()),
                ("size", models.BigIntegerField()),
                ("columns", models.JSONField(default=dict)),
                ("state", models.TextField(default="draft")),
                ("bytes_done", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("stored", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("troubles", models.JSONField(default=list)),
                ("by", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "datastream",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="watch",
                        serialize=False,
                        to="things.datastream",
                    ),
                ),
                ("interval", models.DurationField(null=True)),
                ("learned_at", models.DateTimeField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("most_step", models.FloatField(null=True)),
                ("stuck_after", models.DurationField(null=True)),
                ("set_by_people", models.BooleanField(default=False)),
                ("looked_until", models.DateTimeField(null=True)),
                ("same_since", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="device",
            name="battery_changed_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="firmware",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="device",
            name="known_as",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="device",
            name="replaced_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaces",
                to="things.device",
            ),
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("count", models.IntegerField(default=1)),
                ("told_at", models.DateTimeField(null=True)),
                ("seen_by", models.TextField(default="")),
                (
                    "datastream",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alarms",
                        to="things.datastream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Command",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("wanted", models.JSONField()),
                ("f_port", models.SmallIntegerField()),
                ("payload", models.BinaryField()),
                ("confirmed_wanted", models.BooleanField(default=False)),
                ("state", models.TextField(default="waiting")),
                ("reason", models.TextField(default="")),
                ("by", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("tries", models.SmallIntegerField(default=0)),
                ("try_after", models.DateTimeField(null=True)),
                ("handed_as", models.TextField(default="")),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commands",
                        to="things.device",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["device", "-made_at"], name="command_of_device"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "handed", "sent"])),
                        fields=["expires_at"],
                        name="command_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "waiting",
                                    "handed",
                                    "sent",
                                    "confirmed",
                                    "done",
                                    "expired",
                                    "failed",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="command_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConnectorState",
            fields=[
                (
                    "connector",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="things.connector",
                    ),
                ),
                ("position", models.JSONField(default=dict)),
                ("heard_at", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("taken", models.BigIntegerField(db_default=0)),
                ("refused", models.BigIntegerField(db_default=0)),
                ("trouble", models.TextField(default="")),
                ("sentence", models.TextField(default="")),
                ("troubled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="alarm",
            name="connector",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alarms",
                to="things.connector",
            ),
        ),
        migrations.AddField(
            model_name="device",
            name="network",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="devices",
                to="things.connector",
            ),
        ),
        migrations.AddField(
            model_name="devicenote",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="things.device"
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="gateway",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alarms",
                to="things.gateway",
            ),
        ),
        migrations.AddField(
            model_name="heard",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="heard_by", to="things.device"
            ),
        ),
        migrations.AddField(
            model_name="heard",
            name="gateway",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="hears", to="things.gateway"
            ),
        ),
        migrations.AddField(
            model_name="mirrored",
            name="connector",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.connector"),
        ),
        migrations.AddField(
            model_name="tableimport",
            name="thing",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="things.thing"),
        ),
        migrations.AddIndex(
            model_name="devicenote",
            index=models.Index(fields=["device", "-at"], name="note_of_device"),
        ),
        migrations.AddConstraint(
            model_name="devicenote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["installed", "firmware", "battery", "replaced", "retired", "note"])
                ),
                name="device_note_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["-since"], name="alarm_newest"),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["silent", "battery", "range", "jump", "stuck", "gateway", "connector"])
                ),
                name="alarm_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("kind", "datastream", "gateway", "connector"),
                name="alarm_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="heard",
            constraint=models.UniqueConstraint(fields=("device", "gateway"), name="heard_once"),
        ),
        migrations.AddConstraint(
            model_name="mirrored",
            constraint=models.UniqueConstraint(fields=("connector", "kind", "theirs"), name="mirrored_once"),
        ),
        migrations.AddIndex(
            model_name="tableimport",
            index=models.Index(fields=["-made_at"], name="table_import_newest"),
        ),
        migrations.AddConstraint(
            model_name="tableimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "running", "done", "stopped"])),
                name="table_import_state_known",
            ),
        ),
    ]
