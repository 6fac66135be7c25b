# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    """A link knows whether only a decision made it."""

    dependencies = [("core", "0005_map_at_once")]

    operations = [
        migrations.AddField(
            model_name="link", name="decided", field=models.BooleanField(db_default=False, default=False)
        ),
    ]
