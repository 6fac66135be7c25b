# SPDX-License-Identifier: EUPL-1.2
"""Notices as a letter (RFC 8058: one click switches it off) and as the few words of a push."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

import orjson
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smilecity.core.who import Who
from smilecity.people import reads
from smilecity.people.models import Delivery, Notice

MOST_PUSHED_BYTES = 2000  # what every push service takes is 4096, sealed


@dataclass(frozen=True, slots=True)
class Letters:
    """Makes letters for this city; `address` begins every link."""

    city: str
    address: str

    def letter(self, person: Who, wishes: Delivery, notices: Sequence[Notice]) -> EmailMultiAlternatives:
        """All of these in one letter, in the person's language, as plain text with simple HTML beside it."""
        with translation.override(wishes.account.language):
            lines = [reads.line(person, one) for one in notices]
            context = {
                "city": self.city,
                "address": self.address,
                "lines": lines,
                "greeting": _("Guten Tag, %(name)s,") % {"name": wishes.account.pseudonym},
                "news": _("das gibt es Neues für Sie:"),
                "all": _("Alle Mitteilungen:"),
                "how": _("Wie oft wir schreiben, bestimmen Sie:"),
                "stop": _("Keine E-Mails mehr, ohne Anmelden:"),
                "inbox": self.address + reverse("notices"),
                "choices": self.address + reverse("notice-choices"),
                "off": self.address + reverse("notices-off", args=[wishes.off_token]),
            }
            message = EmailMultiAlternatives(
                _subject(self.city, lines),
                render_to_string("people/notices_mail.txt", context),
                _from(self.city),
                [wishes.account.email],
                headers={
                    "List-Unsubscribe": f"<{context['off']}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "Auto-Submitted": "auto-generated",
                },
            )
            message.attach_alternative(render_to_string("people/notices_mail.html", context), "text/html")
            return message


def short(person: Who, language: str, notices: Sequence[Notice]) -> bytes:
    """A title, a few words and a path on this node: all that a push says."""
    with translation.override(language):
        lines = [reads.line(person, one) for one in notices]
        first, path = lines[0], reverse("notices")
        if len(lines) == 1:
            title, body = first.title or first.says, first.says if first.title else ""
            path = reverse("notice", args=[first.id])
        else:
            title = _count(len(lines))
            body = first.title or first.says
        return _fitting({"title": title, "body": body, "path": path})


def _subject(city: str, lines: Sequence[reads.Line]) -> str:
    said = lines[0].says if len(lines) == 1 else _count(len(lines))
    return " ".join(f"{city}: {said}".split())


def _count(number: int) -> str:
    return ngettext("%(count)d neue Mitteilung", "%(count)d neue Mitteilungen", number) % {"count": number}


def _from(city: str) -> str:
    name, mailbox = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or " ".join(city.split()), mailbox))


def _fitting(said: dict[str, str]) -> bytes:
    """Shortened until it fits: a long title is no reason for a push that never comes."""
    while len(packed := orjson.dumps(said)) > MOST_PUSHED_BYTES:
        said = {**said, "title": said["title"][: len(said["title"]) // 2], "body": ""}
    return packed
