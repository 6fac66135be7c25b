# SPDX-License-Identifier: EUPL-1.2
"""Covering parts of a picture, so that it can be shown to all."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts
from smilecity.citizens.actions.walking import taken
from smilecity.citizens.models import NeedPhoto
from smilecity.citizens.rules.covering import Cover, boxes
from smilecity.core import log
from smilecity.core.pictures import covered
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def cover_photo(who: Who, noun_id: int, photo_id: int, covers: Sequence[Cover]) -> NeedPhoto:
    """Destroy these parts of a need's picture, in both sizes and for good; what it was before is kept nowhere.

    Lock: the need's row, so that of two people who cover parts at once, both find theirs covered.
    """
    with transaction.atomic():
        need = taken(who, noun_id)
        photo = NeedPhoto.objects.filter(need=need, id=photo_id).first()
        if photo is None:
            raise unknown()
        made = covered(bytes(photo.full), boxes(covers, photo.width, photo.height))
        if NeedPhoto.objects.filter(need=need, digest=made.digest).exclude(id=photo_id).exists():
            raise Refusal("photo.there", _("Dieses Bild ist so schon da."), field="covers", status=409)
        photo.full, photo.small, photo.digest = made.full, made.small, made.digest
        photo.save(update_fields=["full", "small", "digest"])
        log.append(who, facts.NEED_PHOTO_COVERED, noun=noun_id, data={"photo": photo_id})
        return photo


def unknown() -> Refusal:
    """The refusal of a picture that is not there, or not for this person."""
    return Refusal("photo.unknown", _("Dieses Bild gibt es nicht."), status=404)
