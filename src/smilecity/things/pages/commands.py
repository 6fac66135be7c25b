# SPDX-License-Identifier: EUPL-1.2
"""Commands in words, for the page of a device. Giving and taking them back is in `telling`."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.models import Command, Device
from smilecity.things.reads import commands as reads
from smilecity.things.rules import commands as rules

MOST_SHOWN = 20

# What a state is called, and how good that is (KERN's kinds).
STATES: dict[str, tuple[Sentence, str]] = {
    rules.WAITING: (_("wartet auf das Netz"), "info"),
    rules.HANDED: (_("beim Netz"), "info"),
    rules.SENT: (_("gefunkt"), "info"),
    rules.CONFIRMED: (_("beim Gerät angekommen"), "success"),
    rules.DONE: (_("getan"), "success"),
    rules.EXPIRED: (_("abgelaufen"), "warning"),
    rules.FAILED: (_("gescheitert"), "danger"),
    rules.WITHDRAWN: (_("zurückgenommen"), "info"),
}
REASONS: dict[str, Sentence] = {
    "no-network": _("Das Gerät hat kein Netz mehr, über das es Befehle bekommt."),
    "device-retired": _("Das Gerät ist außer Dienst."),
    "network-away": _("Das Netz war nicht zu erreichen."),
    rules.UNCONFIRMED: _("Das Gerät hat den Empfang nicht bestätigt."),
    "DOWNLINK_PAYLOAD_SIZE": _("Der Befehl ist für diese Funkverbindung zu lang."),
    "EXPIRED": _("Das Netz hat ihn nicht rechtzeitig senden können."),
}


def commands_of(who: Who, device: Device) -> dict[str, Any]:
    """What `things/commands.html` shows: the newest commands, and whether one may be given."""
    may = rights.may_command(who)
    found = reads.commands(who, device.eui, size=MOST_SHOWN).items if may else []
    return {
        "commands": [shown(one, device) for one in found],
        "may_command": may and device.active,
        "has_way_down": device.network_id is not None,
        "eui": device.eui,
    }


def shown(one: Command, device: Device) -> dict[str, Any]:
    """A command to this device in words: the vendor's, if it is one of its examples."""
    names = [label for label, data in device.codec.commands if {"data": data} == one.wanted]
    state, kind = STATES[one.state]
    return {
        "id": one.id,
        "name": names[0] if names else "",
        "what": what(one),
        "state": state,
        "kind": kind,
        "reason": _reason(one.reason) if one.reason else "",
        "made_at": one.made_at,
        "expires_at": one.expires_at if one.state in rules.OPEN else None,
        "may_withdraw": rules.may_withdraw(one.state),
    }


def what(one: Command) -> str:
    """What was wanted, as it was written."""
    if raw := one.wanted.get("raw"):
        return f"{raw['bytes']} → {raw['f_port']}"
    return json.dumps(one.wanted.get("data"), ensure_ascii=False)


def _reason(reason: str) -> Sentence:
    return REASONS.get(reason.partition(":")[0], reason)
