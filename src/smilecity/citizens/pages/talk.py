# SPDX-License-Identifier: EUPL-1.2
"""Talking about a need: the thread below it, saying something, and one's own comment."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.defaultfilters import linebreaks_filter, urlizetrunc
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens.actions import talking
from smilecity.citizens.forms.talk import ChangeForm, CommentForm, ObjectForm
from smilecity.citizens.models import Comment, Need
from smilecity.citizens.pages.shown import title
from smilecity.citizens.reads import moderation
from smilecity.citizens.reads import talk as reads
from smilecity.citizens.rules import deciding
from smilecity.citizens.rules.talk import CHANGE_MINUTES, HOUSE, may_appeal, may_change, unknown
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.remembered import for_a_moment
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

LONGEST_LINK = 48
_MAY_LINK = re.compile(r"://|@|www\.|\.(com|edu|gov|int|mil|net|org)", re.IGNORECASE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def say(request: HttpRequest, form: UUID) -> HttpResponse:
    """/needs/<uuid>/talk/?after=: the thread by itself, and where a comment is sent to."""
    who = who_asks(request)
    need = reads.public_need(who, form)
    if need is None:
        raise deciding.unknown()
    if request.method != "POST":
        return _page(request, who, need, _empty(), 200)
    typed = CommentForm(request.POST, auto_id="beitrag_%s")
    if not typed.is_valid():
        return _page(request, who, need, typed, 422)
    said, language = typed.cleaned_data, get_language() or settings.LANGUAGE_CODE
    try:
        one = talking.comment(who, said["form"], need.noun_id, said["words"], language)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        typed.show(refusal)
        return _page(request, who, need, typed, refusal.status)
    if one.state == Comment.WAITING:
        messages.success(request, _("Angekommen. Zuerst liest es ein Mensch aus der Moderation."))
    return _to(who, one)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """/comments/<id>/: one comment; its author changes it, takes it back, or objects (POST `do`)."""
    who = who_asks(request)
    one = reads.comment(who, number)
    if one is None:
        raise unknown()
    forms = _forms(who, one)
    if request.method != "POST":
        return _one(request, who, one, forms, 200)
    do = request.POST.get("do", "")
    if do == "withdraw":
        talking.withdraw_comment(who, number)
        messages.success(request, _("Zurückgezogen. Die Worte sind gelöscht."))
        return _to(who, one)
    if do not in DO:
        raise unknown()
    form = forms.get(do)
    if form is None:  # too late, or decided meanwhile: the action says so
        DO[do](who, number, request.POST.get(f"{do}-words", ""))
        return _to(who, one)
    form.data, form.is_bound = request.POST, True
    if form.is_valid():
        try:
            DO[do](who, number, form.cleaned_data["words"])
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.show(refusal)
            return _one(request, who, one, forms, refusal.status)
        messages.success(request, _("Gespeichert."))
        return redirect("needs:comment", number=number)
    return _one(request, who, one, forms, 422)


DO = {"change": talking.change_comment, "appeal": talking.appeal_comment}


def shown(request: HttpRequest, who: Who, need: Need, form: CommentForm | None = None) -> dict[str, Any]:
    """What `talk_thread.html` shows below a public need; nothing below others."""
    if not need.published_at:
        return {}
    after = request.GET.get("after", "")
    if reads.takes_part(who, need):
        said = _said(who, need, after)
    else:  # it says the same to all of a crowd
        said = for_a_moment(who, "citizens.talk", need.noun_id, after, make=lambda: _said(who, need, after))
    return {
        **said,
        "later": bool(after),
        "form": (form or _empty()) if who.account is not None else None,
        "url": reverse("needs:talk", kwargs={"form": need.form}),
        "abuse": reverse("needs:report", kwargs={"form": need.form}),
    }


def _said(who: Who, need: Need, after: str) -> dict[str, Any]:
    talk = reads.talk(who, need, after)
    rows = [row(who, one) for one in talk.items]
    return {
        "rows": render_to_string("citizens/talk_rows.html", {"rows": rows}) if rows else "",
        "after": talk.after,
        "count": talk.count,
        "merged": talk.merged,
    }


def row(who: Who, one: Comment) -> dict[str, Any]:
    """A comment, as this person reads it: in words and marks already, for fifty of them stand on a page."""
    mine = who.account is not None and one.account_id == who.account
    readable = one.state == Comment.SHOWN or bool(one.words)
    name, at = one.account.pseudonym if one.account else "", localtime(one.at)
    on = date_format(at, "SHORT_DATETIME_FORMAT")
    return {
        "id": one.id,
        "url": reverse("needs:comment", kwargs={"number": one.id}),
        "name": name or (_("Ohne Konto") if readable else ""),
        "label": _("Beitrag von %(name)s") % {"name": name} if name else _("Beitrag"),
        "since": _("vom %(time)s") % {"time": on} if mine else "",
        "mark": _("Beitrag von %(name)s vom %(time)s") % {"name": name, "time": on} if name else "",
        "official": _for_whom(one) if one.official and readable else "",
        "at": at.isoformat(),
        "on": on,
        "changed": bool(one.changed_at and one.words),
        "words": _linked(one.words) if one.words else "",
        "language": one.language,
        "state": one.state,
        "rule": HOUSE[one.rule][0] if one.rule else "",
        "reason": one.reason,
        "mine": mine and one.state != Comment.WITHDRAWN,
        "may_report": one.state == Comment.SHOWN and not mine,
    }


def _linked(words: str) -> SafeString:
    """The words in paragraphs; links are looked for word by word, so only where there may be one."""
    return linebreaks_filter(urlizetrunc(words, LONGEST_LINK) if _MAY_LINK.search(words) else words)


def _for_whom(one: Comment) -> str:
    name = title(one.organisation)
    return _("für %(name)s") % {"name": name} if name else _("für die Stadt")


def _empty() -> CommentForm:
    return CommentForm(auto_id="beitrag_%s")


def _forms(who: Who, one: Comment) -> dict[str, Any]:
    """What its author may still do."""
    found: dict[str, Any] = {}
    if who.account is None or one.account_id != who.account:
        return found
    if may_change(one.state, (clock.now() - one.at).total_seconds() / 60):
        found["change"] = ChangeForm(prefix="change", initial={"words": one.words})
    if may_appeal(one.state, one.outcome):
        found["appeal"] = ObjectForm(prefix="appeal")
    return found


def _page(request: HttpRequest, who: Who, need: Need, form: CommentForm, status: int) -> HttpResponse:
    context = {
        "talk": shown(request, who, need, form),
        "title": title(need.noun),
        "wrong": form.is_bound,
        "path": [*_path(need), {"title": _("Mitreden")}],
    }
    return render(request, "citizens/talk_say.html", context, status=status)


def _one(request: HttpRequest, who: Who, one: Comment, forms: dict[str, Any], status: int) -> HttpResponse:
    context = {
        "one": row(who, one),
        "comment": one,
        "need": title(one.need.noun),
        "need_url": _thread(one.need),
        "acts": moderation.acts(who, one),
        "forms": forms,
        "minutes": CHANGE_MINUTES,
        "wrong": any(form.is_bound for form in forms.values()),
        "path": [*_path(one.need), {"title": _("Ein Beitrag")}],
    }
    return render(request, "citizens/talk_comment.html", context, status=status)


def _path(need: Need) -> list[dict[str, str]]:
    return [
        {"title": _("Anliegen"), "url": reverse("needs:list")},
        {"title": title(need.noun), "url": reverse("needs:need", kwargs={"form": need.form})},
    ]


def _thread(need: Need) -> str:
    return reverse("needs:need", kwargs={"form": need.form}) + "#beitraege"


def _to(who: Who, one: Comment) -> HttpResponseRedirect:
    """To the comment in its thread; in a long one, to the comment by itself."""
    if reads.talk(who, one.need).after:
        return redirect("needs:comment", number=one.id)
    return redirect(f"{reverse('needs:need', kwargs={'form': one.need.form})}#beitrag-{one.id}")
