# SPDX-License-Identifier: EUPL-1.2
"""What waits for moderators: the queue, and what belongs to a decision."""

from django.db.models import Count, Min, Q, QuerySet

from smilecity.citizens import rights
from smilecity.citizens.models import AbuseReport, Comment, Moderated, Need
from smilecity.citizens.reads.talk import moderated_by
from smilecity.core import nouns
from smilecity.core.paging import Page, page
from smilecity.core.who import NODE, Who
from smilecity.people.reads import holding

PAGE_SIZE = 30
MOST_COUNTED = 100
# What the queue can be narrowed to.
WAITING: dict[str, Q] = {
    "waiting": Q(state=Comment.WAITING),
    "appeals": Q(outcome=Comment.OPEN),
    "reported": Q(reported__gt=0),
}
_ANY = WAITING["waiting"] | WAITING["appeals"] | WAITING["reported"]


def queue(who: Who, what: str = "", after: str = "") -> Page[Comment]:
    """The comments that wait for this moderator, the oldest first; `what` is one of `WAITING`, or all."""
    found = _waiting(who).filter(WAITING.get(what, _ANY))
    return page(
        found.select_related("account", "organisation", "need__noun__area"),
        ("id",),
        after=after,
        size=PAGE_SIZE,
    )


def count_queue(who: Who) -> int:
    """How many comments and needs wait for this moderator; at most 100 of each are counted."""
    return len(_waiting(who).values("id")[:MOST_COUNTED]) + len(reported_needs(who))


def reported_needs(who: Who) -> list[Need]:
    """The public needs that were reported to this moderator, the longest waiting first, each with `reports`."""
    found = (
        AbuseReport.objects.filter(moderated_by(who), settled_at__isnull=True, comment__isnull=True)
        .values("need")
        .annotate(first=Min("id"), count=Count("id"))
        .order_by("first")[:MOST_COUNTED]
    )
    counts = {one["need"]: one["count"] for one in found}
    needs = Need.objects.select_related("noun__area").in_bulk(counts)
    kept = [needs[number] for number in counts if number in needs]
    for one in kept:
        one.reports = counts[one.noun_id]  # type: ignore[attr-defined]
    return kept


def reports(who: Who, need: Need, comment: Comment | None = None) -> list[AbuseReport]:
    """What was reported of this need or comment and nobody has looked at yet; for its moderators."""
    if not rights.may_moderate(who, need.noun.area_id):
        return []
    found = AbuseReport.objects.filter(need=need, comment=comment, settled_at__isnull=True)
    return list(found.order_by("id")[:MOST_COUNTED])


def acts(who: Who, comment: Comment) -> list[Moderated]:
    """What moderators did with this comment, oldest first; for them and for its author."""
    mine = who.account is not None and comment.account_id == who.account
    if not mine and not rights.may_moderate(who, comment.need.noun.area_id):
        return []
    return list(Moderated.objects.filter(comment=comment).order_by("id"))


def moderated_need(who: Who, number: int) -> Need | None:
    """A public need in the area of this moderator."""
    need = Need.objects.select_related("noun__area").filter(noun=number, published_at__isnull=False).first()
    return need if need is not None and rights.may_moderate(who, need.noun.area_id) else None


def another_moderates(who: Who, area: int | None) -> bool:
    """Whether somebody besides this moderator may decide here, so that nobody judges twice."""
    found = holding(NODE, nouns.LOOK_AFTER_DRAFTS)
    return rights.may_moderate(who, area) and any(
        number != who.account and rights.may_moderate(one, area) for number, one in found.items()
    )


def _waiting(who: Who) -> QuerySet[Comment]:
    return Comment.objects.filter(_ANY, moderated_by(who), need__published_at__isnull=False)
