# SPDX-License-Identifier: EUPL-1.2
"""Accounts: opened with a pseudonym nobody has, kept by the person. Passwords and passkeys are allauth's."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import facts
from smilecity.people.actions.consents import give_consent
from smilecity.people.models import Account
from smilecity.people.reads.accounts import shapes_of_organisations
from smilecity.people.rules import pseudonyms, purposes

MOST_REAL_NAME = 120
PROFILE = ("pseudonym", "real_name", "language", "home")


def open_account(
    who: Who,
    email: str,
    pseudonym: str,
    *,
    password: str | None = None,
    language: str = "de",
    real_name: str = "",
) -> Account:
    """Open an account whose address needs no code any more: only the node does, for people it was told of.

    Without a password the person sets one by a link (`reads.accounts.password_link`). Lock: see `enter`.
    """
    if who.label != "node":
        raise Refusal("account.not-yours", _("Ein Konto eröffnet nur, wem es gehört."), status=403)
    from allauth.account.models import EmailAddress

    account = Account(email=email.strip().lower(), language=language, real_name=real_name)
    account.set_password(password)
    with transaction.atomic():
        enter(account, pseudonym)
        EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return account


def enter(account: Account, pseudonym: str) -> None:
    """Save a new account with its pseudonym, the agreement to the terms and the log's entry.

    Lock: the unique e-mail, pseudonym and shape. Of two who come at once one gets them; the other is refused with
    `account.email-taken` or `account.pseudonym-taken`, and nothing of it is kept.
    """
    _name(account, pseudonym)
    if account.pk is None:
        account.id = Account().id  # the database's next
    with _unique(), transaction.atomic():
        account.save(force_insert=True)
        who = Who(f"account/{account.pk}", account.pk)
        give_consent(who, purposes.TERMS, purposes.PURPOSES[purposes.TERMS].version)
        log.append(who, facts.SIGNED_UP, about=[account.pk])


def keep_profile(who: Who, *, pseudonym: str, real_name: str, language: str, home: int | None) -> Account:
    """Keep what a person says of themselves. Lock: the account's row, and the unique pseudonym and shape.

    The log says only which fields changed, never what they hold.
    """
    with _unique(), transaction.atomic():
        account = _own(who)
        before = _said(account)
        if pseudonyms.composed(pseudonym) != account.pseudonym:
            _name(account, pseudonym)
        account.real_name = _real_name(real_name)
        account.language = _language(language)
        account.home_id = _home(who, home)
        changed = [name for name, value in _said(account).items() if value != before[name]]
        if changed:
            account.save(update_fields=[*PROFILE, "pseudonym_shape"])
            log.append(who, facts.PROFILE_KEPT, about=[account.pk], data={"changed": changed})
    return account


def end_session(who: Who, session: int) -> None:
    """End one of the person's own signed-in devices. Lock: none; ending twice ends once."""
    from allauth.usersessions.models import UserSession

    with transaction.atomic():
        held = UserSession.objects.filter(pk=session, user_id=who.account).first() if who.account else None
        if held is None:
            raise Refusal("session.unknown", _("Diese Anmeldung gibt es nicht mehr."), status=404)
        held.end()
        log.append(who, facts.SESSION_ENDED, about=[who.account] if who.account else [])


def _own(who: Who) -> Account:
    """The account of who asks, locked. Refuses who has none."""
    own = Account.objects.select_for_update(of=("self",)).filter(pk=who.account or 0, is_active=True).first()
    if own is None:
        raise Refusal("account.not-signed-in", _("Bitte melden Sie sich zuerst an."), status=403)
    return own


def _said(account: Account) -> dict[str, object]:
    return {name: getattr(account, f"{name}_id" if name == "home" else name) for name in PROFILE}


def _name(account: Account, pseudonym: str) -> None:
    account.pseudonym = pseudonyms.checked(pseudonym, shapes_of_organisations())
    account.pseudonym_shape = pseudonyms.shape(account.pseudonym)


def _real_name(text: str) -> str:
    name = pseudonyms.composed(text)
    if len(name) > MOST_REAL_NAME or not name.isprintable():
        raise Refusal(
            "account.real-name",
            _("Dieser Name ist zu lang oder enthält unsichtbare Zeichen."),
            cure=_("Schreiben Sie ihn bitte neu, höchstens %(most)d Zeichen.") % {"most": MOST_REAL_NAME},
            field="real_name",
            status=422,
        )
    return name


def _language(code: str) -> str:
    if code not in dict(settings.LANGUAGES):
        raise Refusal(
            "account.language-unknown", _("Diese Sprache gibt es hier nicht."), field="language", status=422
        )
    return code


def _home(who: Who, home: int | None) -> int | None:
    if home is None:
        return None
    if not Noun.objects.filter(nouns.sees(who), pk=home, kind="area").exists():
        raise Refusal("account.home-unknown", _("Dieses Gebiet gibt es nicht."), field="home", status=422)
    return home


class _unique:  # noqa: N801 - read as a word of the `with` line
    """Turns the database's word on what is unique into a refusal beside the field."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, IntegrityError):
            return
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if "email" in constraint:
            raise Refusal(
                "account.email-taken",
                _("Diese E-Mail-Adresse ist schon vergeben."),
                field="email",
                status=409,
            ) from error
        if "pseudonym" in constraint:
            raise Refusal(
                "account.pseudonym-taken",
                _("Dieses Pseudonym hat schon jemand, oder es sieht einem anderen zu ähnlich."),
                cure=_("Wählen Sie ein anderes, zum Beispiel mit einer Zahl dahinter."),
                field="pseudonym",
                status=409,
            ) from error
