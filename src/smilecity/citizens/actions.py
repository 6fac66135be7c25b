# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.models import Need
from smilecity.core import clock, links, log, nouns
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


def answer_need(who: Who, noun_id: int, answer: str, *, close: bool) -> Need:
    """Say what becomes of a need, and close it if nothing more will: the same words tell why.

    An answer may be written anew until it is closed. Its author is told by the log; to an address they left it goes
    by mail (`mail_answer`). Lock: the need's row, so of two that close it the second is told.
    """
    answer = rules.checked_answer(answer)
    with transaction.atomic():
        found = Need.objects.select_for_update(of=("self",)).select_related("noun").filter(noun=noun_id)
        need = found.first() if 0 < noun_id <= reads.MOST_ID else None
        if need is None or not rights.may_answer(who, need.noun.area_id, need.noun.keeper_id):
            raise unknown()
        if need.state == Need.CLOSED:
            raise Refusal(
                "need.closed",
                _("Dieses Anliegen ist schon abgeschlossen."),
                cure=_("Laden Sie die Seite neu, dann sehen Sie die Antwort."),
                status=409,
            )
        need.answer, need.state = answer, Need.CLOSED if close else Need.ANSWERED
        need.answered_at, need.answered_by, need.mailed_at = clock.now(), who.label, None
        need.save(update_fields=["answer", "state", "answered_at", "answered_by", "mailed_at"])
        log.append(who, facts.NEED_ANSWERED, noun=noun_id, data={"author": need.account_id, "closed": close})
        return need


def answer_needs(who: Who, noun_ids: Iterable[int], answer: str) -> int:
    """Close several needs with the same answer, all or none; returns how many. Lock: their rows, in order of id."""
    with transaction.atomic():
        return len([answer_need(who, one, answer, close=True) for one in sorted(set(noun_ids))])


def mail_answer(who: Who, noun_id: int, send: Callable[[Need], None]) -> bool:
    """Send an answer to the address that was left with its need, once; whether it was sent now.

    Lock: the need's row, held while it is sent; whoever comes second passes it by. If `send` raises, it waits for
    the next time; only if the node dies between sending and committing is it sent twice.
    """
    if not rights.may_mail(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        waiting = reads.unmailed(who).filter(noun=noun_id)
        need = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("noun").first()
        if need is None:
            return False
        send(need)
        need.mailed_at = clock.now()
        need.save(update_fields=["mailed_at"])
        return True


def unknown() -> Refusal:
    """The refusal of a need that is not there, or not for this person."""
    return Refusal("need.unknown", _("Dieses Anliegen gibt es hier nicht."), status=404)


def forget_contacts(who: Who, before: datetime) -> int:
    """Delete the e-mail addresses of needs said before this moment; returns how many. Lock: the rows."""
    if not rights.may_forget(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        count = Need.objects.filter(said_at__lt=before).exclude(contact="").update(contact="")
        if count:
            log.append(who, facts.CONTACTS_FORGOTTEN, data={"count": count})
        return count


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
