# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_words_alike")]

    operations = [
        migrations.AddIndex(
            model_name="noun",
            index=models.Index(fields=["kind", "visibility", "-changed_at", "-id"], name="noun_newest"),
        ),
    ]
