# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from django.http import HttpRequest

from smilecity.core.who import ANYONE, NODE, Who
from smilecity.people import rights
from smilecity.people.models import ApiKey

# The door asks this beside its event loop, so it is SQL and not the ORM.
KEY_BY_DIGEST = "SELECT id, scopes FROM people_apikey WHERE digest = %s AND revoked_at IS NULL"


def who_asks(request: HttpRequest) -> Who:
    """Who is behind a page request. Nobody signs in yet, so it is anyone."""
    return ANYONE


def keys(who: Who = NODE) -> list[ApiKey]:
    """All keys, newest first, for those who keep them; nothing for others."""
    return list(ApiKey.objects.order_by("-created_at", "-id")) if rights.may_keep_keys(who) else []
