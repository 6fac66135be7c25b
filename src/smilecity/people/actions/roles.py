# SPDX-License-Identifier: EUPL-1.2
"""Roles: given and ended, never deleted, so that it can be told who was allowed what when."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import facts, rights
from smilecity.people.actions import locks
from smilecity.people.models import Account, Organisation, RoleHeld
from smilecity.people.rules import roles as rules


def give_role(
    who: Who, account: Account, role: str, organisation: Organisation, area: int | None = None
) -> RoleHeld:
    """Let a person hold this role for the organisation in the area (a noun's id; none is the whole node).

    Giving what is held already changes nothing. It opens what it opens with the person's next request.
    Lock: the account's row, so that nobody who is being forgotten gets a role; the unique open role.
    """
    rules.checked_role(role, area)
    with transaction.atomic():
        _giver(who, role, area, _area_of(organisation))
        person = Account.objects.select_for_update(of=("self",)).filter(pk=account.pk).first()
        if person is None or not person.is_active:
            raise Refusal("role.no-person", _("Dieses Konto gibt es nicht mehr."), field="person", status=404)
        if area is not None and not Noun.objects.filter(id=area, kind="area").exists():
            raise Refusal("role.area", _("Dieses Gebiet gibt es nicht."), field="area", status=404)
        held, created = RoleHeld.objects.get_or_create(
            account=person,
            role=role,
            organisation=organisation,
            area_id=area,
            ended_at=None,
            defaults={"given_by": who.label},
        )
        if created:
            data = {"account": person.pk, "role": role, "held": held.id}
            log.append(who, facts.ROLE_GIVEN, noun=organisation.pk, data=data)
        return held


def end_role(who: Who, held: int) -> None:
    """End a role by its number; ending it twice changes nothing. The last operator's stays.

    Lock: for operators' roles all of them (advisory), then the role's row.
    """
    with transaction.atomic():
        known = RoleHeld.objects.filter(id=held).first()
        if known is not None and known.role == rules.OPERATOR:
            locks.lock(locks.OPERATORS)
        found = RoleHeld.objects.select_for_update().filter(id=held).first()
        if found is None or not _may_end(who, found):
            # Alike for what is not there and what is not yours: numbers tell nothing about people.
            raise Refusal(
                "role.not-yours",
                _("Diese Rolle können Sie nicht beenden."),
                cure=_("Rollen beenden die Verantwortlichen des Gebiets und die Betreiber."),
                status=403,
            )
        if found.ended_at is not None:
            return
        if found.role == rules.OPERATOR:
            refuse_last_operator(found.account_id)
        end(who, found)


def refuse_last_operator(account: int) -> None:
    """Refuses to go on if nobody but this account operates the node. The operators' lock must be held."""
    others = RoleHeld.objects.filter(
        role=rules.OPERATOR, area=None, ended_at=None, account__is_active=True
    ).exclude(account=account)
    if not others.exists():
        raise Refusal(
            "role.last-operator",
            _("Ohne Betrieb geht es nicht: es gibt sonst niemanden mehr, der ihn macht."),
            cure=_("Geben Sie die Rolle zuerst jemand anderem."),
            status=409,
        )


def end(who: Who, held: RoleHeld) -> None:
    """End this role, whose row the caller has locked, in the caller's transaction."""
    held.ended_at = clock.now()
    held.save(update_fields=["ended_at"])
    data = {"account": held.account_id, "role": held.role, "held": held.id}
    log.append(who, facts.ROLE_ENDED, noun=held.organisation_id, data=data)


def _may_end(who: Who, held: RoleHeld) -> bool:
    return rights.may_lay_down(who, held.account_id) or rights.may_give(
        who, held.role, held.area_id, _area_of(held.organisation)
    )


def _area_of(organisation: Organisation) -> int | None:
    """As it is now: the organisation may have moved since the caller read it."""
    found: int | None = Noun.objects.values_list("area_id", flat=True).get(id=organisation.pk)
    return found


def _giver(who: Who, role: str, area: int | None, organisation_area: int | None) -> None:
    if not rights.may_give(who, role, area, organisation_area):
        raise Refusal(
            "role.not-yours-to-give",
            _("Diese Rolle können Sie hier nicht geben."),
            cure=_("Rollen geben die Verantwortlichen in ihrem Gebiet, den Betrieb nur die Betreiber."),
            field="role",
            status=403,
        )
