# SPDX-License-Identifier: EUPL-1.2
"""What waits for those who answer, and what they may point to."""

from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import BigIntegerField, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from smilecity.citizens import rights, rules
from smilecity.citizens.models import Need
from smilecity.citizens.reads.deputies import stood_in_for
from smilecity.citizens.reads.needs import MOST_ID, MOST_NEEDS, PAGE_SIZE
from smilecity.citizens.rules import OPEN, Sought
from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

# Seconds of the day by which it is due, far away where none is promised: what pages count on is a whole number.
_NO_DAY = 1 << 53
_DUE = Coalesce(
    Func(
        "due_at",
        template="floor(extract(epoch FROM %(expressions)s))::bigint",
        output_field=BigIntegerField(),
    ),
    Value(_NO_DAY, output_field=BigIntegerField()),
)


def waiting(who: Who, sought: Sought | None = None, after: str = "") -> Page[Need]:
    """Needs that this person reads, each with its noun: what is owed by when it is due, then the longest waiting first;
    what is not owed any more the newest first.
    """
    sought = sought or Sought()
    found = found_at_desk(who, sought).select_related("noun__area", "noun__keeper", "category", "worker")
    if sought.state in (*Need.OWED, OPEN):
        return page(found.annotate(due=_DUE), ("due", "noun_id"), after=after, size=PAGE_SIZE)
    return page(found, ("back",), after=after, size=PAGE_SIZE)


def on_map(who: Who, sought: Sought, limit: int) -> list[Need]:
    """The same with a position, those due first, each with its noun: as many as a map can show."""
    found = found_at_desk(who, sought).filter(Q(spot__isnull=False) | Q(noun__geo__isnull=False))
    return list(found.select_related("noun").annotate(due=_DUE).order_by("due", "noun_id")[:limit])


def following(who: Who, sought: Sought, need: Need) -> Need | None:
    """The next one in the list of what is owed, after the last the first again; nothing if this is the only one."""
    found = found_at_desk(who, sought).exclude(noun=need.noun_id).select_related("noun").annotate(due=_DUE)
    found = found.order_by("due", "noun_id")
    due = int(need.due_at.timestamp()) if need.due_at else _NO_DAY
    return found.filter(Q(due__gt=due) | Q(due=due, noun_id__gt=need.noun_id)).first() or found.first()


def found_at_desk(who: Who, sought: Sought) -> QuerySet[Need]:
    """What this person reads and looks for."""
    states = (*Need.OWED, Need.ANSWERED) if sought.state == OPEN else (sought.state,)
    found = Need.objects.filter(_read_by(who), state__in=states)
    if sought.kind:
        found = found.filter(kind=sought.kind)
    if sought.unpublished:
        found = found.filter(published_at__isnull=True)
    if sought.area is not None:
        found = found.filter(noun__area__in=nouns.areas_below([sought.area])[sought.area])
    if sought.category:
        found = found.filter(Q(category__code=sought.category) | Q(category__parent__code=sought.category))
    if sought.door:
        found = found.filter(door=sought.door)
    if sought.overdue:
        found = found.filter(due_at__lt=clock.now()).exclude(state=Need.CLOSED)
    return _looked_after(who, sought.worker, found)


def _looked_after(who: Who, worker: str, found: QuerySet[Need]) -> QuerySet[Need]:
    if worker == "nobody":
        return found.filter(worker__isnull=True)
    if worker == "me":
        return found.filter(worker__in=[*stood_in_for(who), who.account or 0])
    if worker == "others":
        return found.filter(worker__in=stood_in_for(who))
    return found


def count_waiting(who: Who) -> int:
    """How many needs nobody has looked at yet, new ones and objections; at most 100 are counted."""
    found = Need.objects.filter(_read_by(who), state__in=(Need.NEW, Need.REOPENED))
    return len(found.values("noun")[:100])


def areas_read(who: Who) -> list[Noun]:
    """The areas whose needs this person reads, for a filter; all, if it is the whole node."""
    areas = Noun.objects.filter(kind="area").order_by("sort", "id").only("title", "address")
    if not who.holds_any(nouns.LOOK_AFTER_DRAFTS):
        areas = areas.filter(id__in=who.areas(nouns.LOOK_AFTER_DRAFTS))
    return list(areas[:MOST_NEEDS])


def unmailed(who: Who) -> QuerySet[Need]:
    """Answers that wait to be mailed, for the node itself. None goes to whom a letter only claims to be from."""
    found = Need.objects.filter(mailed_at__isnull=True, answered_at__isnull=False).exclude(contact="")
    found = found.exclude(letters__first=True, letters__confirmed_at__isnull=True)
    return found if rights.may_mail(who) else found.none()


def receipts_due(who: Who) -> QuerySet[Need]:
    """What came from people who left an address and were not told yet, for the node itself."""
    found = Need.objects.filter(receipt=Need.RECEIPT_OWED).exclude(contact="")
    return found if rights.may_mail(who) else found.none()


def words_of(who: Who, ids: Collection[int]) -> dict[int, str]:
    """The words of those of these needs that this person reads, by id: for a room that speaks of needs, too."""
    return dict(Need.objects.filter(_read_by(who), noun__in=ids).values_list("noun", "words"))


def noun_at(who: Who, typed: str) -> Noun | None:
    """What is at an address that somebody copied from their browser; nothing if they may not see it."""
    path = urlsplit(typed.strip()).path.strip("/") if typed.isprintable() else ""
    for code, _name in settings.LANGUAGES:
        path = path.removeprefix(f"{code}/")
    found = Noun.objects.filter(address=path).first() if path else None
    return found if found is not None and nouns.may_see(who, found) else None


def target(who: Who, decision: str, noun_id: int) -> Noun:
    """What a decision points to. Refuses what is not there for this person, and what such a decision cannot point to."""
    found = Noun.objects.filter(id=noun_id).first() if 0 < noun_id <= MOST_ID else None
    if found is None or found.kind not in rules.TARGETS[decision] or not nouns.may_see(who, found):
        raise Refusal(
            "need.unknown-target",
            _("Eine solche Seite gibt es hier nicht."),
            cure=_(
                "Annehmen lässt sich ein Anliegen durch ein Projekt, einen Ort oder ein Angebot, zusammenführen mit"
                " einem Anliegen, weitergeben an eine Organisation."
            ),
            field="target",
            status=422,
        )
    return found


def _read_by(who: Who) -> Q:
    """The needs that `rights.may_read` lets this person read."""
    if who.holds_any(nouns.LOOK_AFTER_DRAFTS):
        return Q()
    return Q(noun__area__in=who.areas(nouns.LOOK_AFTER_DRAFTS)) | Q(
        noun__keeper__in=who.organisations(nouns.KEEP)
    )
