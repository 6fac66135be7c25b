# SPDX-License-Identifier: EUPL-1.2
"""My doors: when and where my club lets me in, and opening."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks
from smilecity.places.actions import access
from smilecity.places.pages.access import said
from smilecity.places.reads import access as reads


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def doors(request: HttpRequest) -> HttpResponse:
    """/me/doors/: the times to come, and a button while one of them is now."""
    who = who_asks(request)
    refusal, status = None, 200
    if request.method == "POST":
        number = request.POST.get("grant", "")
        try:
            access.open_door(
                who, int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
            )
        except Refusal as why:
            refusal, status = why, why.status
        else:
            messages.success(request, _("Öffnen angefordert."))
            return redirect("doors:mine")
    rows = [said.door(one) for one in reads.my_doors(who)]
    context = {
        "now": [one for one in rows if one["now"]],
        "coming": [one for one in rows if not one["now"]],
        "refusal": refusal,
    }
    return render(request, "places/doors.html", context, status=status)
