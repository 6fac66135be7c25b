# SPDX-License-Identifier: EUPL-1.2
"""The same for many needs at once, and back again, through the actions on each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.citizens.actions.answering import hand_on, step_need
from smilecity.citizens.actions.categories import hold_categories
from smilecity.citizens.actions.sorting import look_after, sort_need, take_back_step
from smilecity.citizens.models import Need
from smilecity.core import undo
from smilecity.core.models import Noun, Undo
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.undo import TakenBack
from smilecity.core.who import Who

MOST = 200


@dataclass(frozen=True, slots=True)
class Work:
    """What can be done to many needs.

    `now` tells the value that it changes, `act` sets it with a sentence, `back` sets what was there before.
    """

    done: Sentence
    now: Callable[[Need], Any]
    act: Callable[[Who, int, Any, str], object]
    back: Callable[[Who, int, Any], object]


def _sort_back(who: Who, noun: int, before: Any) -> None:
    sort_need(who, noun, before[0], _mistake(), keeper=before[1])


def _mistake() -> str:
    return _("Das war ein Versehen und ist zurückgenommen.")


WORKS: dict[str, Work] = {
    "needs-take": Work(
        _later("jemandem anvertraut"),
        lambda need: need.worker_id,
        lambda who, noun, value, _sentence: look_after(who, noun, value),
        look_after,
    ),
    "needs-hand": Work(
        _later("weitergegeben"),
        lambda need: need.noun.keeper_id,
        hand_on,
        lambda who, noun, before: hand_on(who, noun, before, _mistake()),
    ),
    "needs-sort": Work(
        _later("einsortiert"),
        lambda need: [need.category.code if need.category else "", need.noun.keeper_id],
        sort_need,
        _sort_back,
    ),
    "needs-step": Work(_later("in Arbeit genommen"), lambda need: need.state, step_need, take_back_step),
}


def do_many(who: Who, what: str, noun_ids: Iterable[int], value: Any, sentence: str = "") -> Undo:
    """Do it to each of these needs, all or none, and remember what was there before.

    Lock: categories stay; the needs' rows in order of id, so that two of these wait for each other, not for ever.
    """
    work, ids = _work(what), sorted(set(noun_ids))
    if not 1 <= len(ids) <= MOST:
        raise Refusal(
            "bulk.none",
            _("Kreuzen Sie an, welche Anliegen gemeint sind."),
            cure=_("Auf einmal gehen bis zu %(most)d.") % {"most": MOST},
            status=422,
        )
    with transaction.atomic():
        hold_categories()
        before = {noun: work.now(need) for noun, need in _locked(ids).items()}
        for noun in ids:
            try:
                work.act(who, noun, value, sentence)
            except Refusal as refusal:
                raise _named(refusal, noun) from refusal
        return undo.remember(who, what, before, value)


def take_back_many(who: Who, undo_id: int) -> TakenBack:
    """Put back what nobody has changed since; each need's right is asked again. Lock: as `do_many`."""
    work = _work(undo.one(who, undo_id).what)

    def present(ids: Sequence[int]) -> dict[int, Any]:
        """What they have now; of a category its code alone, for each area has its own organisation."""
        found = {noun: work.now(need) for noun, need in _locked(ids).items() if need.state != Need.CLOSED}
        return {noun: now[0] if isinstance(now, list) else now for noun, now in found.items()}

    def put(noun: int, before: Any) -> None:
        work.back(who, noun, before)

    with transaction.atomic():
        hold_categories()
        return undo.take_back(who, undo_id, present, put)


def _locked(ids: Sequence[int]) -> dict[int, Need]:
    found = Need.objects.select_for_update(of=("self",)).filter(noun__in=ids).order_by("noun_id")
    return {need.noun_id: need for need in found.select_related("noun", "category")}


def _work(what: str) -> Work:
    if what not in WORKS:
        raise Refusal("bulk.unknown", _("Das geht nicht mit vielen auf einmal."), status=422)
    return WORKS[what]


def _named(refusal: Refusal, noun_id: int) -> Refusal:
    """The refusal with the need it is about, so that one knows which tick to take away."""
    noun = Noun.objects.filter(id=noun_id, kind="need").first() if refusal.status == 409 else None
    title = in_text(noun.title, get_language() or "de") if noun else ""
    return Refusal(
        refusal.code,
        f"{title}: {refusal.sentence}" if title else refusal.sentence,
        cure=refusal.cure or _("Nichts ist geändert."),
        field=refusal.field,
        status=refusal.status,
    )
