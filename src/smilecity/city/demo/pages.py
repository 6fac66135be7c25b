# SPDX-License-Identifier: EUPL-1.2
"""The demo's own page: whom to sign in as, what to try, and the post box. Where no demo is, it is not there."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smilecity.city.identity import identity
from smilecity.core.nouns import in_text

MOST_LETTERS = 8


@require_safe
@never_cache
def demo(request: HttpRequest) -> HttpResponse:
    """Logins, a tour and the last letters, for everyone: this city is for trying out."""
    if not identity().demo:
        raise Http404
    from smilecity.city.mail import latest  # only a demo carries the demo
    from smilecity.people.demo import PASSWORD, PEOPLE

    language = get_language() or "de"
    context = {
        "password": PASSWORD,
        "people": [
            {
                "name": one.name,
                "email": one.email,
                "role": in_text(one.role, language),
                "tries": in_text(one.tries, language),
            }
            for one in PEOPLE
        ],
        "tour": _tour(language),
        "letters": latest(Path(settings.EMAIL_FILE_PATH), MOST_LETTERS),
    }
    return render(request, "demo/page.html", context)


def _tour(language: str) -> list[dict[str, Any]]:
    """The steps whose pages are there, with their addresses."""
    from smilecity.city.demo.tour import TOUR

    found = []
    for step in TOUR:
        name, *arguments = step.address
        try:
            url = reverse(name, args=arguments)
        except NoReverseMatch:
            continue
        found.append(
            {
                "title": in_text(step.title, language),
                "text": in_text(step.text, language),
                "url": url,
                "person": step.person,
            }
        )
    return found
