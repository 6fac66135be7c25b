# SPDX-License-Identifier: EUPL-1.2
"""Other services that are mirrored here."""

from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.models import Connector


def mirrors(who: Who) -> list[Connector]:
    """Those that are active, for those who keep things."""
    if not rights.may_keep_things(who):
        return []
    return list(Connector.objects.filter(kind=Connector.MIRROR, active=True).order_by("id"))


def mirror_named(who: Who, name: str) -> Connector | None:
    """The mirror of this name, active or not."""
    if not rights.may_keep_things(who):
        return None
    return Connector.objects.filter(kind=Connector.MIRROR, name=name).first()
