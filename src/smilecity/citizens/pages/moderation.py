# SPDX-License-Identifier: EUPL-1.2
"""The desk's queue for moderators: what waits, what was reported, who objects; and one decision after the other."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import rights
from smilecity.citizens.actions import moderating
from smilecity.citizens.forms.talk import ModerateForm
from smilecity.citizens.models import Comment, Need
from smilecity.citizens.pages.shown import shortened, title
from smilecity.citizens.pages.talk import row
from smilecity.citizens.reads import moderation as reads
from smilecity.citizens.reads import talk
from smilecity.citizens.rules import deciding
from smilecity.citizens.rules.talk import HOUSE, unknown
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

FILTERS = {
    "": gettext_lazy("Alles"),
    "waiting": gettext_lazy("Wartet auf den ersten Blick"),
    "appeals": gettext_lazy("Widersprüche"),
    "reported": gettext_lazy("Gemeldete Beiträge"),
    "needs": gettext_lazy("Gemeldete Anliegen"),
}


@require_safe
@login_required
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """/desk/moderation/?what=&after=: what waits for a moderator, the oldest first."""
    who, what = _moderator(request), request.GET.get("what", "")
    what = what if what in FILTERS else ""
    some = None if what == "needs" else reads.queue(who, what, request.GET.get("after", ""))
    first = not request.GET.get("after")
    context = {
        "needs": _needs(who, what) if first else [],
        "rows": [_row(one) for one in some.items] if some else [],
        "after": some.after if some else "",
        "what": what,
        "filters": FILTERS.items(),
        "path": _path(),
    }
    return render(request, "citizens/talk_queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/moderation/comments/<id>/: one comment with all that is known, and the decision."""
    who = _moderator(request)
    one = talk.comment(who, number)
    if one is None or not rights.may_moderate(who, one.need.noun.area_id):
        raise unknown()
    form = ModerateForm(request.POST if request.method == "POST" else None, acts=_acts(one))
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                _decide(who, one, form.cleaned_data)
                return _next(request, who)
            status = 422
        except Refusal as refusal:
            form.show(refusal)
            status = refusal.status
    context = {
        "one": row(who, one),
        "comment": one,
        "need": title(one.need.noun),
        "need_url": reverse("needs:need", kwargs={"form": one.need.form}),
        "reports": [(HOUSE[each.rule][0], each.words, each.at) for each in reads.reports(who, one.need, one)],
        "acts": reads.acts(who, one),
        "own": one.outcome == Comment.OPEN and one.decided_by == who.label,
        "form": form if _acts(one) else None,
        "path": _path(_("Ein Beitrag")),
    }
    return render(request, "citizens/talk_decide.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def need(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/moderation/needs/<id>/: a need that was reported, or whose author objects, and the decision."""
    who = _moderator(request)
    found = reads.moderated_need(who, number)
    if found is None:
        raise deciding.unknown()
    waiting, act = reads.reports(who, found), reads.hiding(who, found)
    acts = _OBJECTED if act else _OF_NEEDS
    form = ModerateForm(request.POST if request.method == "POST" else None, acts=acts)
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                _decide_need(who, number, form.cleaned_data)
                return _next(request, who)
            status = 422
        except Refusal as refusal:
            form.show(refusal)
            status = refusal.status
    context = {
        "need": title(found.noun),
        "need_url": reverse("needs:need", kwargs={"form": found.form}),
        "words": in_text(found.noun.text, found.language),
        "reports": [(HOUSE[each.rule][0], each.words, each.at) for each in waiting],
        "hidden": act,
        "own_need": act is not None and act.by == who.label,
        "form": form if waiting or act or form.is_bound else None,
        "path": _path(_("Ein Anliegen")),
    }
    return render(request, "citizens/talk_decide.html", context, status=status)


_OF_NEEDS = (
    ("settle", gettext_lazy("Es bleibt öffentlich")),
    ("hide", gettext_lazy("Nicht mehr öffentlich zeigen")),
)
_OBJECTED = (
    ("uphold", gettext_lazy("Der Widerspruch hat recht: wieder öffentlich zeigen")),
    ("refuse", gettext_lazy("Es bleibt verborgen")),
)
_SHOWN = (
    ("settle", gettext_lazy("Es bleibt, die Meldungen sind erledigt")),
    ("hide", gettext_lazy("Verbergen")),
)
_WAITS = (("show", gettext_lazy("Zeigen")), ("hide", gettext_lazy("Verbergen")))
_APPEAL = (
    ("uphold", gettext_lazy("Der Widerspruch hat recht: zeigen")),
    ("refuse", gettext_lazy("Es bleibt verborgen")),
)
_HIDDEN = (("again", gettext_lazy("Doch wieder zeigen")),)


def _acts(one: Comment) -> Any:
    """What can be decided of it as it stands."""
    if one.state == Comment.SHOWN:
        return _SHOWN if one.reported else _SHOWN[1:]
    if one.state == Comment.WAITING:
        return _WAITS
    if one.state == Comment.HIDDEN:
        return _APPEAL if one.outcome == Comment.OPEN else _HIDDEN
    return ()


def _decide(who: Who, one: Comment, typed: dict[str, Any]) -> None:
    act, sentence = typed["act"], typed["sentence"]
    if act == "hide":
        moderating.hide_comment(who, one.id, typed["rule"], sentence)
    elif act == "show":
        moderating.let_through(who, one.id)
    elif act == "again":
        moderating.show_again(who, one.id, sentence)
    elif act == "settle":
        moderating.settle_reports(who, one.id)
    else:
        moderating.settle_appeal(who, one.id, act == "uphold", sentence)


def _decide_need(who: Who, number: int, typed: dict[str, Any]) -> None:
    if typed["act"] == "settle":
        moderating.settle_need(who, number)
    elif typed["act"] in ("uphold", "refuse"):
        moderating.settle_objection(who, number, typed["act"] == "uphold", typed["sentence"])
    else:
        moderating.hide_reported(who, number, typed["rule"], typed["sentence"])


def _next(request: HttpRequest, who: Who) -> HttpResponse:
    """To the next one that waits, so that hands stay on the keys; to the queue when there is none."""
    left = reads.count_queue(who)
    said = ngettext("Entschieden. %(count)d wartet noch.", "Entschieden. %(count)d warten noch.", left)
    messages.success(request, said % {"count": left} if left else _("Entschieden. Es wartet nichts mehr."))
    following = next(iter(reads.queue(who).items), None)
    if following is not None:
        return redirect("needs:moderate-comment", number=following.id)
    return redirect("needs:moderation")


def _row(one: Comment) -> dict[str, Any]:
    if one.outcome == Comment.OPEN:
        badge, state = "warning", _("Widerspruch")
    elif one.state == Comment.WAITING:
        badge, state = "info", _("wartet auf den ersten Blick")
    else:
        badge, state = "danger", _reported(one.reported)
    return {
        "url": reverse("needs:moderate-comment", kwargs={"number": one.id}),
        "title": one.account.pseudonym if one.account else _("Ohne Konto"),
        "need": title(one.need.noun),
        "words": shortened(one.appeal or one.words),
        "badge": badge,
        "state": state,
        "at": one.appealed_at or one.at,
    }


def _needs(who: Who, what: str) -> list[dict[str, Any]]:
    """Needs whose authors object that they were hidden, and those that were reported."""
    objected = reads.objections(who) if what in ("", "appeals") else []
    reported = reads.reported_needs(who) if what in ("", "needs") else []
    return [
        *(_need_row(one.need, one.appeal, "warning", _("Widerspruch")) for one in objected),
        *(
            _need_row(one, in_text(one.noun.text, one.language), "danger", _reported(one.reports))  # type: ignore[attr-defined]
            for one in reported
        ),
    ]


def _need_row(one: Need, words: str, badge: str, state: str) -> dict[str, Any]:
    return {
        "url": reverse("needs:moderate-need", kwargs={"number": one.noun_id}),
        "title": title(one.noun),
        "words": shortened(words),
        "badge": badge,
        "state": state,
    }


def _reported(count: int) -> str:
    return ngettext("%(count)d Mal gemeldet", "%(count)d Mal gemeldet", count) % {"count": count}


def _moderator(request: HttpRequest) -> Who:
    who = who_asks(request)
    if not rights.moderates_any(who):
        raise Refusal("talk.not-yours", _("Hier entscheiden andere."), status=403)
    return who


def _path(last: str = "") -> list[dict[str, str]]:
    here = (
        {"title": _("Moderation"), "url": reverse("needs:moderation")} if last else {"title": _("Moderation")}
    )
    return [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        here,
        *([{"title": last}] if last else []),
    ]
