# SPDX-License-Identifier: EUPL-1.2
"""The desk of the watch: what it knows of a sensor, the limits that people set, and alarms somebody has seen."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from smilecity.core import clock, moments
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things.actions import watching
from smilecity.things.actions.declaring import unknown
from smilecity.things.forms.watch import LimitsForm, typed
from smilecity.things.models import Watch
from smilecity.things.pages.sections import sections
from smilecity.things.pages.words import ODD, odd
from smilecity.things.reads import watching as reads
from smilecity.things.reads.watching import Watched
from smilecity.things.rules import said

MOST_SHOWN = 20
MOST_SEEN = 200  # alarms of one line


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def watch(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/things/<key>/watch/?stream=: what is watched in this sensor's values, and the form to set its limits."""
    who = who_asks(request)
    found = reads.watched(who, key)
    if found is None:
        raise unknown()
    noun, streams = found
    asked = request.POST.get("stream") or request.GET.get("stream") or ""
    chosen = next((one for one in streams if str(one.stream.id) == asked), streams[0] if streams else None)
    if chosen is None:
        return _page(request, who, noun, streams, None, None, 200)
    if request.method != "POST":
        return _page(request, who, noun, streams, chosen, LimitsForm(initial=typed(chosen)), 200)
    form = LimitsForm(request.POST)
    if not form.is_valid():
        return _page(request, who, noun, streams, chosen, form, 422)
    try:
        watching.set_limits(who, chosen.stream.id, form.given(), again=form.how_long_again())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.show(refusal)
        return _page(request, who, noun, streams, chosen, form, refusal.status)
    messages.success(request, _("Gespeichert. Von jetzt an achtet die Wache darauf."))
    return redirect(f"{reverse('things-desk:watch', args=[key])}?stream={chosen.stream.id}")


@require_POST
@login_required
def seen(request: HttpRequest) -> HttpResponse:
    """POST /desk/things/alarms/seen/: somebody has taken note of these alarms (`alarm`, several)."""
    who = who_asks(request)
    for number in request.POST.getlist("alarm")[:MOST_SEEN]:
        if number.isascii() and number.isdigit() and len(number) < 19:
            watching.see_alarm(who, int(number))
    return redirect("things-desk:today")


def _page(
    request: HttpRequest,
    who: Who,
    noun: Noun,
    streams: list[Watched],
    chosen: Watched | None,
    form: LimitsForm | None,
    status: int,
) -> HttpResponse:
    title, key = in_text(noun.title, get_language() or "de"), noun.address.removeprefix("things/")
    context = {
        "title": title,
        "key": key,
        "form": form,
        "chosen": chosen,
        "chosen_name": _name(chosen) if chosen else "",
        "unit": said.symbol(chosen.stream.unit) if chosen else "",
        "odd": _odd(who, chosen) if chosen else [],
        "rows": [_row(one, chosen) for one in streams],
        "sections": sections(request),
        "path": [
            {"title": _("Schreibtisch"), "url": reverse("desk:today")},
            {"title": _("Sensoren"), "url": reverse("things-desk:list")},
            {"title": _("Unsere Sensoren heute"), "url": reverse("things-desk:today")},
            {"title": title},
        ],
    }
    return render(request, "things/watch.html", context, status=status)


def _row(one: Watched, chosen: Watched | None) -> dict[str, Any]:
    """What is watched in a datastream, in words."""
    known, symbol = one.watch or Watch(), said.symbol(one.stream.unit)
    low, high = one.limits
    return {
        "id": one.stream.id,
        "name": _name(one),
        "current": one is chosen,
        "interval": lasts(known.interval),
        "quiet": lasts(known.quiet_after or one.stream.silent_after),
        "learned": known.learned_at is not None and known.interval is not None,
        "low": "" if low is None else said.measured(low, symbol),
        "high": "" if high is None else said.measured(high, symbol),
        "step": "" if known.most_step is None else said.measured(known.most_step, symbol),
        "stuck": lasts(known.stuck_after),
        "by_people": known.set_by_people,
        "waits": known.again_from is not None,
        "odd": [
            ngettext("%(count)d Wert: %(what)s", "%(count)d Werte: %(what)s", count)
            % {"count": count, "what": ODD[code]}
            for code, count in one.odd.items()
        ],
    }


def _odd(who: Who, one: Watched) -> list[dict[str, Any]]:
    """The last odd values of the week. Single counts of people are told to those who look after the sensor."""
    now, symbol = clock.now(), said.symbol(one.stream.unit)
    found = reads.odd_values(who, one.stream.id, now - reads.A_WEEK, now, MOST_SHOWN)
    return [
        {
            "at": value.at,
            "time": moments.past(value.at, now, settings.SMILE.zone),
            "said": "" if value.number is None else said.measured(value.number, symbol),
            "what": odd(value.flags),
        }
        for value in found
    ]


def lasts(span: timedelta | None) -> str:
    """A duration in words: minutes up to two hours, hours up to two days, then days; empty for none."""
    if span is None:
        return ""
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 120:
        return ngettext("%(count)d Minute", "%(count)d Minuten", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(count)d Stunde", "%(count)d Stunden", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d Tag", "%(count)d Tage", days) % {"count": days}


def _name(one: Watched) -> str:
    observed, language = one.stream.observed_property, get_language() or "de"
    return said.title(one.stream.name, observed.properties if observed else None, language)
