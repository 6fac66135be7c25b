# SPDX-License-Identifier: EUPL-1.2
"""What people say to each other about needs: for everybody who may read it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from smilecity.citizens import rights
from smilecity.citizens.models import Comment, Need
from smilecity.citizens.reads.needs import MOST_ID
from smilecity.citizens.reads.threads import whole
from smilecity.citizens.rules.talk import NEW_HOURS, Standing
from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.paging import page
from smilecity.core.who import Who

PAGE_SIZE = 50
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# What a row of a talk shows and what rights ask; the need itself, with its outline and its words, is known already.
_ROW = (
    "need__noun__area", "account", "organisation__title", "words", "language", "at", "changed_at", "official", "state",
    "rule", "reason", "appeal",
)  # fmt: skip
_SEEN = (Comment.SHOWN, Comment.HIDDEN, Comment.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of what was said, the cursor for the next one, how much of it everybody reads, and the thread's head."""

    items: list[Comment]
    after: str
    count: int
    head: int


def talk(who: Who, need: Need, after: str = "") -> Talk:
    """What was said in the need's whole thread, oldest first: the same from each of its needs.

    Hidden and withdrawn ones keep their line, without words for whom they are not meant; what waits is seen by its
    author and by moderators.
    """
    needs = whole(need.noun_id)
    thread = _public(needs)
    found = (
        thread.select_related("account", "organisation", "need__noun")
        .only(*_ROW)
        .filter(Q(state__in=_SEEN) | _mine(who) | moderated_by(who))
    )
    some = page(found, ("id",), after=after, size=PAGE_SIZE)
    count = thread.filter(state=Comment.SHOWN).count()
    return Talk([_fit(who, one) for one in some.items], some.after, count, needs[0])


def comment(who: Who, number: int) -> Comment | None:
    """One comment on a public need, as this person may read it; nothing if it is not for them."""
    found = _with_all(Comment.objects.filter(need__published_at__isnull=False)).filter(
        Q(state__in=_SEEN) | _mine(who) | moderated_by(who)
    )
    one = found.filter(id=number).first() if 0 < number <= MOST_ID else None
    return _fit(who, one) if one is not None else None


def public_need(who: Who, form: UUID) -> Need | None:
    """The published need at this address; `who` is asked for nothing."""
    return Need.objects.select_related("noun").filter(form=form, published_at__isnull=False).first()


def reads_words(who: Who, one: Comment) -> bool:
    """Whether the words of this comment are for this person."""
    mine = who.account is not None and one.account_id == who.account
    return one.state == Comment.SHOWN or mine or rights.may_moderate(who, one.need.noun.area_id)


def moderated_by(who: Who) -> Q:
    """The comments that `rights.may_moderate` lets this person moderate."""
    if who.holds_any(nouns.LOOK_AFTER_DRAFTS):
        return Q(need__isnull=False)
    areas = who.areas(nouns.LOOK_AFTER_DRAFTS)
    return Q(need__noun__area__in=areas) if areas else Q(pk__in=[])


def standing(account: int, words: str, *, official: bool) -> Standing:
    """What counts against floods, for the action that has asked and holds the account's talk."""
    now = clock.now()
    said = Comment.objects.filter(account=account)
    born = get_user_model().objects.values_list("created_at", flat=True).get(id=account)
    return Standing(
        new=born > now - timedelta(hours=NEW_HOURS),
        in_the_hour=said.filter(at__gt=now - HOUR).count(),
        said_before=said.filter(at__gt=now - DAY, words=words).exclude(state=Comment.WITHDRAWN).exists(),
        official=official,
    )


def _public(needs: list[int]) -> QuerySet[Comment]:
    """All comments on these needs; what is not public is nobody's to discuss."""
    return Comment.objects.filter(
        need__in=needs, need__published_at__isnull=False, need__noun__visibility=Noun.PUBLIC
    )


def _with_all(found: QuerySet[Comment]) -> QuerySet[Comment]:
    return found.select_related("account", "organisation", "need__noun")


def _mine(who: Who) -> Q:
    return Q(account=who.account) if who.account is not None else Q(pk__in=[])


def _fit(who: Who, one: Comment) -> Comment:
    """Without what is not for this person: words, and what its author and moderators say about it to each other."""
    if not reads_words(who, one):
        one.words = one.appeal = one.reason = ""
        one.account = None
    return one
