# SPDX-License-Identifier: EUPL-1.2
"""Tables of this room."""

from smilecity.citizens.models.need import Need, NeedPhoto, NeedStep, Support
from smilecity.citizens.models.report import Category, Deputy, Responsibility, Usual

__all__ = ["Category", "Deputy", "Need", "NeedPhoto", "NeedStep", "Responsibility", "Support", "Usual"]
