# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0002_answered_needs")]

    operations = [
        migrations.AddField(
            model_name="need",
            name="mailed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", False), ("mailed_at__isnull", True)),
                fields=["answered_at"],
                name="need_unmailed",
            ),
        ),
    ]
