# SPDX-License-Identifier: EUPL-1.2
"""Keys that give commands to devices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_key_scopes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="apikey",
            name="api_key_scopes_known",
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__contained_by",
                        ["intake", "observe", "things", "command", "read-partners", "read-internal"],
                    )
                ),
                name="api_key_scopes_known",
            ),
        ),
    ]
