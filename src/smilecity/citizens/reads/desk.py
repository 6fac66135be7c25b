# SPDX-License-Identifier: EUPL-1.2
"""What waits for those who answer, and what they may point to."""

from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from smilecity.citizens import rights, rules
from smilecity.citizens.models import Need
from smilecity.citizens.reads.needs import MOST_ID, MOST_NEEDS, PAGE_SIZE
from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def waiting(
    who: Who,
    *,
    state: str = Need.NEW,
    kind: str = "",
    area: int | None = None,
    unpublished: bool = False,
    after: str = "",
) -> Page[Need]:
    """Needs that this person reads, each with its noun: owed ones the longest waiting first, others newest first."""
    found = Need.objects.filter(_read_by(who), state=state).select_related("noun__area", "noun__keeper")
    if kind:
        found = found.filter(kind=kind)
    if unpublished:
        found = found.filter(published_at__isnull=True)
    if area is not None:
        found = found.filter(noun__area__in=nouns.areas_below([area])[area])
    key = "noun_id" if state in Need.OWED else "back"
    return page(found, (key,), after=after, size=PAGE_SIZE)


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
    """Answers that wait to be mailed, for the node itself."""
    found = Need.objects.filter(mailed_at__isnull=True, answered_at__isnull=False).exclude(contact="")
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
