# SPDX-License-Identifier: EUPL-1.2
"""The sign for the lamp post: what is measured here, that nobody is recognised, and the way to the page."""

from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core.nouns import in_text
from smilecity.people.reads import who_asks
from smilecity.things.pages import words
from smilecity.things.pages.thing import found
from smilecity.things.reads import register as reads

SIZES = ("a5", "a6")


@require_safe
def sign(request: HttpRequest, key: str) -> HttpResponse:
    """GET /things/<key>/sign/?size=a6: the sign, to be printed."""
    who = who_asks(request)
    noun = found(who, key)
    streams = reads.streams(who, [noun.id])[noun.id]
    size = request.GET.get("size", SIZES[0])
    title = in_text(noun.title, get_language() or "de")
    shown = reverse("things:thing", args=[key])
    context = {
        "title": title,
        "key": key,
        "size": size if size in SIZES else SIZES[0],
        "sizes": [(one, one.upper()) for one in SIZES],
        "measures": list(dict.fromkeys(words.name(one) for one in streams if not one.is_battery)),
        "purpose": words.texts(noun.thing.purpose),
        "safe": bool(words.texts(noun.thing.safeguard)),
        "runs_it": words.runs_it(noun),
        "address": _whole(request, shown).split("://", 1)[-1].rstrip("/"),
        "path": [
            {"title": _("Sensoren"), "url": reverse("things:list")},
            {"title": title, "url": shown},
            {"title": _("Schild")},
        ],
    }
    return render(request, "things/sign.html", context)


@require_safe
def code(request: HttpRequest, key: str) -> HttpResponse:
    """GET /things/<key>/qr.svg: the way to the page as a QR code, dark on white."""
    import segno

    noun = found(who_asks(request), key)
    drawn = BytesIO()
    made = segno.make(_whole(request, words.address(noun)), error="m", micro=False)
    made.save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff", nl=False, xmldecl=True)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def _whole(request: HttpRequest, path: str) -> str:
    """The address as it stands on paper: the city's own, or if it has set none, the one that was asked."""
    return f"{settings.SMILE.address}{path}" if settings.SMILE.address else request.build_absolute_uri(path)
