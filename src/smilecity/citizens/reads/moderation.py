# SPDX-License-Identifier: EUPL-1.2
"""What waits for moderators: the queue, and what belongs to a decision."""

from django.db.models import Count, Exists, Min, Q, QuerySet

from smilecity.citizens import rights
from smilecity.citizens.models import AbuseReport, Comment, Moderated, Need
from smilecity.citizens.reads.needs import is_author
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
    comments = len(_waiting(who).values("id")[:MOST_COUNTED])
    return comments + len(reported_needs(who)) + len(objections(who))


def reported_needs(who: Who) -> list[Need]:
    """The public needs that were reported to this moderator, the longest waiting first, each with how many
    `reports` there are and when they began (`first_reported`).
    """
    found = (
        AbuseReport.objects.filter(moderated_by(who), settled_at__isnull=True, comment__isnull=True)
        .values("need")
        .annotate(first=Min("id"), since=Min("at"), count=Count("id"))
        .order_by("first")[:MOST_COUNTED]
    )
    reported = {one["need"]: one for one in found}
    needs = Need.objects.select_related("noun__area").in_bulk(reported)
    kept = [needs[number] for number in reported if number in needs]
    for one in kept:
        one.reports = reported[one.noun_id]["count"]  # type: ignore[attr-defined]
        one.first_reported = reported[one.noun_id]["since"]  # type: ignore[attr-defined]
    return kept


def objections(who: Who) -> list[Moderated]:
    """The acts that hid a need and that its author objects to, for this moderator, the longest waiting first."""
    found = Moderated.objects.filter(moderated_by(who), outcome=Comment.OPEN)
    return list(found.select_related("need__noun__area").order_by("appealed_at", "id")[:MOST_COUNTED])


def hiding(who: Who, need: Need, key: str = "") -> Moderated | None:
    """The act by which this need is not public any more, for its author and its moderators; nothing while it is."""
    mine = is_author(who, need, key)
    if need.published_at is not None or not (mine or rights.may_moderate(who, need.noun.area_id)):
        return None
    acts = (Moderated.HIDDEN, Moderated.TAKEN_BACK)
    return Moderated.objects.filter(need=need, comment=None, act__in=acts).order_by("-id").first()


def acts_owed(who: Who) -> QuerySet[Moderated]:
    """Acts that wait to be told by mail to the authors of needs, for the node itself; as with answers (`unmailed`), none
    goes to whom a letter only claims to be from.
    """
    found = Moderated.objects.filter(owed=True).exclude(need__contact="")
    found = found.exclude(need__letters__first=True, need__letters__confirmed_at__isnull=True)
    return found.select_related("need__noun") if rights.may_mail(who) else found.none()


def answer_to(who: Who, act: Moderated) -> str:
    """What was said to the objection to this act, for whom the act is shown to; `who` is asked for nothing."""
    later = Moderated.objects.filter(need=act.need_id, comment=None, act="kept-hidden", id__gt=act.id)
    return later.order_by("-id").values_list("sentence", flat=True).first() or ""


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
    """A need in the area of this moderator that is public, or was and whose author objects."""
    objected = Moderated.objects.filter(need=number, outcome=Comment.OPEN)
    found = Need.objects.select_related("noun__area").filter(noun=number)
    need = found.filter(Q(published_at__isnull=False) | Exists(objected)).first()
    return need if need is not None and rights.may_moderate(who, need.noun.area_id) else None


def another_moderates(who: Who, area: int | None) -> bool:
    """Whether somebody besides this moderator may decide here, so that nobody judges twice."""
    found = holding(NODE, nouns.LOOK_AFTER_DRAFTS)
    return rights.may_moderate(who, area) and any(
        number != who.account and rights.may_moderate(one, area) for number, one in found.items()
    )


def _waiting(who: Who) -> QuerySet[Comment]:
    return Comment.objects.filter(_ANY, moderated_by(who), need__published_at__isnull=False)
