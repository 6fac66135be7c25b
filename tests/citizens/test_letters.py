# SPDX-License-Identifier: EUPL-1.2
"""Letters by e-mail: what is read of them, what is left alone, and that each is taken in and answered once."""

import os
from contextlib import nullcontext
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
import typer
from django.core import mail
from django.test import Client
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from typer.testing import CliRunner

from smilecity.citizens import actions, cli, jobs, reads
from smilecity.citizens.actions.doors import letters
from smilecity.citizens.models import Letter, Need, NeedPhoto, NeedStep
from smilecity.citizens.reads import doors
from smilecity.citizens.rules import letters as rules
from smilecity.citizens.rules.letters import read_letter
from smilecity.core import clock
from smilecity.core.mailbox import Done
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Who
from tests.examples import examples

WORDS = "Am Hafen ist im Sommer kein Fleck Schatten."


def letter(text: str = WORDS, **headers: str) -> EmailMessage:
    """A letter as a resident's program writes it; headers by name, `_` for `-`, empty to leave one out."""
    made = EmailMessage()
    given = {
        "From": "Erika <erika@beispiel.de>",
        "To": "anliegen@stadt.example",
        "Subject": "Schatten am Hafen",
        "Message-ID": f"<{os.urandom(6).hex()}@beispiel.de>",
    }
    for name, value in {
        **given,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        if value:
            made[name] = value
    made.set_content(text)
    return made


def take(*args: Any, **headers: str) -> str:
    return letters.take_letter(NODE, letter(*args, **headers).as_bytes())


def picture(side: int = 300) -> bytes:
    from PIL import Image

    drawn = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (side, side), "green").save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


def test_subject_and_text_become_the_words() -> None:
    read = read_letter(letter(Subject="AW: Re: Schatten am Hafen").as_bytes())
    assert read.words == f"Schatten am Hafen\n\n{WORDS}"
    assert (read.sender, read.automatic, read.shown, read.language) == (
        "erika@beispiel.de",
        False,
        False,
        "de",
    )


@pytest.mark.parametrize(
    "tail",
    [
        "\n-- \nErika Muster\nHauptstraße 1",
        "\n\nAm 3. Mai 2026 um 10:00 schrieb Stadt <anliegen@stadt.example>:\n> Guten Tag",
        "\n\nOn Sun, 3 May 2026, the city wrote:\n> Hello",
        "\n-----Ursprüngliche Nachricht-----\nVon: Stadt",
        "\n________________________________\nVon: Stadt",
        "\n> Guten Tag,\n> wir haben",
    ],
)
def test_quoted_words_and_signatures_are_cut(tail: str) -> None:
    assert read_letter(letter(WORDS + tail, Subject="").as_bytes()).words == WORDS


def test_html_alone_is_read_as_text() -> None:
    made = letter(Subject="")
    made.set_content(
        "<html><head><style>p{}</style></head><body><p>Mehr &amp; mehr<br>Schatten</p><script>evil()</script>"
        "<blockquote>Guten Tag</blockquote></body></html>",
        subtype="html",
    )
    assert read_letter(made.as_bytes()).words == "Mehr & mehr\nSchatten"


@pytest.mark.parametrize("charset", ["us-ascii", "utf-8", "iso-8859-1", "x-klingon", "utf-7", ""])
def test_a_charset_may_lie(charset: str) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\n" if charset else ""
    for coding in ("utf-8", "windows-1252"):
        raw = b"From: a@b.de\n" + kind.encode() + "\nBäume für große Plätze".encode(coding)
        if not (charset == "utf-7" and coding == "windows-1252"):
            assert "für gro" in read_letter(raw).words


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=1"},
        {"Precedence": "bulk"},
        {"List_Id": "<liste.example>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@beispiel.de"},
        {"From": "no-reply@beispiel.de"},
        {"From": "Anliegen <Anliegen@Stadt.example>"},
    ],
)
def test_what_machines_wrote_is_left_alone(headers: dict[str, str]) -> None:
    assert read_letter(letter(**headers).as_bytes(), frozenset({"anliegen@stadt.example"})).automatic


