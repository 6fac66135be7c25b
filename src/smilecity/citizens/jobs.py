# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: answers mailed, e-mail addresses forgotten in time."""

from datetime import timedelta
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import App, Blueprint

from smilecity.citizens import actions, reads, rules
from smilecity.citizens.models import Need
from smilecity.core import clock
from smilecity.core.nouns import in_text
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


@jobs.periodic(cron="*/2 * * * *")
@jobs.task(name="mail_answers", queueing_lock="citizens.mail_answers")
def mail_answers(timestamp: int) -> None:
    """Answers to those who left an address. A mail server that is away loses nothing: they wait and go later."""
    for noun_id in list(reads.unmailed(NODE).order_by("answered_at").values_list("noun", flat=True)[:500]):
        try:
            actions.mail_answer(NODE, noun_id, send_answer)
        except (SMTPException, OSError) as error:
            # One address may be wrong for good, so the others still get theirs.
            log.warning("answer not mailed", need=noun_id, error=type(error).__name__)


def send_answer(need: Need) -> None:
    """The answer in the language in which the need was said. Its own words stay here: the address may be mistyped.

    The link opens the need without an account, and there its author can object to a decision, once.
    """
    with translation.override(need.language):
        subject = " ".join(in_text(need.noun.title, need.language).split())
        path = reverse("needs:need", kwargs={"form": need.form})
        decided = _("So ist es entschieden: %(decision)s.") % {
            "decision": rules.DECISIONS.get(need.decision, "")
        }
        parts = [
            _("Guten Tag,"),
            _("Sie haben uns etwas gesagt: %(subject)s. Danke dafür.") % {"subject": subject},
            decided if need.decision else _("Das ist die Antwort:"),
            need.answer,
            _("Hier sehen Sie, wie es steht. Einer Entscheidung können Sie dort einmal widersprechen:"),
            f"{address()}{path}?key={reads.author_key(need)}",
            _("Der Link gehört Ihnen: Geben Sie ihn nicht weiter."),
            _("Diese Adresse benutzen wir für nichts anderes und löschen sie bald."),
        ]
        send_mail(_("Antwort: %(subject)s") % {"subject": subject}, "\n\n".join(parts), None, [need.contact])
