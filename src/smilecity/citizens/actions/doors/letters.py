# SPDX-License-Identifier: EUPL-1.2
"""A letter that came by e-mail becomes a need, or adds to the one that it answers; its sender is told once.

Nothing of a letter is kept but what it says. Those that machines wrote are left alone; when too many come, they wait
where they are: in the mailbox, or with the mail server that pipes them here.
"""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.actions.saying import say_need
from smilecity.citizens.models import Letter, Need, NeedStep
from smilecity.citizens.reads import doors
from smilecity.citizens.rules import Coming, letters
from smilecity.citizens.rules.letters import Written
from smilecity.citizens.rules.tables import kind_of
from smilecity.core import clock, log
from smilecity.core.pictures import Picture, remade
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

TAKEN, ADDED, KNOWN, IGNORED = "taken", "added", "known", "ignored"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT = timedelta(days=90)  # that a letter came, so that it is not taken in twice
MOST_ADDED = letters.MOST_REST
# One letter at a time, so that no two are counted as one.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('citizens.letters'))"

told = structlog.get_logger("citizens")


def take_letter(who: Who, raw: bytes) -> str:
    """Take in a letter as it came, once: TAKEN, ADDED to a need, KNOWN from before, or IGNORED for a machine wrote it.

    Lock: one letter at a time. Refuses what cannot be read or said, and `letter.too-many` (429), which means: later.
    """
    _let_in(who)
    written = letters.read_letter(raw, _own(), settings.SMILE.letters_server)
    if written.automatic:
        told.info("letter of a machine left alone", letter=written.digest[:12])
        return IGNORED
    pictures = _pictures(written)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ONE_AT_A_TIME)
        if Letter.objects.filter(digest=written.digest).exists():
            return KNOWN
        sender = _digest_of(written.sender)
        _not_too_many(sender)
        letter = Letter(digest=written.digest, sender=sender, at=clock.now())
        answered = _answered(written)
        if answered is not None:
            _add(who, answered, written)
            letter.need, letter.first = answered, False
        else:
            letter.need = _begin(who, written, pictures)
            letter.receipt = Letter.NONE if written.quiet or _told_enough(sender) else Letter.OWED
        # Whoever answers a letter of ours has got it.
        letter.confirmed_at = clock.now() if written.shown or answered is not None else None
        letter.save(force_insert=True)
        return ADDED if answered is not None else TAKEN


def send_receipt(who: Who, number: int, send: Callable[[Need], None]) -> bool:
    """Tell the sender of a letter that it came, once; whether it was told now.

    Lock: the letter's row, held while it is sent; whoever comes second passes it by. If `send` raises, it waits.
    """
    _let_in(who)
    with transaction.atomic():
        owed = doors.receipts_owed(who).filter(pk=number).exclude(need__contact="")
        letter = owed.select_for_update(skip_locked=True, of=("self",)).select_related("need__noun").first()
        if letter is None or letter.need is None:
            return False
        send(letter.need)
        letter.receipt = Letter.SENT
        letter.save(update_fields=["receipt"])
        return True


def confirm_letters(who: Who, need: Need, key: str) -> int:
    """Its author opened the link that went to their address: it is theirs, and answers may go there.

    Lock: the rows. For others the need is not there.
    """
    if not reads.is_author(who, need, key):
        raise rules.unknown()
    return Letter.objects.filter(need=need, confirmed_at__isnull=True).update(confirmed_at=clock.now())


def forget_letters(who: Who) -> int:
    """Forget senders after a day, and that a letter came after ninety; how many of these. Lock: the rows."""
    if not rights.may_forget(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    now = clock.now()
    with transaction.atomic():
        Letter.objects.filter(at__lt=now - DAY).exclude(sender="").update(sender="")
        # While an address is not shown to be its sender's, the letter stays to say so.
        old = Letter.objects.filter(at__lt=now - KEPT, need__contact="")
        return old.delete()[0]


def _let_in(who: Who) -> None:
    if not rights.may_mail(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)


def _own() -> frozenset[str]:
    """Our own addresses: a letter from one of them would go round in circles."""
    known = (parseaddr(settings.DEFAULT_FROM_EMAIL)[1], settings.SMILE.letters_address)
    return frozenset(one.casefold() for one in known if one)


def _digest_of(sender: str) -> str:
    """Another one every day, so that nobody is followed."""
    day = clock.now().date().isoformat()
    return salted_hmac("citizens.sender", f"{day} {sender.casefold()}", algorithm="sha256").hexdigest()


def _not_too_many(sender: str) -> None:
    lately = Letter.objects.filter(at__gt=clock.now() - HOUR)
    if lately.filter(sender=sender).count() >= letters.A_SENDER or lately.count() >= letters.IN_ALL:
        raise Refusal("letter.too-many", _("Gerade kommen zu viele Nachrichten. Diese wartet."), status=429)


def _told_enough(sender: str) -> bool:
    today = Letter.objects.filter(sender=sender, at__gt=clock.now() - DAY).exclude(receipt=Letter.NONE)
    return today.count() >= letters.ANSWERS


def _answered(written: Written) -> Need | None:
    """The need whose letter this one answers, if it shows that it got that letter."""
    for one in written.answers:
        form, _dot, mark = one.partition("@")[0].partition(".")
        if len(form) != 32 or len(mark) != 32:
            continue
        try:
            number = UUID(hex=form)
        except ValueError:
            continue
        if doors.letter_mark(number) == mark:
            return Need.objects.select_for_update(of=("self",)).filter(form=number).first()
    return None


def _begin(who: Who, written: Written, pictures: tuple[Picture, ...]) -> Need:
    """Something new. Its form is made of the letter, so that it stays one even after the letter is forgotten."""
    drawn = salted_hmac("citizens.letter-form", written.digest, algorithm="sha256").digest()
    need = say_need(
        who,
        UUID(bytes=drawn[:16], version=5),
        kind=_kind(written.words),
        words=written.words,
        language=written.language,
        contact=written.sender,
        coming=Coming(door="email", pictures=pictures),
    )
    if written.rest:
        _note(who, need, written.rest)
    return need


def _kind(words: str) -> str:
    """What a letter says of itself in its first word, such as `Frage: ...`; else a wish."""
    first = words.split(maxsplit=1)[0].rstrip(":!-").casefold() if words.strip() else ""
    kind = kind_of(first) if len(first) > 1 else ""
    return kind if kind in rules.KINDS else "wish"


def _add(who: Who, need: Need, written: Written) -> None:
    said = rules.checked_words(written.words)
    _note(who, need, f"{said}\n{written.rest}".strip())


def _note(who: Who, need: Need, text: str) -> None:
    """What its author writes besides: for those who work on it, like a note."""
    NeedStep.objects.create(
        need=need, by="author", state=need.state, sentence=text[:MOST_ADDED], internal=True
    )
    log.append(who, facts.NEED_ADDED_TO, noun=need.noun_id)


def _pictures(written: Written) -> tuple[Picture, ...]:
    """Those that can be read; a logo or a broken one does not keep the words out."""
    kept = []
    for one in written.pictures:
        try:
            kept.append(remade(one))
        except Refusal as refusal:
            told.info("picture of a letter left out", letter=written.digest[:12], code=refusal.code)
    return tuple(kept)
