# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("contact", models.TextField(default="")),
                ("colours", models.JSONField(default=dict)),
                ("logo", models.BinaryField(default=b"")),
                ("logo_type", models.TextField(default="")),
                ("texts", models.JSONField(default=dict)),
                ("demo", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="city_is_one")],
            },
        ),
    ]
