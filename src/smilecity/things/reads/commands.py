# SPDX-License-Identifier: EUPL-1.2
"""What devices were told, for those who may tell them; nothing for others."""

from django.db.models import F, QuerySet

from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.things import rights, rules
from smilecity.things.models import Command, Device

PAGE_SIZE = 50


def device_to_command(who: Who, eui: str) -> Device | None:
    """The active device with this EUI, however it is written, with its codec, network and thing."""
    found = rules.normal_eui(eui)
    if found is None or not rights.may_command(who):
        return None
    joined = Device.objects.select_related("codec", "network", "thing__noun")
    return joined.filter(eui=found, active=True).first()


def commands(who: Who, eui: str, *, after: str = "", size: int = PAGE_SIZE) -> Page[Command]:
    """What the device with this EUI was told, newest first, also if it is retired."""
    return page(_commands(who, eui).annotate(back=-F("id")), ("back",), after=after, size=size)


def command(who: Who, eui: str, number: int) -> Command | None:
    """The command with this id to the device with this EUI."""
    return _commands(who, eui).filter(pk=number).first()


def _commands(who: Who, eui: str) -> QuerySet[Command]:
    known = rules.normal_eui(eui)
    if known is None or not rights.may_command(who):
        return Command.objects.none()
    return Command.objects.filter(device__eui=known).select_related("device", "expects_in")