def test_a_person_who_says_that_no_machine_wrote_is_believed() -> None:
    read = read_letter(letter(Auto_Submitted="no", X_Auto_Response_Suppress="All").as_bytes())
    assert (read.automatic, read.quiet) == (False, True)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("mx.stadt.example; dkim=pass header.d=beispiel.de", True),
        ("mx.stadt.example; spf=fail; dmarc=pass (p=none) header.from=beispiel.de", True),
        ("mx.stadt.example; dkim=pass header.d=boese.example", False),
        ("mx.stadt.example; dkim=pass header.d=beispiel.de.boese.example", False),
        ("mx.stadt.example; dkim=fail header.d=beispiel.de", False),
        ("mx.boese.example; dkim=pass header.d=beispiel.de", False),
        ("", False),
    ],
)
def test_only_our_own_mail_server_is_believed(said: str, shown: bool) -> None:
    raw = letter(Authentication_Results=said).as_bytes()
    assert read_letter(raw, server="mx.stadt.example").shown is shown
    assert not read_letter(raw).shown


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "letter.no-sender"),
        (b"From: a b c\n\nHallo", "letter.no-sender"),
        (b"From: a@b.de, c@d.de\n\nHallo", "letter.no-sender"),
        (b"From: a@b.de\n\n" + b"x" * rules.MOST_BYTES, "letter.too-large"),
        (b"From: a@b.de\n" + b"X: y\n" * 20_000 + b"\nHallo", "letter.unreadable"),
    ],
)
def test_what_cannot_be_taken_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_letter(raw)
    assert refused.value.code == code


def test_too_many_parts_and_parts_within_parts() -> None:
    made = letter()
    for _part in range(25):
        made.add_attachment(b"x", maintype="application", subtype="pdf")
    with pytest.raises(Refusal) as refused:
        read_letter(made.as_bytes())
    assert refused.value.code == "letter.too-many-parts"
    deep = b"From: a@b.de\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(200)
    )
    with pytest.raises(Refusal):
        read_letter(deep + b"\nHallo")


def test_a_long_letter_is_kept_whole() -> None:
    read = read_letter(letter("Wort " * 1000, Subject="").as_bytes())
    assert len(read.words) <= 2000
    assert (read.words + read.rest).count("Wort") == 1000


HEADERS = st.sampled_from(
    [b"From", b"Subject", b"Content-Type", b"Message-ID", b"References", b"X", b"Return-Path"]
)


@trying(max_examples=examples(150))
@given(st.lists(st.tuples(HEADERS, st.binary(max_size=60)), max_size=8), st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    for start in (b"", b"From: a@b.de\n", b'From: a@b.de\nContent-Type: multipart/mixed; boundary="x"\n'):
        raw = start + b"".join(name + b": " + value + b"\n" for name, value in headers) + b"\n--x\n\n" + body
        try:
            read = read_letter(raw, server="mx")
        except Refusal as refusal:
            assert refusal.code.startswith("letter.")
        else:
            assert len(read.words) <= 2000
            assert "\0" not in read.words + read.rest


in_the_database = pytest.mark.django_db


@in_the_database
def test_it_is_taken_in_once_and_told_once() -> None:
    made = letter().as_bytes()
    assert [letters.take_letter(NODE, made) for _try in range(3)] == ["taken", "known", "known"]
    need = Need.objects.get()
    assert (need.door, need.account, need.contact, need.kind) == ("email", None, "erika@beispiel.de", "wish")
    jobs.mail_receipts(0)
    jobs.mail_receipts(0)
    (told,) = mail.outbox
    assert told.to == ["erika@beispiel.de"]
    assert told.extra_headers["Auto-Submitted"] == "auto-replied"
    assert reads.code_of(need.form) in told.body
    assert reads.author_key(need) in told.body
    assert "Schatten" not in told.body
    assert Letter.objects.get().receipt == Letter.SENT


@in_the_database
def test_even_when_forgotten_the_same_letter_is_the_same_need() -> None:
    made = letter().as_bytes()
    letters.take_letter(NODE, made)
    Letter.objects.all().delete()
    letters.take_letter(NODE, made)
    assert Need.objects.count() == 1


@in_the_database
def test_kind_from_the_first_word() -> None:
    for subject, kind in (
        ("Frage: Darf man?", "question"),
        ("Lob", "praise"),
        ("Problem am Hafen", "problem"),
    ):
        take(Subject=subject)
        assert Need.objects.order_by("-noun_id")[0].kind == kind


@in_the_database
def test_machines_are_never_answered_and_leave_nothing() -> None:
    assert take(Auto_Submitted="auto-replied") == "ignored"
    assert not (Need.objects.exists() or Letter.objects.exists() or LogEntry.objects.exists())
    take(X_Auto_Response_Suppress="All")
    jobs.mail_receipts(0)
    assert mail.outbox == []


@in_the_database
def test_a_sender_is_told_five_times_a_day_and_more_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "A_SENDER", 7)
    for number in range(7):
        take(f"Schatten, bitte. Nummer {number}")
    jobs.mail_receipts(0)
    assert (len(mail.outbox), Need.objects.count()) == (5, 7)
    with pytest.raises(Refusal) as refused:
        take()
    assert (refused.value.code, refused.value.status) == ("letter.too-many", 429)
    assert jobs.take(letter().as_bytes()) is Done.LATER
    take(From="karl@beispiel.de")
    monkeypatch.setattr(rules, "IN_ALL", 8)
    with pytest.raises(Refusal):
        take(From="lena@beispiel.de")
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert take() == "taken"


