# SPDX-License-Identifier: EUPL-1.2
"""Who holds which role: told to those who give roles there, and to everyone about themselves."""

from django.db.models import QuerySet

from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.people import rights
from smilecity.people.models import Account, RoleHeld

PAGE_SIZE = 50
MOST_OF_ONE = 200


def roles_of(who: Who, organisation: Noun, *, after: str = "") -> Page[RoleHeld]:
    """All roles held for an organisation, now and before, for those who give them; nothing for others."""
    found = _roles().filter(organisation=organisation.pk)
    if not rights.may_see_holders(who, organisation.area_id):
        found = found.none()
    return page(found, ("id",), after=after, size=PAGE_SIZE)


def roles_given(who: Who, *, after: str = "") -> Page[RoleHeld]:
    """All roles that are held now for organisations whose roles this person gives; nothing for others."""
    found = _roles().select_related("organisation__noun__area", "organisation__noun__organisation")
    found = found.filter(ended_at=None)
    if not (rights.runs_the_node(who) or who.holds("steward")):
        found = found.filter(organisation__noun__area__in=who.areas(("steward",)))
    return page(found, ("id",), after=after, size=PAGE_SIZE)


def role(who: Who, held: int) -> RoleHeld | None:
    """One role, for those who may end it."""
    found = _roles().select_related("organisation__noun").filter(id=held).first()
    if found is None:
        return None
    mine = rights.may_lay_down(who, found.account_id)
    area = found.organisation.noun.area_id
    return found if mine or rights.may_give(who, found.role, found.area_id, area) else None


def my_roles(who: Who) -> list[RoleHeld]:
    """The roles that who asks holds now."""
    found = _roles().filter(account=who.account, ended_at=None).select_related("organisation__noun")
    return list(found.order_by("id")[:MOST_OF_ONE]) if who.account is not None else []


def person_by_name(who: Who, organisation: Noun, typed: str) -> Account | None:
    """The person with exactly this e-mail address or pseudonym, for those who give roles; else nobody."""
    if not rights.may_see_holders(who, organisation.area_id):
        return None
    name = typed.strip().replace("\0", "")
    by = {"email": name.lower()} if "@" in name else {"pseudonym": name}
    return Account.objects.filter(is_active=True, **by).first()


def _roles() -> QuerySet[RoleHeld]:
    return RoleHeld.objects.select_related("account", "area")
