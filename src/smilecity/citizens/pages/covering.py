# SPDX-License-Identifier: EUPL-1.2
"""Covering faces and number plates in a picture, at the desk."""

from base64 import b64encode
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens import reads, rights, rules
from smilecity.citizens.actions.photos import cover_photo, unknown
from smilecity.citizens.forms.covering import CoverForm, rows
from smilecity.citizens.models import Need, NeedPhoto
from smilecity.citizens.pages.desk import above, work_address
from smilecity.citizens.pages.shown import title
from smilecity.citizens.rules.covering import MOST_COVERS, Cover, boxes
from smilecity.core.pictures import covered
from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def cover(request: HttpRequest, form: UUID, number: int) -> HttpResponse:
    """/desk/needs/<uuid>/photos/<id>/: which parts; POST shows what it would look like, with `keep` it is done."""
    who = who_asks(request)
    need = reads.need_at(who, form)
    if need is None or not rights.may_answer(who, need.noun.area_id, need.noun.keeper_id):
        raise rules.unknown()
    photo = reads.photo(who, need, number)
    if photo is None:
        raise unknown()
    typed = rows(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, need, photo, typed, 200)
    if not all(one.is_valid() for one in typed):
        return _page(request, need, photo, typed, 422)
    covers = [one for row in typed if (one := row.cover())]
    try:
        if "keep" not in request.POST:
            return _page(request, need, photo, _one_more(typed), 200, _preview(photo, covers))
        cover_photo(who, need.noun_id, photo.id, covers)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        _blame(typed, photo, refusal)
        return _page(request, need, photo, typed, refusal.status)
    messages.success(
        request, _("Die Stellen sind verdeckt. Das Bild, wie es vorher war, gibt es hier nicht mehr.")
    )
    return redirect(request.path)


def _one_more(typed: list[CoverForm]) -> list[CoverForm]:
    """A row to type into, as long as there may be more."""
    full = len(typed) >= MOST_COVERS or any(row.cover() is None for row in typed)
    return typed if full else [*typed, CoverForm(prefix=f"c{len(typed)}")]


def _preview(photo: NeedPhoto, covers: Sequence[Cover]) -> str:
    """What it would look like, in the page itself: nothing of it is kept."""
    made = covered(bytes(photo.full), boxes(covers, photo.width, photo.height))
    return f"data:image/webp;base64,{b64encode(made.full).decode()}"


def _blame(typed: list[CoverForm], photo: NeedPhoto, refusal: Refusal) -> None:
    """Say it at the rows that are to blame, or at the first."""
    wrong = []
    for row in typed:
        try:
            if one := row.cover():
                boxes([one], photo.width, photo.height)
        except Refusal:
            wrong.append(row)
    for row in wrong or typed[:1]:
        row.show(refusal)


def _page(
    request: HttpRequest,
    need: Need,
    photo: NeedPhoto,
    typed: Sequence[CoverForm],
    status: int,
    seen: str = "",
) -> HttpResponse:
    context = {
        "need": need,
        "photo": photo,
        "rows": typed,
        "blank": CoverForm(prefix="__n__"),
        "most": MOST_COVERS,
        "seen": seen,
        "wrong": status != 200,
        "back": work_address(need),
        "path": [
            *above(),
            {"title": title(need.noun), "url": work_address(need)},
            {"title": _("Stellen verdecken")},
        ],
    }
    return render(request, "citizens/desk_cover.html", context, status=status)
