# SPDX-License-Identifier: EUPL-1.2
"""An offer for search engines, as a block of JSON-LD."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString

from smilecity.core import nouns
from smilecity.core.elsewhere import block, site
from smilecity.core.nouns import in_text
from smilecity.places.models import Occasion, Offer
from smilecity.places.pages import now
from smilecity.places.pages.offers.said import address
from smilecity.places.rules.offers import published


def schema(request: HttpRequest, one: Offer, dates: list[Occasion], language: str) -> SafeString:
    """The offer with these dates: no text in it can end the block."""
    start, zone = site(request), settings.SMILE.zone
    noun, keeper = one.noun, one.noun.keeper
    said = published.described(
        address=f"{start}{address(one)}",
        title=in_text(noun.title, language),
        text=in_text(noun.text, language),
        dates=[
            (each.during.lower.astimezone(zone), each.during.upper.astimezone(zone), each.cancelled)
            for each in dates
        ],
        series=bool(one.rule or one.extra),
        place=_place(one, start, language),
        organiser=published.organiser(in_text(keeper.title, language), f"{start}{nouns.page_address(keeper)}")
        if keeper
        else {},
        ages=(one.age_from, one.age_to),
        free=one.free,
        capacity=one.capacity,
        languages=one.languages,
    )
    return block(said)


def _place(one: Offer, start: str, language: str) -> dict[str, object]:
    if one.place is None:
        return published.place(one.where, "", None)
    return published.place(
        in_text(one.place.noun.title, language),
        one.place.street,
        now.position(one.place),
        f"{start}{nouns.page_address(one.place.noun)}",
    )
