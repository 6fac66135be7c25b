# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about a person: the account and all that hangs on it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.models import Undo
from smilecity.core.privacy import ForgetReport, Kept, Processing
from smilecity.people.models import Account, Delivery, Follow, Notice, PushAddress, Webhook
from smilecity.people.reads import export as told

TITLE = _("Ihr Konto")

_UNTIL_LEFT = _("bis Sie Ihr Konto löschen")
_ONLY_YOU = _("nur Sie")

REGISTER = (
    Processing(
        "account",
        _("Konto"),
        _("Anmelden und mitmachen"),
        _("Art. 6 Abs. 1 Buchst. a DSGVO (Einwilligung)"),
        _(
            "E-Mail-Adresse, Name auf dieser Seite, Sprache, wenn Sie wollen Wohngebiet und richtiger Name,"
            " Passwort nur als Prüfwert"
        ),
        _("den Namen auf dieser Seite alle, bei denen Sie sich zu Wort melden; alles andere nur Sie"),
        _("bis Sie Ihr Konto löschen; ohne bestätigte E-Mail-Adresse höchstens acht Tage"),
    ),
    Processing(
        "sign-in",
        _("Anmeldungen"),
        _("Ihr Konto schützen: Sie sehen, wo Sie angemeldet sind, und können es beenden"),
        _("Art. 6 Abs. 1 Buchst. f DSGVO (Sicherheit)"),
        _("Netzadresse und Browser je Anmeldung, Passkeys ohne deren Geheimnis, verknüpfte Anmeldedienste"),
        _ONLY_YOU,
        _("bis zum Abmelden oder Entfernen, längstens bis Sie Ihr Konto löschen"),
    ),
    Processing(
        "roles",
        _("Rollen"),
        _("Wissen, wer wofür verantwortlich ist und war"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Rolle, Organisation, Gebiet, von wann bis wann, von wem gegeben"),
        _("Sie und wer in diesem Gebiet Rollen gibt"),
        _("Ihr Name, bis Sie Ihr Konto löschen; danach nur noch eine Nummer ohne Person"),
    ),
    Processing(
        "consents",
        _("Einwilligungen"),
        _("Nachweisen, wozu Sie Ja gesagt haben"),
        _("Art. 7 Abs. 1 DSGVO (Nachweis)"),
        _("Zweck, Fassung des Textes, wann gegeben, wann zurückgenommen"),
        _ONLY_YOU,
        _("Ihr Name, bis Sie Ihr Konto löschen; danach nur noch eine Nummer ohne Person"),
    ),
    Processing(
        "notices",
        _("Mitteilungen"),
        _("Ihnen sagen, was aus Ihren Anliegen wurde und was es Neues gibt"),
        _("Art. 6 Abs. 1 Buchst. a DSGVO (Einwilligung)"),
        _("wem oder was Sie folgen, Mitteilungen, Ruhezeiten, Adresse Ihres Browsers für Hinweise"),
        _("Sie; der Anbieter Ihres Browsers leitet Hinweise verschlüsselt weiter"),
        _UNTIL_LEFT,
    ),
    Processing(
        "webhooks",
        _("Webhooks"),
        _("Anderen Programmen sagen, dass etwas geschehen ist, etwa an Orten ihrer Organisation"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("wer einen Webhook eingerichtet hat; was wann wo geschah, mit Nummern von Buchungen, ohne Namen"),
        _("Betreiber und das Programm, das hört"),
        _("30 Tage; wer ihn eingerichtet hat, bis der Webhook gelöscht wird oder Sie Ihr Konto löschen"),
    ),
    Processing(
        "log",
        _("Protokoll"),
        _("Nachvollziehen, was wann geändert wurde"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Nummer Ihres Kontos, was getan wurde und wann; keine Texte"),
        _("wer das Geänderte pflegt"),
        _("dauerhaft; nach dem Löschen des Kontos ist die Nummer ohne Person"),
    ),
)


def export(account: int) -> dict[str, Any]:
    """All that people's tables hold of this account."""
    return told.everything(account)


def forget(account: int) -> ForgetReport:
    """Empty the account: what stays is its number, so that roles and the log name nobody any more.

    In the caller's transaction, which holds the account's row; roles have been ended there.
    """
    _end_sessions(account)
    for table in (EmailAddress, SocialAccount, Authenticator):
        table.objects.filter(user=account).delete()
    for mine in (Follow, Notice, Delivery, PushAddress):
        mine.objects.filter(account=account).delete()
    Undo.objects.filter(account=account).delete()
    Webhook.objects.filter(owner=account).update(owner=None, paused=Webhook.NOBODY)
    person = Account.objects.get(pk=account)
    # No words but a number, which belongs to no language. Nobody can sign up as it: `@` is in no pseudonym.
    person.pseudonym = person.pseudonym_shape = f"@{account}"
    person.email = f"forgotten-{account}@invalid"
    person.real_name, person.language, person.home = "", "de", None
    person.is_active, person.forgotten_at, person.last_login = False, clock.now(), None
    person.set_unusable_password()
    person.save()
    return ForgetReport(
        erased=(
            _("E-Mail-Adresse, Name, richtiger Name, Wohngebiet und Passwort"),
            _("Passkeys, verknüpfte Anmeldedienste und alle Anmeldungen"),
            _("Mitteilungen, wem Sie folgen, und Ihre Wünsche für die Zustellung"),
        ),
        pseudonymised=(_("Rollen, Einwilligungen und das Protokoll nennen nur noch eine Nummer"),),
        kept=(
            Kept(
                _("Rollen und Einwilligungen unter dieser Nummer"),
                _(
                    "Die Stadt muss nachweisen können, wer wofür verantwortlich war und wozu zugestimmt wurde."
                ),
            ),
        ),
    )


def _end_sessions(account: int) -> None:
    sessions = UserSession.objects.filter(user=account)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()
