# SPDX-License-Identifier: EUPL-1.2
"""A keyholder opens a door."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places.actions import locks
from smilecity.places.actions.access.following import follow_all
from smilecity.places.models import Grant, LockCommand


def open_door(who: Who, grant: int) -> LockCommand:
    """Ask a door to open that one's club lets one in; what has changed since grants were last looked at counts.

    Only for whose grant it is. Lock: the controller's row, twice, one after the other.
    """
    found = Grant.objects.select_related("compartment").filter(id=grant, why="trainer").first()
    if found is None or who.account is None or who.account != found.account_id:
        raise Refusal("grant.unknown", _("Diese Freigabe gibt es nicht."), status=404)
    with transaction.atomic():
        follow_all([found.compartment.controller_id])
    return locks.ask_unlock(who, grant)
