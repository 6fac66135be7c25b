# SPDX-License-Identifier: EUPL-1.2
"""Holding the rules of the house: every act has a sentence, stands in the log, and is counted."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from smilecity.citizens import facts, rights
from smilecity.citizens.actions.publishing import hide_need, publish_need
from smilecity.citizens.actions.talking import tell_once_a_day
from smilecity.citizens.actions.walking import locked
from smilecity.citizens.models import AbuseReport, Comment, Moderated, Need
from smilecity.citizens.reads import moderation as reads
from smilecity.citizens.reads.needs import MOST_ID, is_author
from smilecity.citizens.rules import checked_reason, deciding, talk
from smilecity.core import clock, log
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def hide_comment(who: Who, number: int, rule: str, sentence: str) -> Comment:
    """Hide a comment that waits or is shown, by a rule of the house; its author is told why.

    Lock: its row, so that of two moderators the second is told.
    """
    rule, sentence = talk.checked_rule(rule), talk.checked_sentence(sentence)
    with transaction.atomic():
        one = _taken(who, number, Comment.WAITING, Comment.SHOWN)
        one.state, one.rule, one.reason = Comment.HIDDEN, rule, sentence
        one.outcome, one.appeal, one.appealed_at = "", "", None
        _decide(who, one, "hidden", facts.COMMENT_HIDDEN, rule, sentence)
        return one


def let_through(who: Who, number: int) -> Comment:
    """Let everybody read a comment that waited. Lock: its row, then that of the head of its thread."""
    with transaction.atomic():
        one = _taken(who, number, Comment.WAITING)
        one.state = Comment.SHOWN
        _decide(who, one, "let-through", facts.COMMENT_SHOWN)
        tell_once_a_day(who, one)
        return one


def show_again(who: Who, number: int, sentence: str) -> Comment:
    """Take back that a comment was hidden; an objection to it is decided by `settle_appeal`. Lock: its row."""
    sentence = talk.checked_sentence(sentence)
    with transaction.atomic():
        one = _taken(who, number, Comment.HIDDEN)
        if one.outcome == Comment.OPEN:
            raise talk.decided()
        _show(who, one, sentence)
        return one


def settle_appeal(who: Who, number: int, uphold: bool, sentence: str) -> Comment:
    """Decide an objection: its author is right (`uphold`) and the comment is shown, or it stays hidden.

    Not by who hid it, as long as another moderator is there. Lock: its row.
    """
    sentence = talk.checked_sentence(sentence)
    with transaction.atomic():
        one = _taken(who, number, Comment.HIDDEN)
        if one.outcome != Comment.OPEN:
            raise talk.decided()
        others = reads.another_moderates(who, one.need.noun.area_id)
        if not talk.may_decide_appeal(who.label, one.decided_by, others=others):
            raise Refusal(
                "comment.your-own-decision",
                _("Diesen Beitrag haben Sie selbst verborgen."),
                cure=_("Über den Widerspruch entscheidet jemand anderes aus der Moderation."),
                status=403,
            )
        one.outcome = Comment.UPHELD if uphold else Comment.REFUSED
        if uphold:
            _show(who, one, sentence)
        else:
            one.reason = sentence
            _decide(who, one, "kept-hidden", facts.COMMENT_KEPT_HIDDEN, one.rule, sentence)
        return one


def settle_reports(who: Who, number: int) -> Comment:
    """Leave a reported comment as it is. Lock: its row."""
    with transaction.atomic():
        one = _taken(who, number, Comment.SHOWN)
        if not one.reported:
            raise talk.decided()
        _decide(who, one, "reports-settled", facts.ABUSE_SETTLED)
        return one


def settle_need(who: Who, number: int) -> Need:
    """Leave a reported need as it is. Lock: the need's row."""
    with transaction.atomic():
        need = _reported(who, number)
        _settle(who, need)
        _decided(who, need, "reports-settled")
        return need


def hide_reported(who: Who, number: int, rule: str, sentence: str) -> Need:
    """Take a reported need from the public, by a rule of the house; its author is told. Lock: the need's row."""
    rule, sentence = talk.checked_rule(rule), talk.checked_sentence(sentence)
    with transaction.atomic():
        need = _reported(who, number)
        _settle(who, need, rule)
        return hide_need(who, number, sentence, rule)


