# SPDX-License-Identifier: EUPL-1.2
"""Who is behind a request, as the rules know them."""

from django.db import connection
from django.http import HttpRequest

from smilecity.core import nouns
from smilecity.core.who import ANYONE, Role, Who
from smilecity.people.models import Account

# Asked at every page of everyone who is signed in, so it is SQL and not the ORM, which takes three times as long.
_HELD = (
    "SELECT role, area_id, organisation_id FROM people_roleheld WHERE account_id = %s AND ended_at IS NULL"
)


def who_asks(request: HttpRequest) -> Who:
    """Who is behind a page request: asked once a request, so that a role that has ended opens nothing any more."""
    known: Who | None = getattr(request, "who", None)
    if known is None:
        person = getattr(request, "user", None)
        known = who_is(person) if isinstance(person, Account) and person.is_active else ANYONE
        request.who = known  # type: ignore[attr-defined]
    return known


def who_is(account: Account) -> Who:
    """The person as rules know them, with each role spelled out for every area below the one it is held in."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [account.pk])
        held = cursor.fetchall()
    below = nouns.areas_below({area for _role, area, _organisation in held if area is not None})
    roles = {
        Role(role, each, organisation)
        for role, area, organisation in held
        for each in ((None,) if area is None else below[area])
    }
    return Who(f"account/{account.pk}", account.pk, frozenset(roles))
