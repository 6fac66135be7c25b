# SPDX-License-Identifier: EUPL-1.2
"""What tells an odd value may run in a helping process: with it in a question, none of the question could."""

from django.db import migrations

SAFE = "ALTER FUNCTION public.things_quality(smallint) PARALLEL SAFE"
UNSAFE = "ALTER FUNCTION public.things_quality(smallint) PARALLEL UNSAFE"


class Migration(migrations.Migration):
    dependencies = [("things", "0009_watch")]

    operations = [migrations.RunSQL(SAFE, UNSAFE)]
