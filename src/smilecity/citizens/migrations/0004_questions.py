# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0003_mailed_answers")]

    operations = [
        migrations.RemoveConstraint(model_name="need", name="need_kind_known"),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["wish", "problem", "praise", "correction", "question"])),
                name="need_kind_known",
            ),
        ),
    ]
