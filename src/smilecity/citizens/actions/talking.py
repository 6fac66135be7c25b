# SPDX-License-Identifier: EUPL-1.2
"""Saying something to a need, changing it soon after, taking it back, objecting when it was hidden."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from smilecity.citizens import facts, rights
from smilecity.citizens.actions.walking import tell_thread
from smilecity.citizens.models import AbuseReport, Comment, Need
from smilecity.citizens.reads import talk as reads
from smilecity.citizens.reads.needs import MOST_ID
from smilecity.citizens.reads.threads import members, merged_into
from smilecity.citizens.rules import talk
from smilecity.citizens.rules.deciding import unknown
from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

NO_ACCOUNT = 0
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('citizens.talk', %s))"


def comment(who: Who, form: UUID, need: int, words: str, language: str) -> Comment:
    """Say something to a published need. It is shown at once, or waits for a moderator (`SMILE_MODERATION`).

    Sending the same form again returns what was kept. The first one of a day in a thread is told to its people.
    Lock: what this account says, so that counts against floods are right; then the need's row.
    """
    account, said = _person(who), talk.checked_comment(words)
    with transaction.atomic():
        _hold(account)
        known = Comment.objects.filter(form=form).first()
        if known is not None:
            return _same(known, account, said)
        about = _published(need)
        noun = about.noun
        standing = reads.standing(
            account, said, official=rights.may_answer(who, noun.area_id, noun.keeper_id)
        )
        talk.checked_pace(said, standing)
        waits = talk.waits(settings.SMILE.moderation, standing)
        kept = Comment.objects.create(
            need=about,
            account_id=account,
            form=form,
            words=said,
            language=language,
            at=clock.now(),
            official=standing.official,
            organisation_id=rights.speaks_for(who, noun.area_id, noun.keeper_id),
            state=Comment.WAITING if waits else Comment.SHOWN,
        )
        log.append(who, facts.COMMENT_SAID, noun=need, data={"comment": kept.id, "state": kept.state})
        if not waits:
            tell_once_a_day(who, kept)
        return kept


def comment_by_app(who: Who, form: UUID, need: int, words: str, language: str) -> Comment:
    """Say something to a published need by an app: whoever wrote it has no account here and is not known, so it always
    waits for a moderator, whatever the city does with others.

    Sending the same form again returns what was kept. Lock: all that is said without an account, so that counts against
    floods are right; then the need's row.
    """
    if not rights.may_say_by_app(who):
        raise Refusal("comment.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    said = talk.checked_comment(words)
    with transaction.atomic():
        _hold(NO_ACCOUNT)
        known = Comment.objects.filter(form=form).first()
        if known is not None:
            return _same(known, None, said)
        about, nameless = _published(need), Comment.objects.filter(account=None)
        talk.checked_crowd(nameless.filter(state=Comment.WAITING).count())
        before = nameless.filter(need=about, words=said, at__gt=clock.now() - reads.DAY).exists()
        talk.checked_pace(said, talk.Standing(new=True, said_before=before))
        kept = Comment.objects.create(
            need=about, form=form, words=said, language=language, at=clock.now(), state=Comment.WAITING
        )
        log.append(who, facts.COMMENT_SAID, noun=need, data={"comment": kept.id, "state": kept.state})
        return kept


def change_comment(who: Who, number: int, words: str) -> Comment:
    """Change one's own words soon after; what would wait anew is looked at again. Lock: as `comment`, then its row."""
    account, said = _person(who), talk.checked_comment(words)
    with transaction.atomic():
        _hold(account)
        one = _own(number, account)
        if not talk.may_change(one.state, _minutes(one.at)):
            raise Refusal(
                "comment.too-late",
                _("Ändern lässt sich ein Beitrag eine Viertelstunde lang."),
                cure=_("Ziehen Sie ihn zurück und schreiben Sie ihn neu."),
                field="words",
                status=409,
            )
        standing = reads.standing(account, "", official=one.official)
        talk.checked_pace(said, talk.Standing(new=standing.new, official=one.official))
        if talk.waits(settings.SMILE.moderation, standing):
            one.state = Comment.WAITING
        one.words, one.changed_at = said, clock.now()
        one.save(update_fields=["words", "changed_at", "state"])
        log.append(who, facts.COMMENT_CHANGED, noun=one.need_id, data={"comment": one.id, "state": one.state})
        return one


