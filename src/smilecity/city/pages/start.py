# SPDX-License-Identifier: EUPL-1.2
"""The start page: what is going on, near you, what is new, and how to take part."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.citizens.pages import month
from smilecity.citizens.pages.pulse import row as pulse
from smilecity.city.identity import identity
from smilecity.core import nouns, remembered
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places.pages.list import cards, places_now
from smilecity.places.pages.now import Card
from smilecity.places.pages.offers.short import today
from smilecity.space import reads as space

NEAR, LOOKED_AT, NEW = 6, 24, 4
OPEN_FIRST = {"free": 0, "busy": 1, "unknown": 2, "closed": 3}
DEMO_BOX = "demo/box.html"


@dataclass(frozen=True, slots=True)
class District:
    """A district to choose on the start page."""

    id: int
    key: str
    title: str


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """/?area=KEY: the greeting of the city. The chosen district stands in the address and nowhere else.

    One rendering serves, for a moment, all who choose the same and see what all see.
    """
    who = who_asks(request)
    choice = request.GET.get("area", "")
    home = None if choice or not request.user.is_authenticated else request.user.home_id
    main = remembered.for_a_moment(
        who,
        "city.start",
        choice,
        home,
        identity().version,
        make=lambda: render_to_string("city/start_main.html", _welcome(who, choice, home)),
    )
    return render(request, "city/start.html", {"main": main})


def _welcome(who: Who, choice: str, home: int | None) -> dict[str, Any]:
    districts = _districts(who)
    chosen = next((one for one in districts if (one.key == choice if choice else one.id == home)), None)
    return {
        **_now(who),
        "city_name": identity().name,
        "districts": districts,
        "chosen": chosen,
        "near": _near(who, chosen) if chosen else [],
        "near_url": reverse("places:list") + (f"?area={chosen.key}" if chosen else ""),
        "offers_today": today(who),
        "new_places": _new(who),
        "month": month(who),
        "pulse": pulse(who),
        "steps": steps(),
        "demo_box": DEMO_BOX if identity().demo else "",
    }


@require_safe
def start_now(request: HttpRequest) -> HttpResponse:
    """The part of the start page that changes by itself."""
    return render(request, "city/places_now.html", _now(who_asks(request)))


def _now(who: Who) -> dict[str, Any]:
    shown, live = places_now(who, LOOKED_AT)
    shown = sorted(shown, key=_liveliest)[:NEAR]
    return {"places_now": shown, "places_now_live": live, "places_now_url": reverse("start-now")}


def _districts(who: Who) -> list[District]:
    """All districts in German order; those of several municipalities say whose they are."""
    language = get_language() or "de"
    found: list[tuple[District, str]] = []

    def collect(branches: list[Any], above: str) -> None:
        for branch in branches:
            area = branch.area
            title = nouns.in_text(area.noun.title, language)
            if area.level == "district":
                found.append((District(area.noun_id, area.key, title), above))
            else:
                collect(branch.parts, title)

    collect(space.tree(who), "")
    if len({above for _district, above in found}) <= 1:
        return [district for district, _above in found]
    return [District(one.id, one.key, f"{one.title} ({above})") for one, above in found]


def _near(who: Who, district: District) -> list[Card]:
    """Places of the district, those first where something is going on now."""
    inside = nouns.areas_below([district.id])[district.id]
    found = Noun.objects.filter(nouns.sees(who), kind="place", area__in=inside)
    shown = cards(who, list(found.select_related("place").order_by("sort", "id")[:LOOKED_AT]))
    return sorted(shown, key=_liveliest)[:NEAR]


def _liveliest(card: Card) -> int:
    return OPEN_FIRST.get(card.state, 2)


def _new(who: Who) -> list[dict[str, Any]]:
    """The places whose entries changed last."""
    language = get_language() or "de"
    found = Noun.objects.filter(nouns.sees(who), kind="place").order_by("-changed_at", "-id")
    return [
        {
            "title": nouns.in_text(title, language),
            "text": nouns.in_text(text, language),
            "url": f"{reverse('places:list')}{address.removeprefix('places/')}/",
            "at": at,
        }
        for title, text, address, at in found.values_list("title", "text", "address", "changed_at")[:NEW]
    ]


def steps() -> list[dict[str, str]]:
    """How to take part, in three steps."""
    return [
        {
            "title": _("Finden"),
            "sentence": _(
                "Suchen Sie einen Ort, der zu Ihnen passt: nah, offen, ohne Stufen, ruhig oder voller Leben."
            ),
            "url": reverse("places:list"),
            "way": _("Orte ansehen"),
            "icon": "search",
        },
        {
            "title": _("Sagen"),
            "sentence": _(
                "Ein Wunsch, ein Ärger, ein Lob: Wir lesen jede Stimme. Ein Konto brauchen Sie dafür nicht."
            ),
            "url": reverse("citizens:say"),
            "way": _("Etwas sagen"),
            "icon": "edit",
        },
        {
            "title": _("Dranbleiben"),
            "sentence": _(
                "Mit einem Konto erfahren Sie, was aus Ihrem Anliegen wird und was sich bei Ihren Orten tut."
            ),
            "url": reverse("me"),
            "way": _("Zu meinem Konto"),
            "icon": "account-circle",
        },
    ]
