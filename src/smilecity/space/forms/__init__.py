# SPDX-License-Identifier: EUPL-1.2
"""What a person may type."""

from smilecity.space.forms.importing import ImportForm

__all__ = ["ImportForm"]
