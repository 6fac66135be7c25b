# SPDX-License-Identifier: EUPL-1.2
"""Projects that answer a wish, and one with all that belongs to it."""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from smilecity.core import clock, links, nouns, search
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.promises import Promise
from smilecity.core.who import ANYONE, Who
from smilecity.governance import rights
from smilecity.governance.models import Milestone, Project, ProjectStep
from smilecity.governance.rules import course
from smilecity.governance.rules.finding import Wish
from smilecity.space import reads as space

PAGE_SIZE = 20
MOST_EXPORTED = 20_000
MOST_STEPS = 200


def today() -> date:
    """The day in the city."""
    return clock.now().astimezone(settings.SMILE.zone).date()


def project(who: Who, slug: str) -> Project | None:
    """The project at `/projects/<slug>/` with its noun and milestones, if it is there for `who`."""
    noun = visible(who).filter(address=f"projects/{slug}").select_related("area", "keeper").first()
    if noun is None:
        return None
    found = Project.objects.prefetch_related("milestones").get(noun=noun)
    found.noun = noun
    return found


def mark(noun: Noun) -> str:
    """Another one after any change of the project."""
    return noun.changed_at.isoformat()


def sought(who: Who, wish: Wish, *, after: str = "", size: int = PAGE_SIZE) -> Page[Noun]:
    """A page of what answers the wish: what fits the words best first, else by title."""
    return page(
        _found(who, wish), ("rank", "sort", "id") if wish.q else ("sort", "id"), after=after, size=size
    )


def newest(who: Who, wish: Wish, limit: int) -> list[Noun]:
    """What answers the wish, the last changed first."""
    return list(_found(who, wish).order_by("-changed_at", "-id")[:limit])


def with_position(who: Who, wish: Wish, limit: int) -> list[Noun]:
    """What answers the wish and is somewhere, at most `limit`, for a map."""
    return list(_found(who, wish).filter(geo__isnull=False).order_by("sort", "id")[:limit])


def all_public(limit: int = MOST_EXPORTED) -> list[Noun]:
    """Every public project in order of title, for open data."""
    return list(_found(ANYONE, Wish()).order_by("sort", "id")[:limit])


def places_of(who: Who, noun: Noun) -> list[Noun]:
    """The places where the project is, as far as `who` sees them."""
    return [one for one in links.linked_from(noun.id, "located_at") if nouns.may_see(who, one)]


def steps(who: Who, noun: Noun) -> list[ProjectStep]:
    """What was said of the project, newest first, for whoever sees it."""
    if not visible(who).filter(id=noun.id).exists():
        return []
    return list(ProjectStep.objects.filter(project=noun.id).order_by("-at", "-id")[:MOST_STEPS])


def promised(who: Who, ids: Collection[int]) -> dict[int, Promise]:
    """What these projects promise, as far as `who` sees them; what is no project is not among them."""
    found = visible(who).filter(id__in=ids).select_related("project").prefetch_related("project__milestones")
    done = dict(
        ProjectStep.objects.filter(project__in=ids, state=Project.DONE)
        .values_list("project")
        .annotate(at=Max("at"))
    )
    return {noun.id: _promise(noun.project, done.get(noun.id)) for noun in found}


def _promise(found: Project, done_at: datetime | None) -> Promise:
    percent = course.progress(course_of(found).milestones)
    done_on = done_at.astimezone(settings.SMILE.zone).date() if done_at else None
    return Promise(
        until=found.ends_on,
        state=found.state,
        progress=None if percent is None else percent / 100,
        done_on=done_on if found.state == Project.DONE else None,
    )


def districts(who: Who) -> list[tuple[str, nouns.Texts]]:
    """The districts of today to choose from: key and title."""
    return [(area.key, area.noun.title) for area in space.areas_of_level(who, "district")]


def course_of(found: Project) -> course.Course:
    """The project's way, as the rules know it; asks for its milestones if they did not come with it."""
    return course.Course(
        state=found.state,
        milestones=tuple(as_rule(one) for one in found.milestones.all()),
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        explained_on=found.explained_on,
    )


def as_rule(one: Milestone) -> course.Milestone:
    """The milestone as the rules know it."""
    return course.Milestone(one.title, one.due, one.done_on, bool(one.dropped), one.weight)


def visible(who: Who) -> QuerySet[Noun]:
    """The nouns of the projects this person sees: by the rule for all nouns, and those they write."""
    written = written_by(who)
    seen = nouns.sees(who) | written if written else written  # an empty condition is all there are
    found = Noun.objects.filter(seen, kind="project", project__isnull=False)
    return found.defer("search", "plain", "words", "cell", "box")


def written_by(who: Who) -> Q:
    """The nouns that `rights.may_write` lets this person write."""
    if who.label == "node" or who.holds_any(("operator", *rights.PLAN)):
        return Q()
    return Q(area__in=who.areas(rights.PLAN)) | Q(keeper__in=who.organisations(nouns.KEEP))


def _found(who: Who, wish: Wish) -> QuerySet[Noun]:
    rows = visible(who).select_related("project", "keeper", "area").prefetch_related("project__milestones")
    if wish.state:
        rows = rows.filter(project__state=wish.state)
    if wish.area:
        area = space.area_by_key(who, wish.area)
        rows = rows.filter(area__in=nouns.areas_below([area.noun_id])[area.noun_id]) if area else rows.none()
    return search.matching(rows, wish.q) if wish.q else rows
