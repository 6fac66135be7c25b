# SPDX-License-Identifier: EUPL-1.2
"""Saying what one needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.actions.categories import hold_categories
from smilecity.citizens.actions.mailing import receipt_for, tell_soon
from smilecity.citizens.models import Category, Need, NeedPhoto
from smilecity.citizens.rules import Coming, Spot
from smilecity.core import clock, links, log, nouns
from smilecity.core.models import Noun
from smilecity.core.pictures import Picture
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

WEB = Coming()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What someone said by one form: what `say_need` takes."""

    form: UUID
    kind: str
    words: str
    language: str
    about: int | None = None
    contact: str = ""
    coming: Coming = WEB


def say_need(
    who: Who,
    form: UUID,
    *,
    kind: str,
    words: str,
    language: str,
    about: int | None = None,
    contact: str = "",
    coming: Coming = WEB,
) -> Need:
    """Keep what someone said, as a draft that stewards of its area can read. `about` is a noun they can see.

    `coming` says by which door it came and what came with the words. Where it is leads to the area (what says no place
    belongs to the node's own municipality), the category (or what it is about) to who is responsible and by when. What a
    clerk writes down for others has no author here. Who leaves an address themselves is told that it came.

    Saying it again by the same form returns what was kept; saying something else by it is refused.
    Lock: no category may be deleted meanwhile; the noun's unique address, made of the form's number: of two that
    come at once the second waits for the first and finds it. The unique `form` is the proof.
    """
    one = Said(
        form=form, kind=kind, words=words, language=language, about=about, contact=contact, coming=coming
    )
    (kept,) = say_needs(who, [one])
    if isinstance(kept, Refusal):
        raise kept
    return kept


def say_needs(who: Who, said: Sequence[Said]) -> list[Need | Refusal]:
    """What `say_need` does, for many at once, each by a form of its own: what was kept of each, or why it was not.

    What they have in common is asked once, and all are written together: of a table each by itself took ten times as
    long. Locks: as `say_need`.
    """
    try:
        with transaction.atomic():
            return _kept(who, said)
    except IntegrityError:  # one of them came by another way meanwhile: now it is there to be found
        with transaction.atomic():
            return _kept(who, said)


@dataclass(slots=True)
class _Fresh:
    """What is about to be kept."""

    noun: Noun
    need: Need
    subject: Noun | None
    pictures: tuple[Picture, ...]


class _Asked:
    """What many have in common, asked once: what they are about, their categories, and who is responsible where."""

    def __init__(self, who: Who, spots: Collection[Spot]) -> None:
        self.who = who
        self._areas = reads.areas_of(who, spots)
        self.subject = cache(partial(reads.subject, who))
        self.category = cache(partial(reads.category, who))
        self.responsible = cache(partial(reads.responsible, who))
        self.home = cache(partial(reads.home, who))
        self.titles = cache(titles)

    def area(self, spot: Spot | None) -> int | None:
        """The area where this is. Refuses what is outside."""
        found = self._areas[spot] if spot else None
        if isinstance(found, Refusal):
            raise found
        return found


def _kept(who: Who, said: Sequence[Said]) -> list[Need | Refusal]:
    hold_categories()
    known = {one.form: one for one in Need.objects.filter(form__in=[one.form for one in said])}
    asked = _Asked(who, [one.coming.spot for one in said if one.coming.spot])
    found = [_looked_at(asked, one, known.get(one.form)) for one in said]
    _write(who, [one for one in found if isinstance(one, _Fresh)])
    return [one.need if isinstance(one, _Fresh) else one for one in found]


def _looked_at(asked: _Asked, one: Said, known: Need | None) -> _Fresh | Need | Refusal:
    """What is to be kept of it; what was kept of it, whatever became of that since; or why nothing is."""
    try:
        _let_in(asked.who, one.coming)
        kind, words = rules.checked_kind(one.kind), rules.checked_words(one.words)
        contact, where = rules.checked_contact(one.contact), rules.checked_where(one.coming.where)
        pictures = rules.checked_pictures(one.coming.pictures)
        subject = asked.subject(one.about)
        if known is not None:
            return _same(known, kind, words)
        route = _route(asked, one.coming, subject)
    except Refusal as refusal:
        return refusal
    noun = nouns.new(
        "need",
        f"needs/{one.form}",
        asked.titles(kind, subject, route.category),
        geo=rules.public_point(one.coming.spot, at_home=one.coming.at_home),
        area=route.area,
        keeper=route.keeper,
    )
    need = Need(
        form=one.form,
        kind=kind,
        words=words,
        contact=contact,
        language=one.language,
        account_id=None if one.coming.door in rules.ON_BEHALF else asked.who.account,
        where=where,
        code=reads.code_digest(reads.code_of(one.form)),
        receipt=receipt_for(contact, one.coming.door),
        **_circumstances(one.coming, route),
    )
    return _Fresh(noun, need, subject, pictures)


