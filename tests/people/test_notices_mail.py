# SPDX-License-Identifier: EUPL-1.2
"""Mail that is neither lost nor doubled, says what is new, and can be switched off."""

import contextlib
import smtplib
import threading
from collections.abc import Sequence
from datetime import time, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage
from django.db import connection
from pytest_django import Settings as DjangoSettings

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.people import actions, jobs
from smilecity.people.models import Account, Delivery
from smilecity.people.reads import who_is
from tests.conftest import Person
from tests.people.test_notices import LETTERS, never_quiet, noun, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(person: Person) -> Account:
    return person("anna")


class Server(EmailBackend):
    """A mail server that can be away, or refuse somebody."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error
        self.sent: list[EmailMessage] = []

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:  # type: ignore[override]
        if self.error is not None:
            raise self.error
        self.sent += messages
        return len(messages)


class TestMail:
    def test_a_letter_says_it_all(self, anna: Account) -> None:
        never_quiet(anna)
        court = noun("court")
        actions.tell(NODE, [told(anna, court), told(anna, court, 2, verb="change-returned", mine=True)])
        assert actions.deliver_mail(NODE, LETTERS.letter) == 1
        (letter,) = mail.outbox
        assert letter.to == ["anna@example.org"]
        assert letter.subject == "Smile City: 2 neue Mitteilungen"
        off = f"https://smile.example.org/notices/off/token-{anna.pk}/"
        assert letter.extra_headers["List-Unsubscribe"] == f"<{off}>"
        assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for text in (str(letter.body), str(letter.alternatives[0][0])):  # type: ignore[attr-defined]
            assert "Es gibt Neues an diesem Ort." in text
            assert "https://smile.example.org/places/court/" in text
            assert off in text

    def test_in_the_persons_language(self, anna: Account) -> None:
        Account.objects.update(language="en")
        never_quiet(anna)
        actions.tell(NODE, [told(anna, noun("court"))])
        actions.deliver_mail(NODE, LETTERS.letter)
        assert "/en/places/court/" in str(mail.outbox[0].body)
        assert "Guten Tag" not in str(mail.outbox[0].body)

    def test_html_in_a_name_is_text(self, anna: Account) -> None:
        Account.objects.update(pseudonym="<b>Anna</b>")
        never_quiet(anna)
        actions.tell(NODE, [told(anna, noun("<i>court"))])
        actions.deliver_mail(NODE, LETTERS.letter)
        html = str(mail.outbox[0].alternatives[0][0])  # type: ignore[attr-defined]
        assert "&lt;b&gt;Anna" in html
        assert "<i>" not in html

    def test_once_and_not_again(self, anna: Account) -> None:
        never_quiet(anna)
        actions.tell(NODE, [told(anna, noun("court"))])
        assert actions.deliver_mail(NODE, LETTERS.letter) == 1
        with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
            assert actions.deliver_mail(NODE, LETTERS.letter) == 0
            actions.tell(NODE, [told(anna, noun("other"), 2)])
            assert actions.deliver_mail(NODE, LETTERS.letter) == 1

    def test_what_was_read_is_not_sent(self, anna: Account) -> None:
        never_quiet(anna)
        actions.tell(NODE, [told(anna, noun("court"))])
        actions.mark_read(who_is(anna))
        assert actions.deliver_mail(NODE, LETTERS.letter) == 0

    def test_what_may_not_be_seen_any_more_is_not_sent(self, anna: Account) -> None:
        never_quiet(anna)
        actions.tell(NODE, [told(anna, noun("court"))])
        noun("court", "draft")
        assert actions.deliver_mail(NODE, LETTERS.letter) == 0

    def test_not_in_quiet_hours(self, anna: Account) -> None:
        never_quiet(anna)
        Delivery.objects.update(quiet_from=time(0), quiet_to=time(23, 59, 59))
        actions.tell(NODE, [told(anna, noun("court"))])
        assert actions.deliver_mail(NODE, LETTERS.letter) == 0

    @pytest.mark.parametrize(
        "error", [ConnectionRefusedError(), smtplib.SMTPServerDisconnected(), TimeoutError()]
    )
    def test_while_the_server_is_away_nothing_is_lost_or_doubled(
        self, anna: Account, person: Person, error: Exception
    ) -> None:
        court = noun("court")
        for number, one in enumerate((anna, person("bert"))):
            never_quiet(one)
            actions.tell(NODE, [told(one, court, number)])
        server = Server(error)
        assert actions.deliver_mail(NODE, LETTERS.letter, connection=server) == 0
        assert set(Delivery.objects.values_list("digested_at", flat=True)) == {None}
        server.error = None
        assert actions.deliver_mail(NODE, LETTERS.letter, connection=server) == 2
        assert actions.deliver_mail(NODE, LETTERS.letter, connection=server) == 0
        assert len(server.sent) == 2

    def test_one_refused_person_holds_up_nobody(self, anna: Account) -> None:
        never_quiet(anna)
        actions.tell(NODE, [told(anna, noun("court"))])
        refused = Server(smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"no")}))
        assert actions.deliver_mail(NODE, LETTERS.letter, connection=refused) == 0
        assert (
            actions.deliver_mail(NODE, LETTERS.letter, connection=Server()) == 0
        )  # not before the next round
        with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
            assert actions.deliver_mail(NODE, LETTERS.letter, connection=Server()) == 1


class Slow(Server):
    """Takes its time, so that others come in between."""

    def __init__(self, meet: threading.Barrier) -> None:
        super().__init__()
        self.meet = meet

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:  # type: ignore[override]
        with contextlib.suppress(threading.BrokenBarrierError):
            self.meet.wait(1)
        return super().send_messages(messages)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["daily", "at_once"])
@pytest.mark.parametrize("claimed", [True, False])
def test_two_workers_never_write_twice(
    person: Person, monkeypatch: pytest.MonkeyPatch, way: str, *, claimed: bool
) -> None:
    """Both are in the middle of it at once; without the claim both send: this test can fail."""
    if not claimed:
        monkeypatch.setattr("smilecity.people.actions.delivering._claim", lambda *_: True)
    anna = person("anna")
    never_quiet(anna, way)
    actions.tell(NODE, [told(anna, noun("court"))])
    server = Slow(threading.Barrier(2))
    errors: list[Exception] = []

    def work() -> None:
        try:
            actions.deliver_mail(NODE, LETTERS.letter, connection=server)
        except Exception as error:  # noqa: BLE001 - told in the test's own thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(server.sent) == (1 if claimed else 2)


@pytest.mark.parametrize(
    ("environment", "address", "responsible"),
    [
        ({}, "http://localhost:8000", "mailto:noreply@localhost"),
        ({"SMILE_HOST": "10.0.0.8", "SMILE_PORT": "81"}, "http://10.0.0.8:81", "mailto:noreply@localhost"),
        ({"SMILE_ADDRESS": "https://stadt.example.org"}, *["https://stadt.example.org"] * 2),
    ],
)
def test_links_begin_with_the_address_that_residents_type(
    settings: DjangoSettings, environment: dict[str, str], address: str, responsible: str
) -> None:
    settings.SMILE = type(settings.SMILE).read(environment)
    assert jobs.address() == address
    assert jobs.responsible() == responsible
