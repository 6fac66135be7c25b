# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

KEY_MADE = "key-made"
KEY_REVOKED = "key-revoked"

KINDS: dict[str, Sentence] = {"organisation": _("Organisationen")}
VERBS: dict[str, Sentence] = {KEY_MADE: _("Schlüssel gemacht"), KEY_REVOKED: _("Schlüssel widerrufen")}