def withdraw_comment(who: Who, number: int) -> Comment:
    """Take one's own comment back, whenever and however it stands: its words are gone, its line stays.

    An objection that is not decided ends with it. Lock: its row.
    """
    account = _person(who)
    with transaction.atomic():
        one = _own(number, account)
        if one.state == Comment.WITHDRAWN:
            return one
        one.state, one.words, one.appeal, one.reported = Comment.WITHDRAWN, "", "", 0
        one.outcome = "" if one.outcome == Comment.OPEN else one.outcome
        one.save(update_fields=["state", "words", "appeal", "outcome", "reported"])
        one.reports.filter(settled_at__isnull=True).update(settled_at=clock.now(), account=None)
        log.append(who, facts.COMMENT_WITHDRAWN, noun=one.need_id, data={"comment": one.id})
        return one


def appeal_comment(who: Who, number: int, words: str) -> Comment:
    """Object, once, to the hiding of one's own comment; somebody else than who hid it decides. Lock: its row."""
    account, said = _person(who), talk.checked_appeal(words)
    with transaction.atomic():
        one = _own(number, account)
        if not talk.may_appeal(one.state, one.outcome):
            raise Refusal(
                "comment.no-appeal",
                _("Widersprechen lässt sich einmal, solange der Beitrag verborgen ist."),
                cure=_("Wie es steht, sehen Sie bei Ihrem Beitrag."),
                status=409,
            )
        one.appeal, one.appealed_at, one.outcome = said, clock.now(), Comment.OPEN
        one.save(update_fields=["appeal", "appealed_at", "outcome"])
        log.append(who, facts.COMMENT_APPEALED, noun=one.need_id, data={"comment": one.id})
        return one


def forget_talk(account: int) -> int:
    """What this account said stays without it, what nobody else reads is withdrawn. In the caller's transaction.

    Lock: the rows, in order of id.
    """
    mine = Comment.objects.filter(account=account)
    numbers = list(mine.select_for_update(of=("self",)).order_by("id").values_list("id", flat=True))
    mine.filter(state__in=(Comment.WAITING, Comment.HIDDEN)).update(
        state=Comment.WITHDRAWN, words="", appeal="", outcome="", reported=0
    )
    Comment.objects.filter(id__in=numbers).update(account=None)
    AbuseReport.objects.filter(account=account).update(account=None)
    return len(numbers)


def tell_once_a_day(who: Who, one: Comment) -> None:
    """Tell the thread's people of the first comment of a day that everybody reads, in the caller's transaction.

    Lock: the row of the thread's head, so that of two first ones only one tells.
    """
    head = merged_into(one.need_id)[-1]
    top = Need.objects.select_for_update(of=("self",)).get(noun=head)
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    told = Comment.objects.filter(need__in=members(head), state=Comment.SHOWN, at__gte=midnight)
    if not told.exclude(id=one.id).exists():
        tell_thread(who, facts.NEED_DISCUSSED, top)


def _hold(account: int) -> None:
    """What this account says comes one after the other, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [account])


def _published(need: int) -> Need:
    found = Need.objects.select_related("noun").filter(
        noun__visibility=Noun.PUBLIC, published_at__isnull=False
    )
    one = found.filter(noun=need).first() if 0 < need <= MOST_ID else None
    if one is None:
        raise unknown()
    return one


def _own(number: int, account: int) -> Comment:
    """The comment with its row locked, for its author; for others it is not there."""
    found = Comment.objects.select_for_update(of=("self",)).filter(id=number, account=account)
    one = found.first() if 0 < number <= MOST_ID else None
    if one is None:
        raise talk.unknown()
    return one


def _same(known: Comment, account: int | None, said: str) -> Comment:
    if (known.account_id, known.words) != (account, said):
        raise Refusal(
            "comment.form-used",
            _("Über dieses Formular ist schon etwas bei uns angekommen."),
            cure=_("Schicken Sie es noch einmal ab, dann kommt auch dieses an."),
            status=409,
        )
    return known


def _minutes(since: datetime) -> float:
    return (clock.now() - since).total_seconds() / 60


def _person(who: Who) -> int:
    if not rights.may_comment(who) or who.account is None:
        raise Refusal(
            "comment.sign-in",
            _("Zum Mitreden brauchen Sie ein Konto."),
            cure=_("Melden Sie sich an. Andere sehen nur den Namen, den Sie sich gegeben haben."),
            status=403,
        )
    return who.account