@in_the_database
def test_a_claimed_sender_gets_no_answer_until_the_link_was_opened(client: Client, alice: Who) -> None:
    take()
    need = Need.objects.get()
    actions.answer_need(alice, need.noun_id, "Ein Sonnensegel kommt im Mai.")
    jobs.mail_answers(0)
    assert mail.outbox == []
    client.get(f"/needs/{need.form}/?key=wrong")
    jobs.mail_answers(0)
    assert mail.outbox == []
    assert client.get(f"/needs/{need.form}/?key={reads.author_key(need)}").status_code == 200
    jobs.mail_answers(0)
    assert len(mail.outbox) == 1


@in_the_database
def test_whom_our_mail_server_knows_is_answered_at_once(settings: Any, alice: Who) -> None:
    from dataclasses import replace

    settings.SMILE = replace(settings.SMILE, letters_server="mx.stadt.example")
    take(Authentication_Results="mx.stadt.example; dkim=pass header.d=beispiel.de")
    actions.answer_need(alice, Need.objects.get().noun_id, "Ein Sonnensegel kommt im Mai.")
    jobs.mail_answers(0)
    assert len(mail.outbox) == 1


@in_the_database
def test_a_reply_to_our_letter_adds_to_the_need() -> None:
    take()
    need = Need.objects.get()
    jobs.mail_receipts(0)
    ours = mail.outbox[0].extra_headers["Message-ID"]
    assert take("Und Bänke dazu.", Subject="Re: Angekommen", In_Reply_To=ours) == "added"
    step = NeedStep.objects.get(need=need)
    assert "Und Bänke dazu." in step.sentence
    assert step.internal
    assert (Need.objects.count(), Letter.objects.filter(first=False).count()) == (1, 1)
    assert Letter.objects.filter(confirmed_at__isnull=False).count() == 1
    jobs.mail_receipts(0)
    assert len(mail.outbox) == 1


@in_the_database
def test_a_forged_reply_is_something_new() -> None:
    take()
    need = Need.objects.get()
    for ours in (
        f"<{need.form.hex}.{'0' * 32}@x>",
        f"<{need.form.hex}@x>",
        "<" + "g" * 32 + "." + "0" * 32 + "@x>",
    ):
        assert take("Lassen Sie das.", In_Reply_To=ours) == "taken"
    assert not NeedStep.objects.filter(need=need).exists()


@in_the_database
def test_pictures_come_along_without_what_cameras_write() -> None:
    made = letter()
    for data in (picture(), b"no picture", picture(50), picture(400)):
        made.add_attachment(data, maintype="image", subtype="jpeg", filename="a.jpg")
    assert letters.take_letter(NODE, made.as_bytes()) == "taken"
    photo = NeedPhoto.objects.get()  # of the first three one is broken and one is a logo
    assert b"secret" not in bytes(photo.full)
    assert Need.objects.get().spot is None


@in_the_database
def test_what_is_refused_leaves_nothing() -> None:
    with pytest.raises(Refusal) as refused:
        take("", Subject="")
    assert refused.value.code == "need.words-missing"
    assert not (Noun.objects.exists() or Letter.objects.exists() or LogEntry.objects.exists())
    with pytest.raises(Refusal):
        letters.take_letter(ANYONE, letter().as_bytes())


@in_the_database
def test_senders_are_forgotten_after_a_day_and_hold_no_address() -> None:
    take()
    kept = Letter.objects.get()
    assert "erika" not in f"{kept.sender}{kept.digest}"
    with clock.frozen(clock.now() + timedelta(days=2)):
        letters.forget_letters(NODE)
        assert Letter.objects.get().sender == ""
    Need.objects.update(contact="")
    with clock.frozen(clock.now() + timedelta(days=91)):
        letters.forget_letters(NODE)
    assert not Letter.objects.exists()


@in_the_database
def test_at_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()
    cli.add_commands(app, nullcontext)

    def piped(raw: bytes) -> Any:
        return CliRunner().invoke(app, ["citizens", "letter"], input=raw)

    done = piped(letter().as_bytes())
    assert (done.exit_code, done.output) == (os.EX_OK, "taken\n")
    assert piped(letter(Precedence="bulk").as_bytes()).exit_code == os.EX_OK
    refused = piped(b"From: a@b.de\n\n")
    assert refused.exit_code == os.EX_DATAERR
    monkeypatch.setattr(rules, "IN_ALL", 1)
    assert piped(letter().as_bytes()).exit_code == os.EX_TEMPFAIL
    assert Need.objects.count() == 1

    def broken(*_given: Any) -> str:
        raise OSError("the database is away")

    monkeypatch.setattr(letters, "take_letter", broken)
    assert piped(letter().as_bytes()).exit_code == os.EX_TEMPFAIL


@in_the_database
def test_our_letters_are_known_by_their_id() -> None:
    take()
    need = Need.objects.get()
    assert doors.letter_id(need).startswith(f"{need.form.hex}.")
