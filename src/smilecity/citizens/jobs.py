# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: answers mailed, e-mail addresses forgotten in time."""

from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import App, Blueprint

from smilecity.citizens import actions, reads, rules
from smilecity.citizens.actions import pulse
from smilecity.citizens.actions.doors import letters, tables
from smilecity.citizens.actions.numbers import reckon_months
from smilecity.citizens.models import Moderated, Need
from smilecity.citizens.reads import doors, moderation
from smilecity.citizens.rules.letters import MOST_BYTES
from smilecity.citizens.rules.talk import HOUSE, MAILED
from smilecity.core import clock, mailbox
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people.jobs import address

log = structlog.get_logger("citizens")
jobs = Blueprint()


def add(app: App) -> None:
    """Tell the queue of this room's jobs; called once, when Django is ready."""
    app.add_tasks_from(jobs, namespace="citizens")


@jobs.periodic(cron="11 4 * * *")
@jobs.task(name="forget_contacts", queueing_lock="citizens.forget_contacts")
def forget_contacts(timestamp: int) -> None:
    """E-mail addresses older than the city keeps them (SMILE_CONTACT_DAYS)."""
    actions.forget_contacts(NODE, clock.now() - timedelta(days=settings.SMILE.contact_days))


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="turn_rounds", queueing_lock="citizens.turn_rounds")
def turn_rounds(timestamp: int) -> None:
    """Rounds of the pulse whose time is over are closed, and those whose day has come are opened."""
    pulse.turn_rounds(NODE)


@jobs.periodic(cron="37 3 * * *")
@jobs.task(name="reckon_usual", queueing_lock="citizens.reckon_usual")
def reckon_usual(timestamp: int) -> None:
    """How long it usually takes to decide what was said, by category and area."""
    actions.reckon_usual(NODE)


@jobs.periodic(cron="*/2 * * * *")
@jobs.task(name="mail_answers", queueing_lock="citizens.mail_answers")
def mail_answers(timestamp: int) -> None:
    """Answers to those who left an address, and what moderators did. A mail server that is away loses nothing: all waits
    and goes later.
    """
    for noun_id in list(reads.unmailed(NODE).order_by("answered_at").values_list("noun", flat=True)[:500]):
        try:
            actions.mail_answer(NODE, noun_id, send_answer)
        except (SMTPException, OSError) as error:
            # One address may be wrong for good, so the others still get theirs.
            log.warning("answer not mailed", need=noun_id, error=type(error).__name__)
    for number in list(moderation.acts_owed(NODE).order_by("id").values_list("id", flat=True)[:500]):
        try:
            actions.mail_act(NODE, number, send_act)
        except (SMTPException, OSError) as error:
            log.warning("act not mailed", act=number, error=type(error).__name__)


@jobs.periodic(cron="23 3 * * *")
@jobs.task(name="reckon_numbers", queueing_lock="citizens.reckon_numbers")
def reckon_numbers(timestamp: int) -> None:
    """The months in figures, for everybody."""
    reckon_months(NODE)


def send_answer(need: Need) -> None:
    """The answer in the language in which the need was said. Its own words stay here: the address may be mistyped.

    The link opens the need without an account, and there its author can object to a decision, once.
    """
    with translation.override(need.language):
        subject = " ".join(in_text(need.noun.title, need.language).split())
        decided = _("So ist es entschieden: %(decision)s.") % {
            "decision": rules.DECISIONS.get(need.decision, "")
        }
        parts = [
            _("Guten Tag,"),
            _("Sie haben uns etwas gesagt: %(subject)s. Danke dafür.") % {"subject": subject},
            decided if need.decision else _("Das ist die Antwort:"),
            need.answer,
            _("Hier sehen Sie, wie es steht. Einer Entscheidung können Sie dort einmal widersprechen:"),
            _link(need),
            _("Der Link gehört Ihnen: Geben Sie ihn nicht weiter."),
            _("Diese Adresse benutzen wir für nichts anderes und löschen sie bald."),
        ]
        _mail(need, _("Antwort: %(subject)s") % {"subject": subject}, parts)


def send_act(act: Moderated) -> None:
    """That a need is not public any more and why, or what came of the objection; in the language in which it was said."""
    need = act.need
    with translation.override(need.language):
        subject = " ".join(in_text(need.noun.title, need.language).split())
        hidden = act.act in (Moderated.HIDDEN, Moderated.TAKEN_BACK)
        rule = (
            _("Es verstößt gegen diese Hausregel: %(rule)s.") % {"rule": HOUSE[act.rule][0]}
            if act.rule
            else ""
        )
        parts = [
            _("Guten Tag,"),
            _("es geht um Ihr Anliegen: %(subject)s.") % {"subject": subject},
            str(MAILED[act.act]),
            rule if act.act != "shown-again" else "",
            act.sentence,
            _("Nicht einverstanden? Hier können Sie einmal widersprechen:")
            if hidden
            else _("Hier sehen Sie es:"),
            _link(need),
            _("Der Link gehört Ihnen: Geben Sie ihn nicht weiter."),
        ]
        title = _("Nicht mehr öffentlich: %(subject)s") if hidden else _("Ihr Widerspruch: %(subject)s")
        _mail(need, title % {"subject": subject}, [part for part in parts if part])


