# SPDX-License-Identifier: EUPL-1.2
"""Accounts that nobody confirmed: a week later their address and pseudonym are free again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.test import Client

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people import actions, facts, jobs
from smilecity.people.models import Account, Consent
from smilecity.people.reads import who_is
from tests.people.registering import register, registered, together

pytestmark = pytest.mark.usefixtures("no_limits_left_behind")
Make = Callable[..., Any]


def in_days(days: float) -> int:
    return actions.forget_unconfirmed(NODE, clock.now() + timedelta(days=days))


def test_who_never_confirmed_is_forgotten_and_somebody_else_may_come(client: Client, db: None) -> None:
    assert register(client).status_code == 302
    number = Account.objects.get().pk
    jobs.forget_unconfirmed(0)
    assert Account.objects.filter(pk=number).exists()  # not a week old
    Account.objects.update(created_at=clock.now() - timedelta(days=7, minutes=1))
    jobs.forget_unconfirmed(0)
    assert not Account.objects.exists() and not EmailAddress.objects.exists() and not Consent.objects.exists()
    (entry,) = LogEntry.objects.filter(verb=facts.UNCONFIRMED_FORGOTTEN)
    assert entry.data == {"count": 1}
    assert registered(Client()).pk != number


def test_who_confirmed_stays(client: Client, db: None) -> None:
    registered(client)
    Account.objects.update(last_login=None)
    assert in_days(1) == 0
    assert not LogEntry.objects.filter(verb=facts.UNCONFIRMED_FORGOTTEN).exists()


def test_who_was_ever_signed_in_or_held_a_role_or_is_forgotten_stays(
    client: Client, person: Make, organisation: Make
) -> None:
    stay = [
        person("carla", ("clerk", organisation("department", "Amt"), None)),
        person("anna"),
        person("vera"),
    ]
    Account.objects.filter(pk=stay[1].pk).update(last_login=clock.now())
    actions.leave(who_is(stay[2]), stay[2].pseudonym)
    EmailAddress.objects.all().delete()
    assert in_days(1) == 0
    assert Account.objects.filter(pk__in=[one.pk for one in stay]).count() == 3


def test_only_the_node_forgets(person: Make) -> None:
    anna = person("anna")
    EmailAddress.objects.all().delete()
    with pytest.raises(Refusal):
        actions.forget_unconfirmed(who_is(anna), clock.now() + timedelta(days=1))
    assert Account.objects.filter(pk=anna.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_who_confirms_at_that_moment_stays(client: Client) -> None:
    register(client)
    address = EmailAddress.objects.get()

    def confirm() -> None:
        with transaction.atomic():
            EmailAddress.objects.filter(pk=address.pk).update(verified=True)
            confirming.set()
            sleeping.wait(0.5)

    from threading import Event

    confirming, sleeping = Event(), Event()

    def forget() -> None:
        confirming.wait(5)
        in_days(1)

    together(confirm, forget)
    connection.close()
    assert Account.objects.get().pk == address.user_id