def _write(who: Who, fresh: Sequence[_Fresh]) -> None:
    if not fresh:
        return
    nouns.add([one.noun for one in fresh])
    for one in fresh:
        one.need.noun = one.noun
    Need.objects.bulk_create(one.need for one in fresh)
    for one in fresh:
        _keep_pictures(one.need, one.pictures)
    if any(one.need.receipt for one in fresh):
        tell_soon()
    links.link_all("about", [(one.noun.id, one.subject.id) for one in fresh if one.subject])
    log.append_all(
        who,
        facts.NEED_SAID,
        (
            (
                one.noun.id,
                [one.subject.id] if one.subject else [],
                {"kind": one.need.kind, "door": one.need.door},
            )
            for one in fresh
        ),
    )


@dataclass(frozen=True, slots=True)
class _Route:
    """Where it is and to whom it goes."""

    area: int | None
    keeper: int | None
    category: Category | None
    details: dict[str, str | list[str]]
    said_at: datetime
    due_at: datetime | None


def _let_in(who: Who, coming: Coming) -> None:
    """Each door has its own doorkeeper."""
    door = rules.checked_door(coming.door)
    by_hand = door in rules.ON_BEHALF and not rights.may_write_down(who)
    by_the_node = door in rules.BY_THE_NODE and who.label != "node"
    by_app = door == "open311" and not rights.may_say_by_app(who)
    if by_hand or by_the_node or by_app:
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    if door == "web" and not rights.may_say(who):
        raise Refusal(
            "need.account-missing",
            _("Hier brauchen Sie ein Konto, um etwas zu sagen."),
            cure=_("Melden Sie sich an. Ihr Entwurf bleibt solange auf diesem Gerät."),
            status=403,
        )


def _route(asked: _Asked, coming: Coming, subject: Noun | None) -> _Route:
    category = asked.category(coming.category)
    area = asked.area(coming.spot) or rights.area_of(subject) or asked.home()
    keeper = asked.responsible(category, area) if category else None
    details = rules.checked_details(category.asks if category else [], coming.details)
    now = clock.now()
    said_at = min(coming.said_at or now, now)
    days = category.days if category else None
    return _Route(
        area=area,
        keeper=keeper or rights.keeper_of(subject),
        category=category,
        details=details,
        said_at=said_at,
        due_at=said_at + timedelta(days=days) if days else None,
    )


def _circumstances(coming: Coming, route: _Route) -> dict[str, Any]:
    return {
        "said_at": route.said_at,
        "door": coming.door,
        "category": route.category,
        "spot": coming.spot.geo() if coming.spot else None,
        "at_home": coming.at_home,
        "due_at": route.due_at,
        "details": route.details,
    }


def _keep_pictures(need: Need, pictures: tuple[Picture, ...]) -> None:
    """The same one only once."""
    for digest, one in {one.digest: one for one in pictures}.items():
        NeedPhoto.objects.create(
            need=need, width=one.width, height=one.height, full=one.full, small=one.small, digest=digest
        )


def _same(need: Need, kind: str, said: str) -> Need:
    if (need.kind, need.words) != (kind, said):
        raise Refusal(
            "need.form-used",
            _("Über dieses Formular ist schon etwas bei uns angekommen."),
            cure=_("Schicken Sie es noch einmal ab, dann kommt auch dieses an."),
            status=409,
        )
    return need


def titles(kind: str, subject: Noun | None, category: Category | None) -> dict[str, str]:
    """What the need is called in lists: never its words, which are personal until someone has read them."""
    titles = {}
    for language in ("de", "en"):
        with translation.override(language):
            label = nouns.in_text(category.title, language) if category else str(rules.KINDS[kind])
            place = nouns.in_text(subject.title, language) if subject else ""
            titles[language] = f"{label}: {place}" if place else label
    return titles
