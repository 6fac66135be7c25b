# SPDX-License-Identifier: EUPL-1.2
"""The one page on which rooms learn of each other."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from procrastinate import App
from psycopg_pool import AsyncConnectionPool

from smilecity.citizens import rights as citizens
from smilecity.city.identity import identity, may_keep
from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.governance import rights as governance
from smilecity.people import rights as people
from smilecity.people.reads import unread, who_asks
from smilecity.people.reads.notices import MOST_COUNTED
from smilecity.places import rights as places
from smilecity.space.rights import may_draw
from smilecity.things import rights as things

NAVIGATION = (
    ("places:list", _("Orte")),
    ("offers:list", _("Was ist los")),
    ("projects:list", _("Projekte")),
    ("things:list", _("Sensoren")),
    ("needs:list", _("Anliegen")),
    ("citizens:say", _("Sagen Sie es uns")),
)
FOOTER = (
    ("imprint", _("Impressum")),
    ("privacy", _("Datenschutz")),
    ("accessibility", _("Barrierefreiheit")),
    ("house-rules", _("Hausregeln")),
    ("space:areas", _("Gebiete")),
    ("space:ogc", _("Offene Daten")),
)

# The desk: (address, title, who finds it there). A room adds a line for each of its desk's pages.
DESK: tuple[tuple[str, Sentence, Callable[[Who], bool]], ...] = (
    ("desk:today", _("Heute"), people.has_a_desk),
    ("desk:inbox", _("Eingang"), people.has_a_desk),
    ("places-desk:list", _("Orte pflegen"), places.may_write_any),
    ("offers-desk:list", _("Angebote"), places.may_offer_any),
    ("bookings-desk:inbox", _("Buchungen"), places.may_write_any),
    ("lending-desk:today", _("Ausleihen"), places.may_lend_any),
    ("access-desk:list", _("Türen der Vereine"), places.may_lend_any),
    ("needs:desk", _("Anliegen"), citizens.reads_any),
    ("needs:deputies", _("Vertretungen"), citizens.has_colleagues),
    ("needs:categories", _("Kategorien"), citizens.may_keep_categories),
    ("needs:phone", _("Anliegen aufnehmen"), citizens.may_write_down),
    ("needs:moderation", _("Moderation"), citizens.moderates_any),
    ("needs:desk-pulse", _("Puls der Stadt"), citizens.may_ask_any),
    ("projects-desk:list", _("Projekte"), governance.may_write_any),
    ("things-desk:list", _("Sensoren"), things.may_declare_any),
    ("desk:search", _("Suche"), people.has_a_desk),
    ("desk-city", _("Die Stadt"), may_keep),
    ("space:desk-areas", _("Gebiete"), may_draw),
    ("desk-organisations", _("Organisationen pflegen"), people.may_find_organisations_desk),
    ("desk-roles", _("Rollen"), people.may_find_organisations_desk),
    ("desk-keys", _("Schlüssel"), people.may_keep_keys),
    ("desk-webhooks", _("Webhooks"), people.may_keep_webhooks),
    ("desk-processing", _("Verzeichnis der Verarbeitungen"), people.may_see_processing),
)

# Pages of a section whose address is not below the section's own.
BESIDE = {"needs:paper": "needs:phone", "needs:tables": "needs:phone"}

# Streams are about nouns and datastreams: all ids come from one sequence, so one question covers both.
PUBLIC_AMONG = """
SELECT id FROM core_noun WHERE id = ANY(%(ids)s) AND visibility = 'public'
UNION ALL
SELECT d.id FROM things_datastream AS d JOIN core_noun AS n ON n.id = d.thing_id
WHERE d.id = ANY(%(ids)s) AND d.visibility = 'public' AND n.visibility = 'public'
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
    from smilecity.people import jobs as people
    from smilecity.places import jobs as places
    from smilecity.things import jobs as things

    citizens.add(app)
    people.add(app, lambda: identity().name)
    places.add(app)
    things.add(app)


def hand_over() -> None:
    """Hand rooms what they may know of others: projects the words of the needs they answer, needs their promises."""
    from smilecity.citizens.reads import words_of  # tables must be known by now
    from smilecity.core import promises
    from smilecity.governance.reads import needs, projects

    needs.tell(words_of)
    promises.tell(projects.promised)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page shows around its content. Languages keep the page: its address differs by a prefix only."""
    path, known = request.path, identity()
    return {
        "city_name": known.name,
        "city": known,
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
    mine, notices = reverse("me"), reverse("notices")
    among_notices = request.path.startswith(notices)
    desk = reverse("desk:today")
    at_the_desk = [{"title": _("Schreibtisch"), "url": desk, "current": request.path.startswith(desk)}]
    return [
        *(at_the_desk if _has_a_desk(request) else []),
        {
            "title": _("Mitteilungen"),
            "url": notices,
            "current": among_notices,
            "count": _unread(request),
        },
        {
            "title": _("Mein Konto"),
            "url": mine,
            "current": request.path.startswith(mine) and not among_notices,
        },
    ]


def _has_a_desk(request: HttpRequest) -> bool:
    """Whoever holds a role; a page that says the database is away asks it nothing."""
    try:
        return people.has_a_desk(who_asks(request))
    except (OperationalError, InterfaceError):
        return False


def _unread(request: HttpRequest) -> str:
    """How many notices are unread, empty for none; a page that says the database is away asks it nothing."""
    try:
        count = unread(who_asks(request))
    except (OperationalError, InterfaceError):
        return ""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def _current_section(path: str) -> str:
    """The section of the desk that the page is in: of those that it is below, the longest address."""
    sections = {reverse(name): reverse(name) for name, _title, _may in DESK}
    sections |= {reverse(name): reverse(section) for name, section in BESIDE.items()}
    return sections.get(max((one for one in sections if path.startswith(one)), key=len, default=""), "")


def _desk_sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages of the desk that this person may use."""
    who, current = who_asks(request), _current_section(request.path)
    return [
        {"title": title, "url": reverse(name), "current": reverse(name) == current}
        for name, title, may in DESK
        if may(who)
    ]
