# SPDX-License-Identifier: EUPL-1.2
"""What somebody said on the telephone or wrote on a sheet, written down by a clerk."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens.actions.deciding import decide_need
from smilecity.citizens.actions.saying import say_need
from smilecity.citizens.models import Need
from smilecity.citizens.reads import doors
from smilecity.citizens.rules import Coming
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def write_down(
    who: Who,
    form: UUID,
    door: str,
    *,
    kind: str,
    words: str,
    place: str = "",
    category: str = "",
    contact: str = "",
    same: int | None = None,
) -> Need:
    """Keep what somebody else said; `place` is the name of an area or a place, or says in words where it is.

    `same` is the need that it is the same as: it is merged into it at once, or nothing is kept. Without a place it is
    then where that one is.
    Lock: as `say_need`; when merging, all threads.
    """
    with transaction.atomic():
        about = doors.place_named(who, place)
        coming = Coming(door=door, category=category, where="" if about else place)
        where = about.id if about else doors.area_of_need(who, same)
        need = say_need(
            who,
            form,
            kind=kind,
            words=words,
            language=settings.LANGUAGE_CODE,
            about=where,
            contact=contact,
            coming=coming,
        )
        if same is not None and need.state == Need.NEW:
            reason = _("Das haben schon andere gesagt. Diese Stimme zählt dort mit.")
            need = decide_need(who, need.noun_id, Need.MERGED, reason, same)
        return need


def write_sheet_down(who: Who, form: UUID, number: str, **said: Any) -> Need:
    """Keep what stands on a printed sheet. With its number the sheet is the form, so that one typed twice is refused.

    `form` is of sheets that have no number. Lock: as `write_down`.
    """
    if number.strip():
        form = doors.form_of_sheet(number)
        if doors.typed_before(who, form) is not None:
            raise Refusal(
                "need.sheet-known",
                _("Der Bogen mit dieser Nummer ist schon aufgenommen."),
                cure=_(
                    "Nehmen Sie den nächsten. Ist es eine Kopie mit anderen Worten, lassen Sie die Nummer weg."
                ),
                field="number",
                status=409,
            )
    return write_down(who, form, "paper", **said)
