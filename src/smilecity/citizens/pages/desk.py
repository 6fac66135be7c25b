# SPDX-License-Identifier: EUPL-1.2
"""The desk's list: what was said to us, by when it is due and who looks after it; many worked on at once, and a map."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.forms import ManyForm, RefusableForm, TogetherForm
from smilecity.citizens.forms.reporting import with_nothing
from smilecity.citizens.models import Need
from smilecity.citizens.pages import choosing
from smilecity.citizens.pages.shown import age, backed, pressing, row, state, title, turn
from smilecity.core import undo
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

STATES = (Need.NEW, Need.REOPENED, Need.OPEN, Need.IN_PROGRESS, Need.ANSWERED, Need.CLOSED)
MOST_POINTS = 500
GEOJSON = "application/geo+json"
# How it stands, as the map's faces show it.
FACES = {"danger": "closed", "warning": "busy"}
# What the buttons below the list do, and what each takes from the form.
TOGETHER: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "take": ("needs-take", lambda typed: typed["worker"]),
    "hand": ("needs-hand", lambda typed: typed["organisation"]),
    "sort": ("needs-sort", lambda typed: typed["category"]),
    "step": ("needs-step", lambda _typed: Need.IN_PROGRESS),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """/desk/needs/?state=&kind=&category=&area=&worker=&door=&overdue=&public=&after=: what was said to us.

    POST decides several alike, or with `do` takes, hands on, sorts or begins them, which can be taken back.
    """
    who = _reader(request)
    many, together = ManyForm(), _together(who)
    if request.method != "POST":
        return _page(request, who, many, together, [], 200)
    chosen, work = _chosen(request), TOGETHER.get(request.POST.get("do", ""))
    typed: RefusableForm
    if work:
        typed = together = _together(who, request.POST)
    else:
        typed = many = ManyForm(request.POST)
    if not chosen:
        typed.add_error(None, _("Kreuzen Sie an, welche Anliegen gemeint sind."))
    if not typed.is_valid():
        return _page(request, who, many, together, chosen, 422)
    try:
        if work:
            data = typed.cleaned_data
            made = actions.do_many(who, work[0], chosen, work[1](data), data["sentence"])
            return redirect("needs:undo", undo_id=made.pk)
        count = actions.answer_needs(who, chosen, **typed.cleaned_data)
    except Refusal as refusal:
        typed.show(refusal)
        return _page(request, who, many, together, chosen, refusal.status)
    said = ngettext("%(count)d Anliegen ist entschieden.", "%(count)d Anliegen sind entschieden.", count)
    messages.success(request, said % {"count": count})
    return redirect(_list_again(request))


@require_safe
@login_required
@never_cache
def desk_points(request: HttpRequest) -> HttpResponse:
    """GET /desk/needs/points.json?<as the list>: the same on a map, for those who read it; exactly where it is."""
    who = _reader(request)
    found = reads.on_map(who, sought(request.GET, who), MOST_POINTS + 1)
    features = [
        {
            "type": "Feature",
            "id": one.noun_id,
            "geometry": one.spot or one.noun.geo,
            "properties": {
                "id": one.noun_id,
                "title": title(one.noun),
                "url": work_address(one, sought(request.GET, who)),
                "state": FACES.get(due.kind if (due := pressing(one)) else "", "unknown"),
                "state_text": ", ".join(
                    part for part in (state(one.state, one.decision), due.words if due else "") if part
                ),
            },
        }
        for one in found[:MOST_POINTS]
    ]
    body = {"type": "FeatureCollection", "features": features, "limited": len(found) > MOST_POINTS}
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type=GEOJSON)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def undo_many(request: HttpRequest, undo_id: int) -> HttpResponse:
    """/desk/needs/undo/<id>/: what was done to many at once, and the button that takes it back."""
    who = _reader(request)
    known = undo.one(who, undo_id)
    if known.what not in actions.WORKS:
        raise Refusal("undo.unknown", _("Hier gibt es nichts zurückzunehmen."), status=404)
    if request.method == "POST":
        taken = actions.take_back_many(who, undo_id)
        count = len(taken.done)
        said = ngettext(
            "%(count)d Anliegen ist wieder wie vorher.", "%(count)d Anliegen sind wieder wie vorher.", count
        )
        messages.success(request, said % {"count": count})
        if taken.left:
            left = ngettext(
                "%(count)d ist inzwischen anders und bleibt, wie es ist.",
                "%(count)d sind inzwischen anders und bleiben, wie sie sind.",
                len(taken.left),
            )
            messages.warning(request, left % {"count": len(taken.left)})
        return redirect("needs:desk")
    found = (
        Need.objects.none() if known.undone_at else reads.found_at_desk(who, rules.Sought(state=rules.OPEN))
    )
    context = {
        "undo": known,
        "what": actions.WORKS[known.what].done,
        "count": len(known.before),
        "rows": [
            {"title": title(one.noun), "url": work_address(one)}
            for one in found.filter(noun__in=[int(one) for one in known.before]).select_related("noun")
        ],
        "path": [*above(), {"title": _("Rückgängig")}],
    }
    return render(request, "citizens/desk_undo.html", context)


def above() -> list[dict[str, str]]:
    """The way to the list."""
    return [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        {"title": _("Anliegen"), "url": reverse("needs:desk")},
    ]


def work_address(need: Need, wanted: rules.Sought | None = None, *, go: bool = False) -> str:
    """Where a need is worked on; the list it was found in comes along, so that the next one can be found."""
    query = urlencode({**(wanted.query() if wanted else {}), **({"go": "1"} if go else {})})
    page = reverse("needs:work", kwargs={"form": need.form})
    return f"{page}?{query}" if query else page


def sought(asked: QueryDict, who: Who) -> rules.Sought:
    """What the list is narrowed to; what nobody can ask for is left out."""
    area, category = asked.get("area", ""), asked.get("category", "")
    return rules.Sought(
        state=one if (one := asked.get("state", "")) in rules.STATES else rules.OPEN,
        kind=one if (one := asked.get("kind", "")) in rules.KINDS else "",
        category=category if category.replace("-", "").isalnum() and category.isascii() else "",
        area=next((one.id for one in reads.areas_read(who) if str(one.id) == area), None) if area else None,
        worker=one if (one := asked.get("worker", "")) in rules.WORKERS else "",
        door=one if (one := asked.get("door", "")) in rules.DOORS else "",
        overdue=asked.get("overdue") == "1",
        unpublished=asked.get("public") == "no",
    )


def _reader(request: HttpRequest) -> Who:
    who = who_asks(request)
    if not rights.reads_any(who):
        raise Refusal("need.not-yours", _("Diese Anliegen lesen andere."), status=403)
    return who


def _together(who: Who, typed: QueryDict | None = None) -> TogetherForm:
    offers = {
        "worker": with_nothing(_("niemand"), choosing.workers(who)),
        "organisation": with_nothing(_("die Stadt als Ganzes"), choosing.organisations(who)),
        "category": with_nothing(_("keine"), choosing.to_sort_by(who)),
    }
    return TogetherForm(typed, offers=offers)


def _chosen(request: HttpRequest) -> list[int]:
    ticked = request.POST.getlist("need")
    return [int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) < 19]


def _list_again(request: HttpRequest) -> str:
    page, query = reverse("needs:desk"), request.GET.copy()
    query.pop("after", None)
    return f"{page}?{query.urlencode()}" if query else page


def _page(
    request: HttpRequest, who: Who, many: ManyForm, together: TogetherForm, chosen: list[int], status: int
) -> HttpResponse:
    wanted = sought(request.GET, who)
    found = reads.waiting(who, wanted, request.GET.get("after", ""))
    query = urlencode(wanted.query())
    on_map = request.GET.get("view") == "map"
    context = {
        "rows": [_row(one, wanted) for one in found.items],
        "after": found.after,
        "form": many,
        "together": together,
        "chosen": chosen,
        "sought": wanted,
        "open": wanted.state != Need.CLOSED,
        "states": [(rules.OPEN, _("Alle offenen")), *((code, _state_label(code)) for code in STATES)],
        "kinds": rules.KINDS.items(),
        "categories": choosing.to_look_in(who),
        "areas": [(one.id, title(one)) for one in reads.areas_read(who)],
        "workers": rules.WORKERS.items(),
        "doors": rules.DOORS.items(),
        "undos": [
            {"id": one.pk, "what": actions.WORKS[one.what].done, "count": len(one.before), "at": one.at}
            for one in undo.recent(who)
            if one.what in actions.WORKS
        ],
        "map": f"{reverse('needs:desk-points')}?{query}" if on_map else "",
        "list_url": f"?{query}",
        "map_url": f"?{query}&view=map" if query else "?view=map",
        "map_style": settings.SMILE.map_style,
        "writes_down": rights.may_write_down(who),
        "path": [*above()[:1], {"title": _("Anliegen")}],
    }
    return render(request, "citizens/desk_needs.html", context, status=status)


def _state_label(code: str) -> str:
    return _("Neue") if code == Need.NEW else str(rules.STATES[code])


def _row(need: Need, wanted: rules.Sought) -> dict[str, Any]:
    public = _("öffentlich") if need.published_at else _("nicht öffentlich")
    open_ = need.state != Need.CLOSED
    facts = (
        choosing.called(need.category) if need.published_at else "",  # until then its title says so
        title(need.noun.area),
        age(need) if open_ else "",
        turn(need),
        _("%(name)s kümmert sich") % {"name": need.worker.pseudonym} if need.worker else "",
        public,
        backed(need.backing),
    )
    return {
        "need": row(need, words=need.words, facts=facts),
        "url": work_address(need, wanted),
        "due": pressing(need),
    }
