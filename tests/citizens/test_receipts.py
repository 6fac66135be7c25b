# SPDX-License-Identifier: EUPL-1.2
"""Whoever leaves an address is told at once that it came, once; and nobody can have us flood an address."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from smilecity.citizens import actions, jobs, reads, rules
from smilecity.citizens.models import Need
from smilecity.citizens.rules import Coming, coming
from smilecity.core import clock
from smilecity.core.who import ANYONE, NODE
from tests.citizens.town import Town

pytestmark = pytest.mark.django_db
ADDRESS = "erika@beispiel.de"


def say(contact: str = ADDRESS, door: str = "web", form: UUID | None = None, language: str = "de") -> Need:
    said = {"kind": "wish", "words": "Es fehlen Bänke.", "language": language}
    who = NODE if door in rules.ON_BEHALF | rules.BY_THE_NODE else ANYONE
    return actions.say_need(who, form or uuid4(), contact=contact, coming=Coming(door=door), **said)


def test_the_receipt_has_link_and_code_and_opens_the_need(client: Client) -> None:
    need = say()
    jobs.mail_receipts()
    jobs.mail_receipts()
    (sent,) = mail.outbox
    assert sent.to == [ADDRESS] and reads.code_of(need.form) in sent.body
    assert "Bänke" not in f"{sent.subject}{sent.body}"  # the address may be mistyped
    link = next(word for word in sent.body.split() if "?key=" in word)
    assert "Es fehlen Bänke." in client.get(f"/needs/{need.form}/?{link.partition('?')[2]}").content.decode()


def test_it_is_sent_soon_and_in_the_language_it_was_said_in(transactional_db: None) -> None:
    say(language="en")
    assert ProcrastinateJob.objects.filter(task_name="citizens:mail_receipts").count() == 1
    jobs.mail_receipts()
    assert "has reached us" in mail.outbox[0].body


@pytest.mark.parametrize("door", ["phone", "paper", "table", "email"])
def test_what_others_wrote_down_is_not_confirmed_here(door: str) -> None:
    assert say(door=door).receipt == ""


def test_without_an_address_nothing_goes_out() -> None:
    say(contact="")
    jobs.mail_receipts()
    assert mail.outbox == [] and not ProcrastinateJob.objects.exists()


def test_an_address_gets_three_a_day_and_all_is_kept() -> None:
    for _ in range(coming.RECEIPTS_A_DAY + 2):
        say(contact=ADDRESS.upper() if Need.objects.exists() else ADDRESS)
    jobs.mail_receipts()
    assert len(mail.outbox) == coming.RECEIPTS_A_DAY
    assert Need.objects.count() == coming.RECEIPTS_A_DAY + 2
    assert say(contact="other@beispiel.de").receipt == Need.RECEIPT_OWED
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert say().receipt == Need.RECEIPT_OWED


def test_sending_the_form_again_is_one_receipt() -> None:
    form = uuid4()
    for _ in range(2):
        say(form=form)
    jobs.mail_receipts()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    say()
    with monkeypatch.context() as away:

        def fail(*_given: Any, **_named: Any) -> int:
            raise SMTPServerDisconnected

        away.setattr(EmailMessage, "send", fail)
        jobs.mail_receipts()
    assert mail.outbox == []
    jobs.mail_receipts()
    assert len(mail.outbox) == 1


def test_whoever_had_us_forget_them_gets_none(town: Town) -> None:
    from smilecity.citizens.privacy import forget

    town.say(contact=ADDRESS)
    forget(town.accounts["resident"].pk)
    jobs.mail_receipts()
    assert mail.outbox == []


@given(st.integers(0, 10), st.integers(0, 1000))
def test_more_are_told_no_more_often(same: int, lately: int) -> None:
    if rules.may_be_told(same + 1, lately) or rules.may_be_told(same, lately + 1):
        assert rules.may_be_told(same, lately)