@jobs.periodic(cron="*/2 * * * *")
@jobs.task(name="fetch_letters", queueing_lock="citizens.fetch_letters", lock="citizens.letters")
def fetch_letters(timestamp: int) -> None:
    """What residents wrote to our mailbox (SMILE_LETTERS), if there is one; what cannot be taken stays in it."""
    if not settings.SMILE.letters:
        return
    try:
        mailbox.visit(mailbox.Mailbox.read(settings.SMILE.letters), take, most_bytes=MOST_BYTES)
    except OSError as error:
        log.warning("mailbox not read", error=type(error).__name__)


def take(raw: bytes) -> mailbox.Done:
    """A letter from the mailbox: taken, left for a person to look at, or brought again later."""
    try:
        letters.take_letter(NODE, raw)
    except Refusal as refusal:
        log.warning("letter not taken", code=refusal.code)
        return mailbox.Done.LATER if refusal.status == 429 else mailbox.Done.LEFT
    return mailbox.Done.TAKEN


@jobs.periodic(cron="1-59/2 * * * *")
@jobs.task(name="mail_receipts", queueing_lock="citizens.mail_receipts")
def mail_receipts(timestamp: int = 0) -> None:
    """Tell those who wrote a letter, or left an address where they said it, that it came."""
    for noun_id in list(reads.receipts_due(NODE).order_by("noun").values_list("noun", flat=True)[:500]):
        try:
            actions.mail_receipt(NODE, noun_id, send_thanks)
        except (SMTPException, OSError) as error:
            log.warning("receipt not mailed", need=noun_id, error=type(error).__name__)
    for number in list(doors.receipts_owed(NODE).order_by("id").values_list("id", flat=True)[:500]):
        try:
            letters.send_receipt(NODE, number, send_receipt)
        except (SMTPException, OSError) as error:
            log.warning("receipt not mailed", letter=number, error=type(error).__name__)


def send_receipt(need: Need) -> None:
    """That it came, the code and the link, in the language of the letter; its words stay here, the sender may be false.

    Opening the link shows that the address is theirs; before that no answer goes there.
    """
    with translation.override(need.language):
        parts = [
            _("Guten Tag,"),
            _("Ihre Nachricht ist bei uns angekommen. Ein Mensch aus der Verwaltung liest sie."),
            _("Öffnen Sie bitte diesen Link. Erst dann schicken wir Ihnen die Antwort an diese Adresse:"),
            _link(need),
            _code(need),
            _("Möchten Sie etwas hinzufügen? Antworten Sie auf diese Nachricht."),
            _("Haben Sie uns nicht geschrieben? Dann tun Sie nichts: Wir schreiben Ihnen nicht wieder."),
        ]
        _mail(need, _("Angekommen: Ihre Nachricht"), parts, automatic=True)


def send_thanks(need: Need) -> None:
    """That what was said on a page came, the code and the link. Its words stay here: the address may be mistyped."""
    with translation.override(need.language):
        parts = [
            _("Guten Tag,"),
            _("was Sie gesagt haben, ist bei uns angekommen. Ein Mensch aus der Verwaltung liest es."),
            _("Hier sehen Sie, wie es steht:"),
            _link(need),
            _("Der Link gehört Ihnen: Geben Sie ihn nicht weiter."),
            _code(need),
            _("Haben Sie uns nichts gesagt? Dann hat sich jemand vertippt, und Sie brauchen nichts zu tun."),
        ]
        _mail(need, _("Angekommen: Ihre Nachricht"), parts, automatic=True)


def _link(need: Need) -> str:
    """The way to the need that only its author has."""
    path = reverse("needs:need", kwargs={"form": need.form})
    return f"{address()}{path}?key={reads.author_key(need)}"


def _code(need: Need) -> str:
    return _("Ihr Code, mit dem Sie ohne E-Mail nachsehen können: %(code)s") % {
        "code": reads.code_of(need.form)
    }


def _mail(need: Need, subject: str, parts: list[str], *, automatic: bool = False) -> None:
    """To the need's author. An answer to it comes back as an addition to the need."""
    headers = {"Message-ID": f"<{doors.letter_id(need)}>"}
    if automatic:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    reply = [settings.SMILE.letters_address] if settings.SMILE.letters_address else None
    EmailMessage(subject, "\n\n".join(parts), None, [need.contact], reply_to=reply, headers=headers).send()


@jobs.periodic(cron="43 * * * *")
@jobs.task(name="forget_letters", queueing_lock="citizens.forget_letters")
def forget_letters(timestamp: int) -> None:
    """Who wrote, after a day; tables of workshops, after a month."""
    letters.forget_letters(NODE)
    tables.forget_old_tables(NODE)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="take_need_tables", queueing_lock="citizens.take_need_tables", lock="citizens.tables")
def take_need_tables(timestamp: int = 0) -> None:
    """Tables that somebody wants looked through or taken in; what is not done in time is done the next time."""
    for number in doors.tables_waiting(NODE):
        with suppress(Refusal):
            tables.work_on_table(NODE, number)
