# SPDX-License-Identifier: EUPL-1.2
"""Units know what they are part of and what is part of them, so that a booking need not walk the tree."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# As `actions.booking.keeping` writes it, for all units at once.
TREES = """
WITH RECURSIVE up (id, over, n) AS (
    SELECT id, parent_id, 1 FROM places_unit WHERE parent_id IS NOT NULL
    UNION ALL SELECT up.id, u.parent_id, n + 1 FROM up JOIN places_unit u ON u.id = up.over
    WHERE u.parent_id IS NOT NULL AND n < 50
)
UPDATE places_unit t SET
    above = ARRAY(SELECT over FROM up WHERE up.id = t.id ORDER BY n),
    below = ARRAY(SELECT up.id FROM up WHERE up.over = t.id ORDER BY up.id),
    leaves = ARRAY(SELECT up.id FROM up WHERE up.over = t.id
        AND NOT EXISTS (SELECT FROM places_unit part WHERE part.parent_id = up.id) ORDER BY up.id)
WHERE t.id IN (SELECT id FROM up) OR t.id IN (SELECT over FROM up)
"""


class Migration(migrations.Migration):
    dependencies = (("places", "0011_missed"),)

    operations = (
        *(
            migrations.AddField("unit", name, ArrayField(models.BigIntegerField(), default=list))
            for name in ("above", "below", "leaves")
        ),
        migrations.RunSQL(TREES, migrations.RunSQL.noop),
    )
