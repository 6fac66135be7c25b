# SPDX-License-Identifier: EUPL-1.2

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_found_and_kept"),
        ("space", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="area",
            name="valid_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="area",
            name="valid_to",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="area",
            name="key",
            field=models.TextField(),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("key", "="),
                    (
                        models.Func(
                            "valid_from",
                            "valid_to",
                            models.Value("[)"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="area_key_once_at_a_time",
            ),
        ),
    ]
