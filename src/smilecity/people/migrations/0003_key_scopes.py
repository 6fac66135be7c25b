# SPDX-License-Identifier: EUPL-1.2
"""Keys for the SensorThings API."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_organisations_and_roles"),
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
                        ["intake", "observe", "things", "read-partners", "read-internal"],
                    )
                ),
                name="api_key_scopes_known",
            ),
        ),
    ]
