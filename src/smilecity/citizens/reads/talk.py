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
from smilecity.citizens.reads.threads import discussed
from smilecity.citizens.rules.talk import NEW_HOURS, Standing
from smilecity.core import clock, nouns
from smilecity.core.paging import page
from smilecity.core.who import Who

PAGE_SIZE = 50
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# What a row of a talk shows; the need itself, with its outline and its words, is known already.
_ROW = (
    "need", "account__pseudonym", "organisation__title", "words", "language", "at", "changed_at", "official", "state",
    "rule", "reason", "appeal",
)  # fmt: skip
_SEEN = (Comment.SHOWN, Comment.HIDDEN, Comment.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of what was said, the cursor for the next one, how much of it everybody reads, and whether the need was
    merged into another one.
    """

    items: list[Comment]
    after: str
    count: int
    merged: bool


def talk(who: Who, need: Need, after: str = "") -> Talk:
    """What was said in the need's whole thread, oldest first: the same from each of its needs.

    Hidden and withdrawn ones keep their line, without words for whom they are not meant; what waits is seen by its
    author and by moderators.
    """
    areas = discussed(need.noun_id)
    thread = Comment.objects.filter(need__in=areas)
    moderated = [one for one, area in areas.items() if rights.may_moderate(who, area)]
    found = (
        thread.select_related("account", "organisation")
        .only(*_ROW)
        .filter(Q(state__in=_SEEN) | _mine(who) | Q(need__in=moderated))
    )
    some = page(found, ("id",), after=after, size=PAGE_SIZE)
    count = thread.filter(state=Comment.SHOWN).count()
    rows = [_fit(who, one, areas[one.need_id]) for one in some.items]
    return Talk(rows, some.after, count, need.noun_id != next(iter(areas), need.noun_id))


def takes_part(who: Who, need: Need) -> bool:
    """Whether this person has said something in the need's thread: then some of it is their own."""
    if who.account is None:
        return False
    return Comment.objects.filter(account=who.account, need__in=discussed(need.noun_id)).exists()


def comment(who: Who, number: int) -> Comment | None:
    """One comment on a public need, as this person may read it; nothing if it is not for them."""
    found = _with_all(Comment.objects.filter(need__published_at__isnull=False)).filter(
        Q(state__in=_SEEN) | _mine(who) | moderated_by(who)
    )
    one = found.filter(id=number).first() if 0 < number <= MOST_ID else None
    return _fit(who, one, one.need.noun.area_id) if one is not None else None


def public_need(who: Who, form: UUID) -> Need | None:
    """The published need at this address; `who` is asked for nothing."""
    return Need.objects.select_related("noun").filter(form=form, published_at__isnull=False).first()


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


def _with_all(found: QuerySet[Comment]) -> QuerySet[Comment]:
    return found.select_related("account", "organisation", "need__noun")


def _mine(who: Who) -> Q:
    return Q(account=who.account) if who.account is not None else Q(pk__in=[])


def _fit(who: Who, one: Comment, area: int | None) -> Comment:
    """Without what is not for this person: words, and what its author and moderators say about it to each other."""
    mine = who.account is not None and one.account_id == who.account
    if not (one.state == Comment.SHOWN or mine or rights.may_moderate(who, area)):
        one.words = one.appeal = one.reason = ""
        one.account = None
    return one
