# SPDX-License-Identifier: EUPL-1.2
"""Keys of machines."""

from smilecity.core.who import NODE, Who
from smilecity.people import rights
from smilecity.people.models import ApiKey

# The door asks this beside its event loop, so it is SQL and not the ORM.
KEY_BY_DIGEST = "SELECT id, scopes FROM people_apikey WHERE digest = %s AND revoked_at IS NULL"


def keys(who: Who = NODE) -> list[ApiKey]:
    """All keys, newest first, for those who keep them; nothing for others."""
    return list(ApiKey.objects.order_by("-created_at", "-id")) if rights.may_keep_keys(who) else []
