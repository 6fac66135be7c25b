# SPDX-License-Identifier: EUPL-1.2
"""Offers that were cancelled as a whole, dates in order of their beginning, registrations by token."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("places", "0005_doing"),)

    operations = (
        migrations.AddField("offer", "cancelled_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "occasion",
            models.Index(
                models.Func(models.F("during"), function="lower", output_field=models.DateTimeField()),
                "id",
                name="occasions_in_order",
            ),
        ),
        migrations.AddIndex(
            "registration",
            models.Index(fields=["token"], name="registration_token", condition=~models.Q(token="")),
        ),
        migrations.AddIndex(
            "registration", models.Index(fields=["forget_at"], name="registration_forgotten")
        ),
    )
