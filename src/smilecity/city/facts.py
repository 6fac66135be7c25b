# SPDX-License-Identifier: EUPL-1.2
"""What the node itself announces in the log."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

IDENTITY_KEPT = "identity-kept"

VERBS: dict[str, Sentence] = {IDENTITY_KEPT: _("Auftritt der Stadt geändert")}
