# SPDX-License-Identifier: EUPL-1.2
"""Saying that something public breaks a rule of the house."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, rights
from smilecity.citizens.models import AbuseReport, Comment, Need
from smilecity.citizens.reads.needs import MOST_ID
from smilecity.citizens.rules import deciding, talk
from smilecity.core import log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who


def report_comment(who: Who, number: int, rule: str, words: str = "") -> AbuseReport:
    """Report a comment that everybody reads; the same person, or the same report, counts once.

    Where the city wants it (`SMILE_HIDE_AFTER_REPORTS`), so many people with an account let it wait until a moderator
    has looked; one that a moderator has looked at already waits no more. Lock: the comment's row.
    """
    rule, words = _checked(who, rule, words)
    with transaction.atomic():
        found = Comment.objects.select_for_update(of=("self",)).filter(
            id=number,
            state=Comment.SHOWN,
            need__published_at__isnull=False,
            need__noun__visibility=Noun.PUBLIC,
        )
        one = found.first() if 0 < number <= MOST_ID else None
        if one is None:
            raise talk.unknown()
        kept, fresh = _kept(who, one.need_id, one, rule, words)
        if fresh:
            one.reported += 1
            people = one.reports.filter(settled_at__isnull=True, account__isnull=False).count()
            if not one.decided_by and talk.hides_by_itself(people, settings.SMILE.hide_after_reports):
                one.state = Comment.WAITING
                log.append(NODE, facts.COMMENT_WAITS, noun=one.need_id, data={"comment": one.id})
            one.save(update_fields=["reported", "state"])
        return kept


def report_need(who: Who, need: int, rule: str, words: str = "") -> AbuseReport:
    """Report a published need; the same person, or the same report, counts once. Lock: the need's row."""
    rule, words = _checked(who, rule, words)
    with transaction.atomic():
        found = Need.objects.select_for_update(of=("self",)).filter(
            noun=need, published_at__isnull=False, noun__visibility=Noun.PUBLIC
        )
        if not 0 < need <= MOST_ID or found.first() is None:
            raise deciding.unknown()
        return _kept(who, need, None, rule, words)[0]


def _checked(who: Who, rule: str, words: str) -> tuple[str, str]:
    if not rights.may_report_abuse(who):
        raise Refusal("abuse.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    return talk.checked_rule(rule), talk.checked_hint(words)


def _kept(who: Who, need: int, comment: Comment | None, rule: str, words: str) -> tuple[AbuseReport, bool]:
    """The report and whether it is new; the log tells that there is one, and not by whom."""
    same = AbuseReport.objects.filter(
        need=need, comment=comment, settled_at__isnull=True, account=who.account
    )
    if who.account is None:
        same = same.filter(rule=rule, words=words)
    known = same.first()
    if known is not None:
        return known, False
    kept = AbuseReport.objects.create(
        need_id=need, comment=comment, account_id=who.account, rule=rule, words=words
    )
    log.append(
        NODE,
        facts.ABUSE_REPORTED,
        noun=need,
        data={"rule": rule, **({"comment": comment.id} if comment else {})},
    )
    return kept, True
