# SPDX-License-Identifier: EUPL-1.2
"""The sections of the sensors' desk. Every page of it hands them to `things/desk_sections.html`, as `sections`."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things import rights

SECTIONS: tuple[tuple[str, Sentence, Callable[[Who], bool]], ...] = (
    ("things-desk:list", _("Sensoren"), rights.may_declare_any),
    ("things-desk:today", _("Heute"), rights.may_declare_any),
    ("things-desk:devices", _("Geräte"), rights.may_keep_things),
    ("things-desk:gateways", _("Gateways"), rights.may_keep_things),
    ("things-desk:connectors", _("Verbindungen"), rights.may_keep_things),
    ("things-desk:tables", _("Tabellen"), rights.may_keep_things),
)


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """Those that this person may use; the one with the longest address that fits is where they are."""
    who = who_asks(request)
    found = [{"title": title, "url": reverse(name)} for name, title, may in SECTIONS if may(who)]
    here = max(
        (str(one["url"]) for one in found if request.path.startswith(str(one["url"]))), key=len, default=""
    )
    return [{**one, "current": one["url"] == here} for one in found]
