# SPDX-License-Identifier: EUPL-1.2
"""What an entry says of a place beside its text: for whom, what it costs, which languages; and for search engines."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smilecity.core.elsewhere import block
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.places.models import Place
from smilecity.places.pages import now
from smilecity.places.rules import finding, published, spans
from smilecity.places.rules.difference import INDOORS

SCHEMA_DAYS = 7


def facts(place: Place, language: str) -> list[tuple[str, str]]:
    """Pairs for a description list; what nobody has said is left out."""
    cost = in_text(place.cost, language)
    free = {True: _("kostenlos"), False: _("kostet etwas"), None: ""}[place.free]
    said = {
        _("Für wen"): finding.ages(place.age_from, place.age_to),
        _("Kosten"): ". ".join(part for part in (free[:1].upper() + free[1:], cost) if part),
        _("Sprachen"): finding.spoken(place.languages),
        _("Drinnen oder draußen"): str(INDOORS.get(place.indoors, "")),
        _("Telefon"): place.phone,
        _("E-Mail"): place.email,
    }
    return [(name, text) for name, text in said.items() if text]


def schema(
    request: HttpRequest, noun: Noun, language: str, figures: Sequence[Mapping[str, Any]], frame: now.Frame
) -> SafeString:
    """The place with its photos as a block of JSON-LD: no text in it can end the block."""
    place = noun.place
    at, zone, spot = frame.now, frame.zone, now.position(place)
    told = frame.otherwise.get(noun.id, ())
    ahead = spans.ahead(
        place.opening_hours, at, zone, spot, state=frame.state, exceptionals=told, school=frame.school
    )
    site = settings.SMILE.address or request.build_absolute_uri("/").rstrip("/")
    said = published.described(
        address=f"{site}{reverse('places:list')}{noun.address.removeprefix('places/')}/",
        title=in_text(noun.title, language),
        text=in_text(noun.text, language),
        category=place.category,
        street=place.street,
        position=spot,
        access=place.access,
        free=place.free,
        open_spans=[(a, b) for a, b in ahead if b > at and a < at + timedelta(days=SCHEMA_DAYS)],
        zone=zone,
        contact={"phone": place.phone, "email": place.email, "website": place.website},
        images=images(figures, site) if noun.visibility == Noun.PUBLIC else [],
    )
    return block(said)


def images(figures: Sequence[Mapping[str, Any]], site: str) -> list[dict[str, str]]:
    """The shown photos, each with its whole address and what is to be seen."""
    return [
        {"@type": "ImageObject", "contentUrl": f"{site}{one['full']}", "caption": one["alt"]}
        for one in figures
    ]
