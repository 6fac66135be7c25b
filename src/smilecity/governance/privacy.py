# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about a person: nothing but who wrote what, which the log keeps for all rooms."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.privacy import ForgetReport, Processing

TITLE = _("Projekte der Stadt")

REGISTER = (
    Processing(
        "projects",
        _("Projekte"),
        _("Zeigen, was die Stadt tut, wer verantwortlich ist und worauf es antwortet"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Stellen und ihre Adressen, keine Namen; auf welche Anliegen ein Projekt antwortet"),
        _("alle; ein Anliegen selbst lesen nur die, die es auch ohne das Projekt lesen"),
        _("dauerhaft"),
    ),
)


def export(account: int) -> dict[str, Any]:
    """Projects are the city's: nothing in them is a person's."""
    return {}


def forget(account: int) -> ForgetReport:
    """Nothing here points to an account."""
    return ForgetReport()
