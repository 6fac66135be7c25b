# SPDX-License-Identifier: EUPL-1.2
"""What is mine: the first page after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """GET /me/: who I am here, and the ways to everything that is mine."""
    return render(request, "people/me.html", {})
