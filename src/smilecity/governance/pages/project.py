# SPDX-License-Identifier: EUPL-1.2
"""The page of a project: what, where, who, how far, why, and which needs it answers."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import nouns
from smilecity.core.elsewhere import block, site
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.governance import reads, rights
from smilecity.governance.actions.standing import unknown
from smilecity.governance.models import Project, ProjectStep
from smilecity.governance.pages import said
from smilecity.governance.rules import course
from smilecity.governance.rules.published import described
from smilecity.people.reads import follows, who_asks


@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /projects/<slug>/: everything about the project that this reader may see."""
    who = who_asks(request)
    found = must_find(who, slug)
    noun, title = found.noun, said.said(found.noun.title)
    context = {
        "noun": noun,
        "slug": slug,
        "title": title,
        "following": follows(who, noun.id),
        "writes": rights.may_write(who, noun.area_id, noun.keeper_id),
        "path": [{"title": _("Projekte"), "url": reverse("projects:list")}, {"title": title}],
        **_told(request, who, found, reads.today()),
    }
    return render(request, "governance/project.html", context)


def must_find(who: Who, slug: str) -> Project:
    """The project for this reader. Refuses one that is not there and one that may not be seen alike."""
    found = reads.project(who, slug)
    if found is None:
        raise unknown()
    return found


def _told(request: HttpRequest, who: Who, found: Project, today: date) -> dict[str, Any]:
    noun, way = found.noun, reads.course_of(found)
    steps, places, needs = reads.steps(who, noun), reads.places_of(who, noun), reads.answered(who, noun)
    late = course.late(way, today)
    point = noun.geo["coordinates"] if noun.geo else None
    return {
        "card": said.card(noun, today),
        "text": said.said(noun.text),
        "simple": said.said(found.simple),
        "next": said.what_next(way, today),
        "reason": _reason(steps) if late and late.explained else "",
        "parts": said.parts(list(found.milestones.all()), today),
        "steps": [_step(one) for one in steps],
        "who": _who(found),
        "span": said.span(found, today),
        "money": said.money(found),
        "places": [(said.said(one.title), nouns.page_address(one)) for one in places],
        "needs": needs.count,
        "read": [(said.said(one.title), nouns.page_address(one)) for one in needs.seen],
        "area": (said.said(noun.area.title), nouns.page_address(noun.area)) if noun.area else None,
        "center": f"{point[0]},{point[1]}" if point else "",
        "map_style": settings.SMILE.map_style,
        "schema": _schema(request, found, places),
    }


def _reason(steps: list[ProjectStep]) -> str:
    """The last reason that was given for a delay; steps are newest first."""
    return next((said.said(one.why) for one in steps if one.delay), "")


def _step(one: ProjectStep) -> dict[str, Any]:
    return {
        "at": one.at,
        "why": said.said(one.why),
        "state": str(course.STATES[one.state]),
        "badge": said.BADGES[one.state],
        "delay": one.delay,
    }


def _who(found: Project) -> dict[str, str]:
    keeper: Noun | None = found.noun.keeper
    return {
        "title": said.said(keeper.title) if keeper else "",
        "url": nouns.page_address(keeper) if keeper else "",
        "contact": said.said(found.contact),
        "email": found.email,
    }


def _schema(request: HttpRequest, found: Project, places: list[Noun]) -> SafeString:
    """The project as a block of JSON-LD for search engines."""
    noun, start = found.noun, site(request)
    return block(
        described(
            address=f"{start}{reverse('projects:project', kwargs={'slug': said.slug_of(noun)})}",
            title=said.said(noun.title),
            text=said.said(noun.text),
            keeper=said.said(noun.keeper.title) if noun.keeper else "",
            email=found.email,
            days=(found.starts_on, found.ends_on if found.state == Project.DONE else None),
            places=[(said.said(one.title), f"{start}{nouns.page_address(one)}") for one in places],
            point=noun.geo["coordinates"] if noun.geo else None,
        )
    )
