# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0012_map_at_once")]

    operations = [
        migrations.AddField(
            model_name="moderated", name="owed", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddIndex(
            model_name="moderated",
            index=models.Index(fields=["id"], name="moderated_owed", condition=models.Q(owed=True)),
        ),
    ]
