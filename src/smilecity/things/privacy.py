# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about a person: nothing; sensors count people and never tell who."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.privacy import ForgetReport, Processing

TITLE = _("Sensoren")

REGISTER: tuple[Processing, ...] = ()


def export(account: int) -> dict[str, Any]:
    """Nothing here belongs to a person."""
    return {}


def forget(account: int) -> ForgetReport:
    """There is nothing to forget."""
    return ForgetReport()
