# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    """A tile of the map is counted from the index alone."""

    dependencies = [("core", "0004_newest_first")]

    operations = [
        migrations.RemoveIndex(model_name="noun", name="noun_on_map"),
        migrations.AddIndex(
            model_name="noun",
            index=models.Index(
                fields=["kind", "visibility", "cell"], include=["id", "box"], name="noun_on_map"
            ),
        ),
    ]
