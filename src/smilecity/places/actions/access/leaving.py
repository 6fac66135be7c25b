# SPDX-License-Identifier: EUPL-1.2
"""What becomes of keyholders: of those who have themselves forgotten, and of those whose time is long over."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Entrusted, Keyholder, Permit


def leave(account: int) -> int:
    """Let no club let this person in any more; for how many it was so. Their grants go with their loans'.

    In the caller's transaction, before `lending.leaving.leave`, which takes the controllers.
    """
    return Keyholder.objects.filter(account=account).delete()[1].get("places.Keyholder", 0)


def forget_keyholders(who: Who, before: datetime) -> int:
    """Delete keyholders whom their club let in until before this moment, and times that ended then; how many rows.

    Lock: the rows.
    """
    if not rights.may_let_go(who):
        raise Refusal("access.not-yours", _("Das tut der Knoten selbst."), status=403)
    with transaction.atomic():
        held = Entrusted.objects.filter(Q(ended_at__lt=before) | Q(during__endswith__lt=before))
        over = Permit.objects.filter(
            Q(ended_at__lt=before) | Q(last__lt=before.date()) | Q(entrusted__in=held)
        )
        count = over.delete()[0]
        return count + Keyholder.objects.filter(ended_at__lt=before).delete()[0]