def object_to_hiding(who: Who, number: int, reason: str, key: str = "") -> Moderated:
    """Object, once, to one's own need being taken from the public: signed in, or by the `key` of its link.

    Somebody else than who took it decides. Lock: the need's row.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        need = locked(number)
        one = reads.hiding(who, need, key) if need is not None and is_author(who, need, key) else None
        if one is None:
            raise deciding.unknown()
        if one.outcome:
            raise Refusal(
                "need.objected-already",
                _("Dagegen haben Sie schon widersprochen, und das geht nur einmal."),
                cure=_("Wie es steht, sehen Sie bei Ihrem Anliegen."),
                status=409,
            )
        one.appeal, one.appealed_at, one.outcome = reason, clock.now(), Comment.OPEN
        one.save(update_fields=["appeal", "appealed_at", "outcome"])
        log.append(who, facts.NEED_OBJECTED, noun=number)
        return one


def settle_objection(who: Who, number: int, uphold: bool, sentence: str) -> Need:
    """Decide an objection: its author is right (`uphold`) and all read the need again as before, or it stays hidden.

    Not by who hid it, as long as another moderator is there. Lock: the need's row.
    """
    sentence = talk.checked_sentence(sentence)
    with transaction.atomic():
        need = _moderated(who, number)
        one = reads.hiding(who, need)
        if one is None or one.outcome != Comment.OPEN:
            raise talk.decided()
        others = reads.another_moderates(who, need.noun.area_id)
        if not talk.may_decide_appeal(who.label, one.by, others=others):
            raise Refusal(
                "need.your-own-decision",
                _("Dieses Anliegen haben Sie selbst aus der Öffentlichkeit genommen."),
                cure=_("Über den Widerspruch entscheidet jemand anderes aus der Moderation."),
                status=403,
            )
        one.outcome = Comment.UPHELD if uphold else Comment.REFUSED
        one.save(update_fields=["outcome"])
        act = "shown-again" if uphold else "kept-hidden"
        _decided(who, need, act, one.rule, sentence, owed=bool(need.contact))
        if uphold:
            title, words = (in_text(each, need.language) for each in (need.noun.title, need.noun.text))
            return publish_need(who, number, title, words)
        log.append(who, facts.NEED_KEPT_HIDDEN, noun=number, data={"author": need.account_id})
        return need


def _moderated(who: Who, number: int) -> Need:
    """A need with its row locked, for its moderators."""
    need = locked(number)
    if need is None or not rights.may_moderate(who, need.noun.area_id):
        raise deciding.unknown()
    return need


def _reported(who: Who, number: int) -> Need:
    """A public need that was reported with its row locked, for its moderators."""
    need = _moderated(who, number)
    if not need.published_at or not _open_reports(need).exists():
        raise talk.decided()
    return need


def _open_reports(need: Need) -> QuerySet[AbuseReport]:
    return AbuseReport.objects.filter(need=need, comment__isnull=True, settled_at__isnull=True)


def _decided(
    who: Who, need: Need, act: str, rule: str = "", sentence: str = "", *, owed: bool = False
) -> None:
    Moderated.objects.create(need=need, act=act, rule=rule, sentence=sentence, by=who.label, owed=owed)


def _settle(who: Who, need: Need, rule: str = "") -> None:
    """What was reported of it is looked at."""
    _open_reports(need).update(settled_at=clock.now(), account=None)
    log.append(who, facts.ABUSE_SETTLED, noun=need.noun_id, data={"rule": rule} if rule else {})


def _show(who: Who, one: Comment, sentence: str) -> None:
    one.state, one.rule, one.reason = Comment.SHOWN, "", ""
    _decide(who, one, "shown-again", facts.COMMENT_SHOWN, "", sentence)


def _decide(who: Who, one: Comment, act: str, verb: str, rule: str = "", sentence: str = "") -> None:
    """Keep the comment as it stands now, end what was reported of it, and say who decided."""
    one.decided_by, one.decided_at, one.reported = who.label, clock.now(), 0
    one.save()
    one.reports.filter(settled_at__isnull=True).update(settled_at=one.decided_at, account=None)
    Moderated.objects.create(
        need_id=one.need_id, comment=one, act=act, rule=rule, sentence=sentence, by=who.label
    )
    told = {"comment": one.id, "author": one.account_id, "rule": rule}
    log.append(who, verb, noun=one.need_id, data={name: value for name, value in told.items() if value})


def _taken(who: Who, number: int, *states: str) -> Comment:
    """The comment with its row locked, for its moderators; for others it is not there. Refuses other states."""
    found = Comment.objects.select_for_update(of=("self",)).select_related("need__noun").filter(id=number)
    one = found.first() if 0 < number <= MOST_ID else None
    if one is None or not rights.may_moderate(who, one.need.noun.area_id):
        raise talk.unknown()
    if one.state not in states:
        raise talk.decided()
    return one
