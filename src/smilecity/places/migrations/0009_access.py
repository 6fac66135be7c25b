# SPDX-License-Identifier: EUPL-1.2
"""Doors entrusted to clubs, whom they let in, codes by telephone, closings a controller knows; digests are sealed."""

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smilecity.core.fields
from smilecity.core import sealing

PLAIN_BYTES = 32


def seal_digests(apps: Any, schema_editor: Any) -> None:
    """A digest as it was kept before has 32 bytes; a sealed one is longer, so that going on twice seals once."""
    handles = apps.get_model("places", "Handle")
    for handle in handles.objects.exclude(kind="codes").only("digest").iterator():
        if len(bytes(handle.digest)) == PLAIN_BYTES:
            handle.digest = sealing.seal(bytes(handle.digest).hex())
            handle.save(update_fields=["digest"])


def open_digests(apps: Any, schema_editor: Any) -> None:
    handles = apps.get_model("places", "Handle")
    for handle in handles.objects.exclude(kind="codes").only("digest").iterator():
        plain = sealing.opened(bytes(handle.digest)) if len(bytes(handle.digest)) > PLAIN_BYTES else None
        if plain:
            handle.digest = bytes.fromhex(plain)
            handle.save(update_fields=["digest"])


def number() -> Any:
    return models.BigIntegerField(
        db_default=smilecity.core.fields.NextId(), primary_key=True, serialize=False
    )


def moment() -> Any:
    return models.DateTimeField(db_default=django.db.models.functions.datetime.Now())


def to(model: str, on_delete: Any = models.CASCADE, *, name: str = "+", null: bool = False) -> Any:
    return models.ForeignKey(null=null, on_delete=on_delete, related_name=name, to=model)


class Migration(migrations.Migration):
    dependencies = (
        ("core", "0004_newest_first"),
        ("places", "0008_openactive"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.AddField("controller", "limits", models.JSONField(default=dict)),
        migrations.AddField("grant", "stands_for", to("places.grant", name="codes", null=True)),
        migrations.CreateModel(
            "Entrusted",
            [
                ("id", number()),
                ("compartment", to("places.compartment", name="entrusted")),
                ("organisation", to("core.noun")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("by", models.TextField()),
                ("made_at", moment()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "Keyholder",
            [
                ("id", number()),
                ("organisation", to("core.noun")),
                ("account", to(settings.AUTH_USER_MODEL, name="keyholders", null=True)),
                (
                    "handle",
                    to("places.handle", models.SET_NULL, name="keyholders", null=True),
                ),
                ("name", models.TextField(default="")),
                ("by", models.TextField()),
                ("made_at", moment()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            "grant",
            "keyholder",
            to("places.keyholder", models.SET_NULL, name="grants", null=True),
        ),
        migrations.CreateModel(
            "Permit",
            [
                ("id", number()),
                ("keyholder", to("places.keyholder", name="permits")),
                ("entrusted", to("places.entrusted", name="permits")),
                ("kind", models.TextField()),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(models.SmallIntegerField(), default=list),
                ),
                ("starts", models.TimeField(null=True)),
                ("ends", models.TimeField(null=True)),
                ("lead", models.PositiveSmallIntegerField(default=0)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("by", models.TextField()),
                ("made_at", moment()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            "keyholder",
            models.UniqueConstraint(
                fields=["organisation", "account"],
                condition=models.Q(ended_at=None, account__isnull=False),
                name="keyholder_once",
            ),
        ),
        migrations.AddConstraint(
            "keyholder",
            models.UniqueConstraint(
                fields=["organisation", "handle"],
                condition=models.Q(ended_at=None, handle__isnull=False),
                name="keyholder_card_once",
            ),
        ),
        migrations.AddConstraint(
            "permit",
            models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="permit_in_order"),
        ),
        migrations.AddConstraint(
            "permit",
            models.CheckConstraint(
                condition=models.Q(kind="bookings")
                | models.Q(
                    kind="weekly", starts__isnull=False, ends__isnull=False, starts__lt=models.F("ends")
                ),
                name="permit_known",
            ),
        ),
        migrations.RunPython(seal_digests, open_digests, elidable=True),
    )
