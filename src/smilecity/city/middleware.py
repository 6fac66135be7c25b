# SPDX-License-Identifier: EUPL-1.2
"""What happens to every page request inside Django. Headers, limits and addresses are the front door's."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from smilecity.city.logs import route_of
from smilecity.core.problems import MEDIA_TYPE, Refusal

log = structlog.get_logger("pages")


class Refusals:
    """Turns a refusal that no page caught into a page (or a problem document for machines)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing before the page; see `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only refusals, and a database that is away; anything else goes on to the 500 page and the log."""
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("database away", route=route_of(request.path_info), error=type(exception).__name__)
            exception = Refusal(
                "node.database-away",
                _("Die Seite ist gerade nicht zu erreichen."),
                cure=_("Bitte versuchen Sie es in einer Minute noch einmal."),
                status=503,
            )
        if not isinstance(exception, Refusal):
            return None
        return answered(request, exception)


def answered(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a problem document at machines' addresses, else as a page."""
    if request.path.startswith("/api/") or request.path.endswith(".json"):
        return JsonResponse(refusal.problem(), status=refusal.status, content_type=MEDIA_TYPE)
    # While the database is away a page must not ask it who is signed in.
    asked_by = None if refusal.status == 503 else request
    page = render_to_string("refusal.html", {"refusal": refusal}, request=asked_by)
    return HttpResponse(page, status=refusal.status)
