# SPDX-License-Identifier: EUPL-1.2
"""Keys that send reports, and keys of programmes that the city works on reports in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_webhooks"),
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
                        [
                            "intake",
                            "observe",
                            "things",
                            "command",
                            "read-partners",
                            "read-internal",
                            "report",
                            "report-work",
                        ],
                    )
                ),
                name="api_key_scopes_known",
            ),
        ),
    ]
