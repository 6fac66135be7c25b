# SPDX-License-Identifier: EUPL-1.2
"""Saying what one needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.actions.categories import hold_categories
from smilecity.citizens.models import Category, Need, NeedPhoto
from smilecity.citizens.rules import Coming
from smilecity.core import clock, links, log, nouns
from smilecity.core.models import Noun
from smilecity.core.pictures import Picture
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

WEB = Coming()


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

    `coming` says by which door it came and what came with the words. Where it is leads to the area, the category (or
    what it is about) to who is responsible and by when. What a clerk writes down for others has no author here.

    Saying it again by the same form returns what was kept; saying something else by it is refused.
    Lock: no category may be deleted meanwhile; the noun's unique address, made of the form's number: of two that
    come at once the second waits for the first and finds it. The unique `form` is the proof.
    """
    _let_in(who, coming)
    kind, said, contact = rules.checked_kind(kind), rules.checked_words(words), rules.checked_contact(contact)
    where, pictures = rules.checked_where(coming.where), rules.checked_pictures(coming.pictures)
    with transaction.atomic():
        subject = reads.subject(who, about)
        known = Need.objects.filter(form=form).first()
        if known is not None:  # before its noun is touched: a steward may have published it meanwhile
            return _same(known, kind, said)
        route = _route(who, coming, subject)
        noun = nouns.put(
            "need",
            f"needs/{form}",
            titles(kind, subject, route.category),
            geo=rules.public_point(coming.spot, at_home=coming.at_home),
            area=route.area,
            keeper=route.keeper,
        )
        need, created = Need.objects.get_or_create(
            form=form,
            defaults={
                "noun": noun,
                "kind": kind,
                "words": said,
                "contact": contact,
                "language": language,
                "account_id": None if coming.door in rules.ON_BEHALF else who.account,
                "where": where,
                "code": reads.code_digest(reads.code_of(form)),
                **_circumstances(coming, route),
            },
        )
        if not created:
            return _same(need, kind, said)
        _keep_pictures(need, pictures)
        if subject is not None:
            links.link(noun.id, "about", subject.id)
        log.append(
            who,
            facts.NEED_SAID,
            noun=noun.id,
            about=[subject.id] if subject else [],
            data={"kind": kind, "door": coming.door},
        )
        return need


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


def _route(who: Who, coming: Coming, subject: Noun | None) -> _Route:
    hold_categories()
    category = reads.category(who, coming.category)
    area = reads.area_of(who, coming.spot) if coming.spot else rights.area_of(subject)
    keeper = reads.responsible(who, category, area) if category else None
    details = rules.checked_details(category.asks if category else [], coming.details)
    now = clock.now()
    said_at = min(coming.said_at or now, now)
    days = category.days if category else None
    return _Route(
        area=area if area is not None else rights.area_of(subject),
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
