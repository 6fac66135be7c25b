# SPDX-License-Identifier: EUPL-1.2
"""Writes: what people call a gateway, and when it counts as silent. What it hears is written behind the intake."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import log
from smilecity.core.who import Who
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper, refused
from smilecity.things.models import Gateway

MOST_NAME = 100


def name_gateway(who: Who, gateway: str, name: str, silent_after: timedelta | None = None) -> Gateway:
    """Give it a name; `silent_after` None is the usual hour. Lock: the gateway's row."""
    keeper(who)
    if len(name) > MOST_NAME or "\0" in name:
        raise refused(
            "gateway.bad-name",
            _("Ein Name hat höchstens %(most)d Zeichen.") % {"most": MOST_NAME},
            "name",
            status=422,
        )
    if silent_after is not None and not timedelta(0) < silent_after <= rules.MOST_INTERVAL:
        raise refused(
            "gateway.bad-interval",
            _("Die Frist bis zur Stille liegt zwischen null und 366 Tagen."),
            "hours",
            status=422,
        )
    with transaction.atomic():
        kept = Gateway.objects.select_for_update().filter(id=gateway).first() if "\0" not in gateway else None
        if kept is None:
            raise refused(
                "gateway.unknown", _("Von diesem Gateway haben wir noch nichts gehört."), "", status=404
            )
        kept.name, kept.silent_after = name.strip(), silent_after
        kept.save(update_fields=["name", "silent_after"])
        log.append(who, facts.GATEWAY_KEPT)
        return kept
