# SPDX-License-Identifier: EUPL-1.2
"""Which pages a browser may keep for when it has no network (`X-Smile-Keep`, read by web/src/sw.js).

Only pages named here, only at their plain address, and only as readers without an account see them: a browser that
sends a session's cookie is told to ask once more without it.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Smile-Keep"
KEPT = frozenset({"start", "places:list", "places:place", "accessibility", "imprint"})


class Keeping:
    """Outermost of all, so that it sees every cookie that an answer sets."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page, and what a browser may do with it."""
        response = self.get_response(request)
        if word := keepable(request, response):
            response[HEADER] = word
        return response


def keepable(request: HttpRequest, response: HttpResponse) -> str:
    """`yes`, `ask` (again, without cookies), or nothing."""
    match = request.resolver_match
    if match is None or match.view_name not in KEPT or request.GET or request.method != "GET":
        return ""
    if response.status_code != 200 or not response.get("Content-Type", "").startswith("text/html"):
        return ""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return "ask"
    said = response.get("Cache-Control", "")
    return "" if response.cookies or "no-store" in said or "private" in said else "yes"
