# SPDX-License-Identifier: EUPL-1.2
"""Saying what one needs."""

from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.models import Need
from smilecity.core import links, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def say_need(
    who: Who, form: UUID, *, kind: str, words: str, language: str, about: int | None = None, contact: str = ""
) -> Need:
    """Keep what someone said, as a draft that stewards of its area can read. `about` is a noun they can see.

    Saying it again by the same form returns what was kept; saying something else by it is refused.
    Lock: the noun's unique address, made of the form's number: of two that come at once the second waits for
    the first and finds it. The unique `form` is the proof.
    """
    if not rights.may_say(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    kind, said, contact = rules.checked_kind(kind), rules.checked_words(words), rules.checked_contact(contact)
    with transaction.atomic():
        subject = reads.subject(who, about)
        known = Need.objects.filter(form=form).first()
        if known is not None:  # before its noun is touched: a steward may have published it meanwhile
            return _same(known, kind, said)
        noun = nouns.put(
            "need",
            f"needs/{form}",
            _titles(kind, subject),
            area=rights.area_of(subject),
            keeper=rights.keeper_of(subject),
        )
        need, created = Need.objects.get_or_create(
            form=form,
            defaults={
                "noun": noun,
                "kind": kind,
                "words": said,
                "contact": contact,
                "language": language,
                "account_id": who.account,
            },
        )
        if not created:
            return _same(need, kind, said)
        if subject is not None:
            links.link(noun.id, "about", subject.id)
        log.append(
            who, facts.NEED_SAID, noun=noun.id, about=[subject.id] if subject else [], data={"kind": kind}
        )
        return need


def _same(need: Need, kind: str, said: str) -> Need:
    if (need.kind, need.words) != (kind, said):
        raise Refusal(
            "need.form-used",
            _("Über dieses Formular ist schon etwas bei uns angekommen."),
            cure=_("Schicken Sie es noch einmal ab, dann kommt auch dieses an."),
            status=409,
        )
    return need


def _titles(kind: str, subject: Noun | None) -> dict[str, str]:
    """What the need is called in lists: never its words, which are personal until someone has read them."""
    titles = {}
    for language in ("de", "en"):
        with translation.override(language):
            label = str(rules.KINDS[kind])
            place = nouns.in_text(subject.title, language) if subject else ""
            titles[language] = f"{label}: {place}" if place else label
    return titles
