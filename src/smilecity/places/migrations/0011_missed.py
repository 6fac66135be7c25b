# SPDX-License-Identifier: EUPL-1.2
"""Bookings nobody came to are found by when they began, among those alone that may still be missed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("places", "0010_quick"),)

    operations = (
        migrations.AddIndex(
            "booking",
            models.Index(
                models.F("during__startswith"),
                name="booking_not_seen",
                condition=models.Q(state="booked", seen_at__isnull=True),
            ),
        ),
    )
