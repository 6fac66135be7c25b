# SPDX-License-Identifier: EUPL-1.2
"""Browsers that take a person's notices: pressing the button in one of them is the consent."""

from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import rights
from smilecity.people.actions.consents import give_consent
from smilecity.people.actions.courier import public_host
from smilecity.people.models import Account, PushAddress
from smilecity.people.rules import delivery as rules
from smilecity.people.rules import purposes

MOST_BROWSERS = 20


def take_browser(who: Who, endpoint: str, p256dh: str, auth: str, *, at_home: bool = False) -> PushAddress:
    """From now on this browser takes the person's notices; one that took another's changes hands.

    Refuses an address that is not https on a host of the open network (`at_home`: this machine too, for tests). Lock:
    the account's row; the unique endpoint. Of more than 20 browsers the oldest go.
    """
    account = _person(who)
    rules.checked_endpoint(endpoint)
    rules.checked_key(p256dh, rules.BYTES_OF_KEY)
    rules.checked_key(auth, rules.BYTES_OF_SECRET)
    host = urlsplit(endpoint)
    public_host(host.hostname or "", host.port or 443, at_home=at_home)
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=account)
        taken, _made = PushAddress.objects.update_or_create(
            endpoint=endpoint, defaults={"account_id": account, "p256dh": p256dh, "auth": auth}
        )
        newest = PushAddress.objects.filter(account=account).order_by("-made_at", "-id")
        kept = list(newest.values_list("pk", flat=True)[:MOST_BROWSERS])
        PushAddress.objects.filter(account=account).exclude(pk__in=kept).delete()
        give_consent(who, purposes.PUSH, purposes.PURPOSES[purposes.PUSH].version)
        return taken


def drop_browser(who: Who, *, endpoint: str = "", number: int = 0) -> None:
    """This browser, by its address or its number in the person's list, takes no more notices. Lock: the row."""
    mine = PushAddress.objects.filter(account=_person(who))
    (mine.filter(endpoint=endpoint) if endpoint else mine.filter(pk=number)).delete()


def _person(who: Who) -> int:
    if not rights.may_have_an_inbox(who):
        raise Refusal("push.sign-in", _("Dafür brauchen Sie ein Konto."), status=403)
    assert who.account is not None
    return who.account
