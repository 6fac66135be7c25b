# SPDX-License-Identifier: EUPL-1.2
"""The same for many places at once, through the room's own actions, and back again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smilecity.core import undo
from smilecity.core.models import Noun, Undo
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.undo import TakenBack
from smilecity.core.who import Who
from smilecity.places import actions as places

MOST = 200


@dataclass(frozen=True, slots=True)
class Work:
    """What can be done to many places: the noun's column, and the room's action that writes it."""

    label: Sentence
    done: Sentence
    column: str
    act: Callable[[Who, int, Any], None]


WORKS: dict[str, Work] = {
    "show": Work(_("Sichtbarkeit ändern"), _("Sichtbarkeit geändert"), "visibility", places.show_place),
    "give": Work(_("In andere Hände geben"), _("In andere Hände gegeben"), "keeper_id", places.give_place),
    "license": Work(_("Lizenz ändern"), _("Lizenz geändert"), "licence", places.license_place),
}


def do(who: Who, what: str, noun_ids: Sequence[int], value: Any) -> Undo:
    """Do it to each of these places, all or none, and remember what was there before.

    Lock: the places' nouns, in order of id, so that two of these wait for each other instead of for ever.
    """
    work, ids = _work(what), sorted(set(noun_ids))
    if not ids or len(ids) > MOST:
        raise Refusal(
            "bulk.none",
            _("Kreuzen Sie an, welche Orte gemeint sind."),
            cure=_("Auf einmal gehen bis zu %(most)d.") % {"most": MOST},
            field="noun",
            status=422,
        )
    with transaction.atomic():
        before = present(work.column)(ids)
        for noun in ids:
            try:
                work.act(who, noun, value)
            except Refusal as refusal:
                raise _named(refusal, noun) from refusal
        return undo.remember(who, what, before, value)


def take_back(who: Who, undo_id: int) -> TakenBack:
    """Put back what somebody has not changed since; each place's right is asked again."""
    work = _work(undo.one(who, undo_id).what)
    return undo.take_back(who, undo_id, present(work.column), lambda noun, value: work.act(who, noun, value))


def present(column: str) -> Callable[[Sequence[int]], dict[int, Any]]:
    """What these places have in a column now, their rows locked in order of id."""

    def read(ids: Sequence[int]) -> dict[int, Any]:
        rows = Noun.objects.select_for_update().filter(id__in=ids, kind="place").order_by("id")
        return {noun.id: getattr(noun, column) for noun in rows}

    return read


def _work(what: str) -> Work:
    if what not in WORKS:
        raise Refusal("bulk.unknown", _("Das geht nicht mit vielen auf einmal."), field="do", status=422)
    return WORKS[what]


def _named(refusal: Refusal, noun_id: int) -> Refusal:
    """The refusal with the place it is about, so that one knows which tick to take away."""
    noun = Noun.objects.filter(id=noun_id).first()
    title = in_text(noun.title, get_language() or "de") if noun else ""
    return Refusal(
        refusal.code,
        f"{title}: {refusal.sentence}" if title else refusal.sentence,
        cure=_("Nichts ist geändert. Nehmen Sie dieses Häkchen weg."),
        field=refusal.field,
        status=refusal.status,
    )
