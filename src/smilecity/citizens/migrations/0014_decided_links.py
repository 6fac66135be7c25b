# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

# Until now the step that decided knew it.
DECIDED = """
UPDATE core_link SET decided = true FROM citizens_need AS need
WHERE core_link.kind = 'answers' AND core_link.source_id = need.target_id AND core_link.target_id = need.noun_id
    AND need.decision = 'accepted' AND (
        SELECT step.linked FROM citizens_needstep AS step
        WHERE step.need_id = need.noun_id AND step.decision = 'accepted' ORDER BY step.id DESC LIMIT 1
    )
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0013_hidings_mailed"), ("core", "0006_decided_links")]

    operations = [
        migrations.RunSQL(DECIDED, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="needstep", name="linked"),
    ]
