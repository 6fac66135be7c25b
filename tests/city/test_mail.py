# SPDX-License-Identifier: EUPL-1.2
"""Mail without a server: one file a message, for its owner alone, the newest kept; and how a server is named."""

import re
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from pytest_django import Settings as DjangoSettings

from smilecity.city import mail
from smilecity.city.doctor import CHECKS
from smilecity.city.mail_server import MailServer
from smilecity.city.settings import Settings

FOLDER = "smilecity.city.mail.FolderBackend"


@pytest.fixture
def folder(tmp_path: Path, settings: DjangoSettings) -> Path:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def send(subject: str, text: str = "Guten Tag, Ihr Code ist 4711.") -> None:
    connection = get_connection(FOLDER)
    message = EmailMultiAlternatives(
        subject, text, "stadt@example.org", ["anna@example.org"], connection=connection
    )
    message.attach_alternative("<p>Guten Tag</p>", "text/html")
    assert message.send() == 1


def test_a_message_is_a_private_file_that_can_be_read_back(folder: Path) -> None:
    assert mail.latest(folder) == []
    send("Grüße aus der Stadt")
    (letter,) = mail.latest(folder)
    assert (letter.to, letter.subject) == ("anna@example.org", "Grüße aus der Stadt")
    assert "Ihr Code ist 4711." in letter.text
    assert folder.stat().st_mode & 0o777 == 0o700
    assert letter.file.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"\d{20}-[0-9a-f]{8}\.eml", letter.file.name)


def test_the_newest_come_first_and_only_so_many_are_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "MOST_KEPT", 3)
    for number in range(5):
        send(f"Nummer {number}")
    assert [letter.subject for letter in mail.latest(folder)] == ["Nummer 4", "Nummer 3", "Nummer 2"]
    assert len(mail.latest(folder, 1)) == 1
    assert len(list(folder.iterdir())) == 3


def test_a_line_break_in_a_header_is_refused_and_nothing_is_kept(folder: Path) -> None:
    with pytest.raises(ValueError, match="newlines"):
        send("Hallo\nBcc: alle@example.org")
    assert mail.latest(folder) == []


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, "starttls")),
        ("smtp://u:p%40ss@h:25?tls=no", MailServer("h", 25, "no", "u", "p@ss")),
        ("smtps://u%40h:p@h", MailServer("h", 465, "always", "u@h", "p")),
    ],
)
def test_one_address_says_everything_about_a_server(text: str, server: MailServer) -> None:
    assert MailServer.read(text) == server
    assert Settings.read({"SMILE_MAIL": text}).mail == text


def test_a_servers_secret_is_not_in_its_description() -> None:
    assert "hunter2" not in repr(MailServer.read("smtp://alice:hunter2@host"))


def test_the_doctor_says_when_mail_goes_nowhere(settings: DjangoSettings) -> None:
    look = dict(CHECKS)["Mail"]
    assert look().well
    assert "no server" in look().seen
    settings.SMILE = Settings.read({"SMILE_ADDRESS": "https://smile.example.org"})
    assert not look().well
    assert "SMILE_MAIL" in look().cure
