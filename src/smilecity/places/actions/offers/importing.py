# SPDX-License-Identifier: EUPL-1.2
"""Offers brought along from a calendar or a table: looked at first, then written; once more is an update."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core.models import Noun
from smilecity.core.nouns import sort_key
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.places.actions.offers.keeping import SEND, keep_offer
from smilecity.places.models import Offer
from smilecity.places.reads.offers import described, imported
from smilecity.places.rules import offers as rules
from smilecity.places.rules.ical import Entry

NEW, CHANGED, SAME, BROKEN = "new", "changed", "same", "broken"


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one entry: `what` is new, changed, same or broken, and then `why`."""

    title: str
    what: str
    key: str = ""
    said: str = ""
    why: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """For whom is imported, and what new offers are said to be; `place` is the id of a place of the city."""

    keeper: int | None
    category: str = "other"
    place: int | None = None
    dry_run: bool = True


class _Undone(Exception):
    pass


def import_offers(who: Who, entries: Sequence[Entry], plan: Plan) -> list[Line]:
    """Write each entry as an offer of the plan's organiser, and send it; what is broken is named, the rest written.

    An entry's UID is kept with the offer, so that importing again brings it up to date: what the entry says is changed,
    what was added here stays. A dry run writes nothing. Lock: as `keep_offer`, each for itself.
    """
    whole = _with_instances(entries)
    known = imported(who, [_source(who, plan, one) for one in whole])
    lines = []
    for entry in whole:
        try:
            lines.append(_line(who, entry, plan, known.get(_source(who, plan, entry))))
        except Refusal as refusal:
            if refusal.status in (401, 403):
                raise
            lines.append(Line(entry.title, BROKEN, why=refusal.sentence))
    return lines


def free_key(title: str) -> str:
    """An address that is not taken, made from a title."""
    words = re.sub(r"[^a-z0-9]+", "-", sort_key(title)).strip("-")[:60].strip("-") or "angebot"
    address = f"offers/{words}"
    taken = set(Noun.objects.filter(address__startswith=address).values_list("address", flat=True))
    if address not in taken and words not in rules.TAKEN:
        return words
    number = next(n for n in range(2, len(taken) + 4) if f"{address}-{n}" not in taken)
    return f"{words}-{number}"


def _line(who: Who, entry: Entry, plan: Plan, known: Offer | None) -> Line:
    said = _said(entry, plan)
    line = Line(entry.title, NEW, said=rules.said(
        said["rule"], entry.starts, entry.minutes, tuple(said["extra"]), tuple(said["without"])
    ))  # fmt: skip
    if known is None:
        key = free_key(entry.title)
    else:
        before = described(known)
        said = {**before, **{name: said[name] for name in _SAYS}}  # type: ignore[typeddict-item]
        key = known.noun.address.removeprefix("offers/")
        same = not rules.changed(before, rules.checked(said).values) and not known.waiting
        line = replace(line, what=SAME if same else CHANGED)
    if line.what != SAME:
        try:
            with transaction.atomic():
                keep_offer(
                    who, key, keeper=plan.keeper, then=SEND, came_from=_source(who, plan, entry), **said
                )
                if plan.dry_run:
                    raise _Undone
        except _Undone:
            pass
    return replace(line, key=key)


# What an entry says of an offer that is known; all else is its organiser's.
_SAYS = ("title", "text", "starts", "minutes", "rule", "extra", "without", "where", "website")


def _said(entry: Entry, plan: Plan) -> rules.Said:
    return rules.Said(
        title={"de": entry.title}, text={"de": entry.text} if entry.text else {}, kind=rules.OFFER,
        category=plan.category, place=plan.place, where="" if plan.place else entry.where,
        starts=f"{entry.starts:%Y-%m-%dT%H:%M}", minutes=entry.minutes, rule=entry.rule, extra=tuple(entry.extra),
        without=tuple(entry.without), website=entry.url,
    )  # fmt: skip


def _with_instances(entries: Sequence[Entry]) -> list[Entry]:
    """Each series with its moved and cancelled dates in it; what is cancelled as a whole is left out."""
    whole = {one.uid: one for one in entries if one.instance is None and not one.cancelled}
    for one in entries:
        if one.instance is None or one.uid not in whole:
            continue
        series = whole[one.uid]
        extra, without = set(series.extra), {*series.without, _text(one.instance)}
        if not one.cancelled:
            extra.add(_text(one.starts))
            without.discard(_text(one.starts))
        whole[one.uid] = replace(series, extra=tuple(sorted(extra)), without=tuple(sorted(without)))
    return list(whole.values())


def _source(who: Who, plan: Plan, entry: Entry) -> str:
    """The entry's UID, for this organiser: the same calendar imported by two is two."""
    return f"{plan.keeper or who.label}/{entry.uid}"


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def nothing_found() -> Refusal:
    """The refusal of a file in which there is nothing to import."""
    return Refusal("import.empty", _("In dieser Datei steht kein Termin."), field="file", status=422)
