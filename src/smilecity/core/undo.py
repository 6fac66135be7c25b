# SPDX-License-Identifier: EUPL-1.2
"""Taking back what one did to many nouns at once: only where it still is as one left it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.models import Undo
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

WITHIN = timedelta(hours=24)
MOST_RECENT = 10


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The noun ids that are as before again, and those left alone because somebody changed them meanwhile."""

    done: list[int]
    left: list[int]


def remember(who: Who, what: str, before: Mapping[int, Any], after: Any) -> Undo:
    """Keep what was there before, by noun id, and the value that was set, in the caller's transaction.

    Refuses whoever has no account: nobody could take it back.
    """
    if who.account is None:
        raise Refusal("undo.nobody", _("Das geht nur mit einem Konto."), status=403)
    return Undo.objects.create(
        account=who.account,
        what=what,
        before={str(noun): value for noun, value in before.items()},
        after=after,
    )


def recent(who: Who) -> list[Undo]:
    """What this person did and can still take back, newest first."""
    if who.account is None:
        return []
    since = clock.now() - WITHIN
    found = Undo.objects.filter(account=who.account, undone_at__isnull=True, at__gte=since)
    return list(found.order_by("-id")[:MOST_RECENT])


def one(who: Who, undo_id: int) -> Undo:
    """One of this person's own. Refuses another's like one that is not there."""
    mine = Undo.objects.none() if who.account is None else Undo.objects.filter(account=who.account)
    found = mine.filter(id=undo_id).first() if 0 < undo_id < 1 << 63 else None
    if found is None:
        raise Refusal("undo.unknown", _("Hier gibt es nichts zurückzunehmen."), status=404)
    return found


def take_back(
    who: Who,
    undo_id: int,
    present: Callable[[Sequence[int]], Mapping[int, Any]],
    put: Callable[[int, Any], None],
) -> TakenBack:
    """Put back what was there before, wherever the value we set is still there; all of it or, if `put` refuses, nothing.

    `present` locks these nouns in the order given and tells their values, `put` is an action, which asks the right
    again. Lock: the undo's row, so that of two at once the second is told.
    """
    with transaction.atomic():
        known = Undo.objects.select_for_update().get(id=one(who, undo_id).id)
        if known.undone_at is not None:
            raise Refusal("undo.done", _("Das ist schon zurückgenommen."), status=409)
        if clock.now() - known.at > WITHIN:
            raise Refusal(
                "undo.too-late",
                _("Das ist länger als einen Tag her."),
                cure=_("Ändern Sie die Einträge einzeln."),
                status=409,
            )
        before = {int(noun): value for noun, value in known.before.items()}
        ids = sorted(before)
        now = present(ids)
        done = [noun for noun in ids if noun in now and now[noun] == known.after]
        for noun in done:
            put(noun, before[noun])
        known.undone_at = clock.now()
        known.save(update_fields=["undone_at"])
        return TakenBack(done, [noun for noun in ids if noun not in done])
