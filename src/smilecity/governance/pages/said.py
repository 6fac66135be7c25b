# SPDX-License-Identifier: EUPL-1.2
"""A project in words: how it stands, how far it is, whether it is late, what comes next, what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core import moments
from smilecity.core.models import Noun
from smilecity.core.nouns import Texts, in_text
from smilecity.governance import reads
from smilecity.governance.models import Milestone, Project
from smilecity.governance.rules import course
from smilecity.governance.rules.course import Course

BADGES = {course.PLANNED: "info", course.RUNNING: "info", course.DONE: "success", course.STOPPED: "warning"}
LONGEST_SHORT = 200


@dataclass(frozen=True, slots=True)
class Card:
    """A project in a list."""

    id: int
    title: str
    url: str
    slug: str
    short: str
    where: str
    state: str
    badge: str
    progress: int | None
    far: str
    late: str
    explained: bool
    public: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A milestone as it stands."""

    id: int
    title: str
    badge: str
    state: str
    when: str
    why: str
    open: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Money:
    """What a project costs; `share` is how much of the budget is spent, in percent, if both are known."""

    sentence: str
    where_from: str
    share: int | None


def cards(nouns: Sequence[Noun]) -> list[Card]:
    """The projects in short, in the same order; their milestones should come with them."""
    today = reads.today()
    return [card(noun, today) for noun in nouns]


def card(noun: Noun, today: date) -> Card:
    """One project in short."""
    project, way, slug = noun.project, reads.course_of(noun.project), slug_of(noun)
    text, late = said(noun.text), course.late(way, today)
    where = [said(one.title) for one in (noun.keeper, noun.area) if one]
    return Card(
        id=noun.id,
        title=said(noun.title),
        url=reverse("projects:project", kwargs={"slug": slug}),
        slug=slug,
        short=text if len(text) <= LONGEST_SHORT else f"{text[:LONGEST_SHORT].rsplit(' ', 1)[0]} …",
        where=" · ".join(where),
        state=str(course.STATES[project.state]),
        badge=BADGES[project.state],
        progress=course.progress(way.milestones),
        far=far(way),
        late=late_since(late, today) if late else "",
        explained=late is None or late.explained,
        public=noun.visibility == Noun.PUBLIC,
    )


def slug_of(noun: Noun) -> str:
    """The last part of its address."""
    return noun.address.removeprefix("projects/")


def said(texts: Texts) -> str:
    """The text in the page's language, else in the first there is."""
    return in_text(texts, get_language() or "de")


def far(way: Course) -> str:
    """How far it is: computed from the milestones, so "not planned yet" where there are none."""
    percent = course.progress(way.milestones)
    if percent is None:
        return _("Noch keine Meilensteine geplant.")
    counted = [one for one in way.milestones if not one.dropped]
    done = sum(one.done_on is not None for one in counted)
    return _("%(done)d von %(all)d Meilensteinen erreicht, %(percent)d Prozent des Weges.") % {
        "done": done,
        "all": len(counted),
        "percent": percent,
    }


def late_since(late: course.Late, today: date) -> str:
    """Since when it is behind, and whether anybody has said why."""
    day = {"day": moments.day_of(late.since, today)}
    if late.explained:
        return _("Im Verzug seit dem %(day)s.") % day
    return _("Im Verzug seit dem %(day)s. Ein Grund ist noch nicht genannt.") % day


def what_next(way: Course, today: date) -> str:
    """What happens next, in one sentence."""
    if way.state == course.DONE:
        return _("Das Projekt ist fertig.")
    if way.state == course.STOPPED:
        return _("Das Projekt ist angehalten. Warum, steht bei den letzten Schritten.")
    if way.state == course.PLANNED:
        return _begins(way.starts_on, today)
    following = course.upcoming(way.milestones)
    if following is None:
        return (
            _("Alle geplanten Schritte sind getan.")
            if way.milestones
            else _("Es läuft. Die nächsten Schritte sind noch nicht geplant.")
        )
    known = {"title": said(following.title)}
    if following.due is None:
        return _("Als Nächstes: %(title)s. Der Tag steht noch nicht fest.") % known
    known["day"] = moments.day_of(following.due, today)
    if following.due < today:
        return _("Als Nächstes: %(title)s. Geplant war es bis zum %(day)s.") % known
    return _("Als Nächstes: %(title)s, bis zum %(day)s.") % known


def _begins(starts_on: date | None, today: date) -> str:
    if starts_on is None:
        return _("Wann es beginnt, steht noch nicht fest.")
    day = {"day": moments.day_of(starts_on, today)}
    if starts_on < today:
        return _("Es sollte am %(day)s beginnen.") % day
    return _("Es beginnt am %(day)s.") % day


def span(project: Project, today: date) -> str:
    """What is promised: from when until when."""
    first, last = (moments.day_of(day, today) if day else "" for day in (project.starts_on, project.ends_on))
    if first and last:
        return _("%(first)s bis %(last)s") % {"first": first, "last": last}
    if first:
        return _("ab %(first)s") % {"first": first}
    return _("bis %(last)s") % {"last": last} if last else _("noch nicht gesagt")


def parts(milestones: Sequence[Milestone], today: date) -> list[Part]:
    """The milestones in their order, each with how it stands."""
    return [_part(one, today) for one in milestones]


def _part(one: Milestone, today: date) -> Part:
    due = moments.day_of(one.due, today) if one.due else ""
    when = _("geplant bis %(day)s") % {"day": due} if due else _("Der Tag steht noch nicht fest")
    if one.done_on:
        badge, state = "success", _("erreicht")
        when = _("erreicht am %(day)s") % {"day": moments.day_of(one.done_on, today)}
    elif one.dropped:
        badge, state = "warning", _("fällt weg")
    elif one.due and one.due < today:
        badge, state = "danger", _("im Verzug")
    else:
        badge, state = "info", _("offen")
    return Part(
        id=one.id,
        title=said(one.title),
        badge=badge,
        state=state,
        when=when,
        why=said(one.dropped),
        open=not one.done_on and not one.dropped,
        done=one.done_on is not None,
    )


def money(project: Project) -> Money:
    """What it costs, as a sentence; what nobody has said yet is said to be so."""
    budget, spent = project.budget, project.spent
    if budget is None and spent is None:
        sentence = _("Was es kostet, ist noch nicht gesagt.")
    elif budget is None:
        sentence = _("Bisher sind %(spent)s ausgegeben. Wie viel geplant ist, ist noch nicht gesagt.") % {
            "spent": euros(spent or 0)
        }
    elif spent is None:
        sentence = _("Geplant sind %(budget)s. Was davon ausgegeben ist, ist noch nicht gesagt.") % {
            "budget": euros(budget)
        }
    else:
        sentence = _("Von geplanten %(budget)s sind %(spent)s ausgegeben.") % {
            "budget": euros(budget),
            "spent": euros(spent),
        }
    share = spent * 100 // budget if budget and spent is not None else None
    return Money(sentence, said(project.money_from), share)


def euros(cents: int) -> str:
    """An amount as people of this language write it: `12.500 €`, `12.500,50 €`."""
    places = 2 if cents % 100 else 0
    amount = number_format(cents / 100 if places else cents // 100, places, force_grouping=True)
    return f"{amount}\u00a0€"
