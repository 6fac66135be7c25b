# SPDX-License-Identifier: EUPL-1.2
"""The one page on which rooms learn of each other."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from procrastinate import App
from psycopg_pool import AsyncConnectionPool

from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places.pages.list import places_now

NAVIGATION = (("places:list", _("Orte")), ("citizens:say", _("Sagen Sie es uns")))
FOOTER = (
    ("imprint", _("Impressum")),
    ("privacy", _("Datenschutz")),
    ("accessibility", _("Barrierefreiheit")),
)

# The desk: (address, title, who finds it there). A room adds a line for each of its desk's pages.
DESK: tuple[tuple[str, Sentence, Callable[[Who], bool]], ...] = ()

# Streams are about nouns and datastreams: all ids come from one sequence, so one question covers both.
PUBLIC_AMONG = """
SELECT id FROM core_noun WHERE id = ANY(%(ids)s) AND visibility = 'public'
UNION ALL
SELECT id FROM things_datastream WHERE id = ANY(%(ids)s) AND visibility = 'public'
"""


def visible_to_anyone(pool: AsyncConnectionPool) -> Callable[[list[int]], Awaitable[set[int]]]:
    """Which of these ids a live stream may follow without an account."""

    async def visible(ids: list[int]) -> set[int]:
        async with pool.connection() as connection:
            cursor = await connection.execute(PUBLIC_AMONG, {"ids": ids}, prepare=True)
            return {one for (one,) in await cursor.fetchall()}

    return visible


def add_jobs(app: App) -> None:
    """Tell the queue of every room's jobs."""
    from smilecity.citizens import jobs as citizens  # tables must be known by now
    from smilecity.things import jobs as things

    citizens.add(app)
    things.add(app)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page shows around its content. Languages keep the page: its address differs by a prefix only."""
    path = request.path
    return {
        "city_name": settings.SMILE.city,
        "navigation": [
            {"title": title, "url": reverse(name), "current": path.startswith(reverse(name))}
            for name, title in NAVIGATION
        ],
        "languages": [
            {
                "code": code,
                "name": name,
                "url": translate_url(request.get_full_path(), code),
                "current": code == get_language(),
            }
            for code, name in settings.LANGUAGES
        ],
        "footer_links": [{"title": title, "url": reverse(name)} for name, title in FOOTER],
        "map_style": settings.SMILE.map_style,
        "account_links": _account_links(request),
        "desk_sections": _desk_sections(request) if "/desk/" in path else [],
    }


def _account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The ways to what is mine, or to signing in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return [{"title": _("Anmelden"), "url": reverse("account_login")}]
    return [
        {"title": _("Mein Konto"), "url": reverse("me"), "current": request.path.startswith(reverse("me"))}
    ]


def _desk_sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages of the desk that this person may use."""
    who = who_asks(request)
    return [
        {"title": title, "url": reverse(name), "current": request.path.startswith(reverse(name))}
        for name, title, may in DESK
        if may(who)
    ]


def start_page(request: HttpRequest) -> dict[str, Any]:
    """What the start page says: what is going on right now, and what one can do here."""
    cards, live = places_now(who_asks(request))
    return {
        "places_now": cards,
        "places_now_live": live,
        "places_now_url": reverse("start-now"),
        "first_steps": [
            {"title": _("Einen Ort finden"), "url": reverse("places:list")},
            {"title": _("Sagen Sie, was Ihnen fehlt"), "url": reverse("citizens:say")},
        ],
        "rooms": [
            {
                "title": _("Orte"),
                "sentence": _("Wo man sich trifft, was dort los ist und wie man hineinkommt."),
                "url": reverse("places:list"),
                "icon": "home",
            },
            {
                "title": _("Sagen Sie es uns"),
                "sentence": _("Ein Wunsch, ein Ärger, ein Lob: jede Stimme wird gelesen."),
                "url": reverse("citizens:say"),
                "icon": "edit",
            },
        ],
    }
