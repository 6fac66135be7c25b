# SPDX-License-Identifier: EUPL-1.2
"""What a person may type about a thing."""

from smilecity.things.forms.declaration import DeclarationForm

__all__ = ["DeclarationForm"]
