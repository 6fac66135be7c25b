# SPDX-License-Identifier: EUPL-1.2
"""What a person may type about a place."""

from smilecity.places.forms.entry import EntryForm, NewPlaceForm, ReturnForm
from smilecity.places.forms.photos import PhotoForm, PhotoWordsForm

__all__ = ["EntryForm", "NewPlaceForm", "PhotoForm", "PhotoWordsForm", "ReturnForm"]
