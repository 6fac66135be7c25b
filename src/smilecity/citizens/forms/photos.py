# SPDX-License-Identifier: EUPL-1.2
"""Pictures as they are chosen in a form."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from smilecity.citizens import rules
from smilecity.core.pictures import Picture, remade

MOST_BYTES = 10 << 20


class _Several(forms.ClearableFileInput):
    """One field for several files."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to three pictures. What is no picture is refused when they are made anew (`pictures`)."""

    def __init__(self, **named: Any) -> None:
        """Nobody has to choose any."""
        accept = "image/jpeg,image/png,image/webp,image/avif"
        super().__init__(required=False, widget=_Several(attrs={"accept": accept, "multiple": True}), **named)

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        """The files, none of them too big."""
        chosen = [one for one in (data or []) if one]
        if len(chosen) > rules.MOST_PHOTOS:
            raise forms.ValidationError(_("Wählen Sie bis zu drei Bilder aus."))
        for one in chosen:
            if one.size > MOST_BYTES:
                raise forms.ValidationError(
                    _(
                        "„%(name)s“ ist größer als 10 MB. Verkleinern Sie das Bild, oder wählen Sie ein anderes."
                    ),
                    params={"name": one.name[:80]},
                )
        return chosen


def pictures(chosen: Sequence["UploadedFile[bytes]"], kept: Sequence[str]) -> tuple[Picture, ...]:
    """The pictures made anew: those chosen now, and those that came along in the page (`taken_along`).

    What came along is looked at like any other file: whoever sends a form can write anything into it.
    """
    data = [_decoded(one) for one in kept[: rules.MOST_PHOTOS]]
    return rules.checked_pictures([remade(one) for one in (*data, *(file.read() for file in chosen))])


def taken_along(pictures: Sequence[Picture]) -> list[str]:
    """The pictures as text for the page that is sent next, since browsers forget chosen files; none if too large."""
    kept = [b64encode(one.full).decode() for one in pictures]
    return kept if sum(map(len, kept)) < settings.SMILE.body_limit * 0.9 - (16 << 10) else []


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
