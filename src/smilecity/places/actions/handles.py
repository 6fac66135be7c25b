# SPDX-License-Identifier: EUPL-1.2
"""Handles: by what somebody opens without a phone, or without a net: a card, a PIN, or a seed of one-time codes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log, sealing
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions import locks
from smilecity.places.models import Handle
from smilecity.places.rules.locks import handles as rules

# Without what looks alike, so that a number can be read out over the telephone.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
NAME_LETTERS = 8
PIN_DIGITS = 6
CARD_LETTERS = 16
LASTS = timedelta(days=365)
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Given:
    """A handle and its secret, which is shown once and nowhere kept."""

    handle: Handle
    secret: str


def give_handle(who: Who, kind: str, *, lasts: timedelta = LASTS, number: str = "") -> Given:
    """Give a PIN or a card to somebody at the desk; its secret is in the answer and never again.

    `number` is that of a card which is already printed; without one, a new one is made. No name is kept with it.
    Lock: none, it is new.
    """
    if not rights.may_give_handles(who):
        raise Refusal("handle.not-yours", _("Karten und PINs geben Mitarbeitende der Stadt aus."), status=403)
    if kind not in (Handle.PIN, Handle.CARD):
        raise Refusal("handle.kind", _("Eine Karte oder eine PIN?"), field="kind", status=422)
    if not timedelta(days=1) <= lasts <= LONGEST:
        raise Refusal("handle.lasts", _("Sie gilt einen Tag bis ein Jahr."), field="lasts", status=422)
    secret = _checked(number) if kind == Handle.CARD and number else _made(kind)
    with transaction.atomic():
        return given(who, kind, secret, clock.now() + lasts)


def given(who: Who, kind: str, secret: str, ends_at: datetime) -> Given:
    """A handle that is checked by this secret; in the transaction of an action that has asked who may."""
    handle = Handle(handle=_name(), kind=kind, given_by=who.label, ends_at=ends_at)
    handle.digest = sealing.seal(rules.digest(handle.handle, secret).hex())
    handle.save()
    log.append(who, facts.HANDLE_GIVEN, about=[handle.id], data={"handle": handle.id, "kind": kind})
    return Given(handle, secret)


def new_pin() -> str:
    """A PIN that nobody has chosen."""
    return "".join(secrets.choice("0123456789") for _one in range(PIN_DIGITS))


def have_codes(who: Who) -> Handle:
    """The account's seed of one-time codes, made the first time: the boxes then check codes without a net.

    Lock: the account's row, then the rows of the controllers that learn of it.
    """
    if who.account is None:
        raise Refusal("handle.sign-in", _("Dafür brauchen Sie ein Konto."), status=401)
    with transaction.atomic():
        _hold_account(who.account)
        known = Handle.objects.filter(account=who.account, kind=Handle.CODES, lost_at=None).first()
        if known is not None:
            return known
        handle = Handle.objects.create(
            handle=_name(), kind=Handle.CODES, account_id=who.account, given_by=who.label,
            seed=sealing.seal(secrets.token_hex(rules.SEED_BYTES)),
        )  # fmt: skip
        log.append(
            who, facts.HANDLE_GIVEN, about=[handle.id], data={"handle": handle.id, "kind": handle.kind}
        )
        locks.handle_changed(handle)
        return handle


def lose_by_name(who: Who, name: str) -> Handle:
    """Somebody tells at the desk or by telephone that the card or PIN of this number is lost. Lock: as `lose_handle`."""
    found = Handle.objects.filter(handle=_plain(name)).first()
    if found is None or not rights.may_lose_handle(who, found.account_id, found.given_by):
        raise Refusal(
            "handle.unknown", _("Diese Nummer gibt es nicht."), field="handle", status=404
        )  # fmt: skip
    return locks.lose_handle(who, found.id)


def _hold_account(account: int) -> None:
    from django.contrib.auth import get_user_model

    get_user_model().objects.select_for_update().filter(id=account).values_list("id").first()


def _name() -> str:
    return "".join(secrets.choice(LETTERS) for _one in range(NAME_LETTERS))


def _made(kind: str) -> str:
    if kind == Handle.PIN:
        return new_pin()
    return "".join(secrets.choice(LETTERS) for _one in range(CARD_LETTERS))


def _plain(name: str) -> str:
    return "".join(name.split()).upper()[:40]


def _checked(number: str) -> str:
    plain = _plain(number)
    if not (plain.isascii() and plain.isalnum() and 6 <= len(plain) <= 40):
        raise Refusal(
            "handle.number",
            _("Eine Kartennummer hat 6 bis 40 Buchstaben und Ziffern."),
            field="number",
            status=422,
        )
    return plain
