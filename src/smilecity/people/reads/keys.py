# SPDX-License-Identifier: EUPL-1.2
"""Keys of machines."""

from django.http import HttpRequest

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people import rights, rules
from smilecity.people.models import ApiKey

# The door asks this beside its event loop, so it is SQL and not the ORM.
KEY_BY_DIGEST = "SELECT id, scopes FROM people_apikey WHERE digest = %s AND revoked_at IS NULL"


def keys(who: Who = NODE) -> list[ApiKey]:
    """All keys, newest first, for those who keep them; nothing for others."""
    return list(ApiKey.objects.order_by("-created_at", "-id")) if rights.may_keep_keys(who) else []


def who_has_key(request: HttpRequest) -> Who:
    """Whose key a machine presents, as `Authorization: Bearer ...` or `X-API-Key`; 401 without one that opens.

    Being signed in does not count: a browser sends that along whoever made the page that asks.
    """
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return who_has((given if scheme.lower() == "bearer" else request.headers.get("X-API-Key", "")).strip())


def who_has(text: str) -> Who:
    """Whose key this is; 401 for one that opens nothing."""
    key = (
        ApiKey.objects.filter(digest=rules.digest(text), revoked_at=None).first()
        if rules.looks_like_key(text)
        else None
    )
    if key is None:
        raise Refusal(
            "key.wrong" if text else "key.needed",
            "This needs a valid key.",
            cure="Send 'Authorization: Bearer smile_...'. The operator makes keys with 'smile key make'.",
            status=401,
        )
    return Who(label=f"key/{key.pk}", scopes=frozenset(key.scopes))
