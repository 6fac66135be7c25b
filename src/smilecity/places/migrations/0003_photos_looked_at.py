# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0002_kept_and_found")]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="looked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
