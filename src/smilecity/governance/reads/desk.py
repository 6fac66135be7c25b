# SPDX-License-Identifier: EUPL-1.2
"""What those who write projects choose from, and the projects they write."""

from django.db.models import QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.governance import rights
from smilecity.governance.models import Project
from smilecity.governance.reads.projects import visible, written_by

PAGE_SIZE = 30
MOST_CHOICES = 500


def written(who: Who, words: str = "", after: str = "") -> Page[Noun]:
    """The projects this person writes, in German dictionary order; `words` is part of the title."""
    if not rights.may_write_any(who):
        return Page([], "")
    found = visible(who).filter(written_by(who)).select_related("project", "keeper")
    if words.strip():
        found = found.filter(plain__contains=nouns.sort_key(words.strip()[:100]))
    return page(found.prefetch_related("project__milestones"), ("sort", "id"), after=after, size=PAGE_SIZE)


def editable(who: Who, slug: str) -> Project | None:
    """The project at `/projects/<slug>/` with its noun and milestones, if this person writes it."""
    found = (
        Project.objects.select_related("noun__area", "noun__keeper")
        .prefetch_related("milestones")
        .filter(noun__address=f"projects/{slug}")
        .first()
    )
    if found is None or not rights.may_write(who, found.noun.area_id, found.noun.keeper_id):
        return None
    return found


def keepers(who: Who) -> list[Noun]:
    """Organisations this person may make responsible: their own, and for those who plan all they see."""
    if rights.may_publish_any(who):
        return _first(Noun.objects.filter(nouns.sees(who), kind="organisation"))
    return _first(Noun.objects.filter(kind="organisation", id__in=who.organisations(nouns.KEEP)))


def areas_to_choose(who: Who) -> list[Noun]:
    """Areas to choose from; where somebody plans only in some, these."""
    found = Noun.objects.filter(kind="area")
    if rights.may_publish_any(who) and not rights.may_publish(who, None):
        found = found.filter(id__in=who.areas(rights.PLAN))
    return _first(found)


def places_to_choose(who: Who, chosen: list[int]) -> list[Noun]:
    """Places this person sees, those chosen already first."""
    seen = Noun.objects.filter(nouns.sees(who), kind="place")
    mine = _first(seen.filter(id__in=chosen))
    return [*mine, *_first(seen.exclude(id__in=chosen))]


def _first(found: QuerySet[Noun]) -> list[Noun]:
    return list(found.only("id", "title", "sort").order_by("sort", "id")[:MOST_CHOICES])
