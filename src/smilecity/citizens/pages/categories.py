# SPDX-License-Identifier: EUPL-1.2
"""The desk's categories: the tree, one with its questions, who is responsible where, and a table of all."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.forms import AskForm, CategoriesFileForm, CategoryForm, ResponsibleForm
from smilecity.citizens.forms.categories import typed_asks
from smilecity.citizens.models import Category
from smilecity.citizens.pages import choosing
from smilecity.citizens.pages.shown import title
from smilecity.citizens.rules import sheet
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

# How many empty questions stand below those that are there.
EMPTY_ASKS = 1


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def categories(request: HttpRequest) -> HttpResponse:
    """/desk/categories/: all of them in their order; POST `up` or `down` moves one among its neighbours."""
    who = _keeper(request)
    if request.method == "POST":
        _move(who, request.POST.get("up", ""), request.POST.get("down", ""))
        return redirect("needs:categories")
    context = {
        "groups": [
            {"one": _row(one.category), "inside": [_row(leaf) for leaf in one.inside]}
            for one in reads.categories(who)
        ],
        "path": _path(),
    }
    return render(request, "citizens/desk_categories.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def category_new(request: HttpRequest) -> HttpResponse:
    """/desk/categories/new/?parent=: a new one."""
    who = _keeper(request)
    form = _form(who, None, request.POST or None, initial={"parent": request.GET.get("parent", "")})
    if request.method == "POST" and form.is_valid():
        try:
            kept = form.kept("", (), active=True)
            made = actions.keep_category(who, kept, form.cleaned_data["organisation"], new=True)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Gespeichert. Hier können Sie Fragen und Zuständige ergänzen."))
            return redirect("needs:category", code=made.code)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "path": _path(_("Neue Kategorie"))}
    return render(request, "citizens/desk_category_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def category(request: HttpRequest, code: str) -> HttpResponse:
    """/desk/categories/at/<code>/?area=: one category; POST `do` keeps it, puts it away, deletes it or says who."""
    who = _keeper(request)
    found = reads.kept_category(who, code)
    if found is None:
        raise reads.unknown_category()
    form, asks, responsible = _form(who, found), _asks(found), _responsible(who)
    if request.method != "POST":
        return _page(request, who, found, (form, asks, responsible), 200)
    do = request.POST.get("do", "")
    try:
        if do == "drop":
            actions.drop_category(who, code)
            messages.success(request, _("Gelöscht."))
            return redirect("needs:categories")
        if do in ("away", "back"):
            actions.keep_category(
                who, replace(reads.line(found).category, active=do == "back"), found.organisation_id
            )
        elif do == "responsible":
            responsible = _responsible(who, request.POST)
            if not responsible.is_valid():
                return _page(request, who, found, (form, asks, responsible), 422)
            typed = responsible.cleaned_data
            actions.keep_responsibility(who, code, typed["area"], typed["organisation"])
        else:
            form, asks = _form(who, found, request.POST), _asks(found, request.POST)
            if not (form.is_valid() and all(one.is_valid() for one in asks)):
                return _page(request, who, found, (form, asks, responsible), 422)
            questions = [asked for one in asks if (asked := one.asked())]
            actions.keep_category(
                who, form.kept(code, questions, active=found.active), form.cleaned_data["organisation"]
            )
    except Refusal as refusal:
        if do in ("away", "back", "drop"):
            return _page(request, who, found, (form, asks, responsible), refusal.status, refusal)
        (responsible if do == "responsible" else form).show(refusal)
        return _page(request, who, found, (form, asks, responsible), refusal.status)
    messages.success(request, _("Gespeichert."))
    return redirect("needs:category", code=code)


@require_safe
@login_required
@never_cache
def categories_table(request: HttpRequest) -> HttpResponse:
    """GET /desk/categories/table.csv: all of them, as they can be read in again."""
    who = _keeper(request)
    body = sheet.written(reads.lines(who))
    headers = {"Content-Disposition": 'attachment; filename="kategorien.csv"'}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def categories_import(request: HttpRequest) -> HttpResponse:
    """/desk/categories/import/: a table; all of it is kept, or nothing."""
    who = _keeper(request)
    form = CategoriesFileForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(
            request, "citizens/desk_categories_import.html", {"form": form, "path": _path(_("Einlesen"))}
        )
    form = CategoriesFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            body = form.cleaned_data["file"].read(sheet.MOST_BYTES + 1)
            count = actions.keep_categories(who, reads.bodies_of(who, sheet.read(body)))
        except Refusal as refusal:
            form.show(refusal)
        else:
            said = ngettext(
                "%(count)d Kategorie ist gespeichert.", "%(count)d Kategorien sind gespeichert.", count
            )
            messages.success(request, said % {"count": count})
            return redirect("needs:categories")
    context = {"form": form, "path": _path(_("Einlesen"))}
    return render(request, "citizens/desk_categories_import.html", context, status=422)


def _keeper(request: HttpRequest) -> Who:
    who = who_asks(request)
    if not rights.may_keep_categories(who):
        raise Refusal("category.not-yours", _("Die Kategorien pflegen andere."), status=403)
    return who


def _move(who: Who, up: str, down: str) -> None:
    """One step among its neighbours; at the end it stays."""
    groups = reads.categories(who)
    for row in ([one.category for one in groups], *(one.inside for one in groups)):
        codes = [one.code for one in row]
        code = up or down
        if code not in codes:
            continue
        at = codes.index(code)
        to = at - 1 if up else at + 1
        if 0 <= to < len(codes):
            codes[at], codes[to] = codes[to], codes[at]
            actions.order_categories(who, codes)
        return
    raise reads.unknown_category()


def _row(one: Category) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": choosing.called(one),
        "organisation": title(one.organisation or (one.parent.organisation if one.parent else None)),
        "days": one.days,
        "asks": len(one.asks),
        "active": one.active,
    }


def _form(
    who: Who, found: Category | None, typed: Any = None, initial: dict[str, Any] | None = None
) -> CategoryForm:
    groups = [
        (one.category.code, choosing.called(one.category))
        for one in reads.categories(who)
        if found is None or one.category.pk != found.pk
    ]
    said = initial or {}
    if found is not None:
        said = {
            "title_de": found.title.get("de", ""), "title_en": found.title.get("en", ""),
            "text_de": found.text.get("de", ""), "text_en": found.text.get("en", ""), "words": found.words,
            "parent": found.parent.code if found.parent else "", "organisation": found.organisation_id,
            "days": found.days, "order": found.order,
        }  # fmt: skip
    return CategoryForm(
        typed, groups=groups, organisations=choosing.organisations(who), new=found is None, initial=said
    )


def _asks(found: Category, typed: Any = None) -> list[AskForm]:
    """Those that are there and some empty ones; of what was typed as many as were shown."""
    known = typed_asks(found.asks)
    count = min(len(known) + EMPTY_ASKS, rules.MOST_ASKS)
    return [
        AskForm(typed, prefix=f"ask-{number}", initial=known[number] if number < len(known) else None)
        for number in range(count)
    ]


def _responsible(who: Who, typed: Any = None) -> ResponsibleForm:
    areas = [(one.id, title(one)) for one in reads.areas_kept(who)]
    return ResponsibleForm(
        typed, prefix="responsible", areas=areas, organisations=choosing.organisations(who)
    )


def _page(
    request: HttpRequest,
    who: Who,
    found: Category,
    forms: tuple[CategoryForm, list[AskForm], ResponsibleForm],
    status: int,
    refusal: Refusal | None = None,
) -> HttpResponse:
    form, asks, responsible = forms
    areas = {str(one.id): one for one in reads.areas_kept(who)}
    chosen = areas.get(request.GET.get("area", ""))
    would_be = reads.would_be(who, found, chosen.id) if chosen else None
    context = {
        "category": _row(found),
        "form": form,
        "asks": asks,
        "responsible": responsible,
        "rows": [
            {"area": title(one.area), "organisation": title(one.organisation), "id": one.area_id}
            for one in reads.responsibilities(who, found)
        ],
        "areas": [(number, title(one)) for number, one in areas.items()],
        "chosen": str(chosen.id) if chosen else "",
        "would_be": _would_be(found, title(chosen), title(would_be)) if chosen else "",
        "in_use": reads.in_use(who, found),
        "refusal": refusal,
        "wrong": bool(refusal) or any(one.is_bound and one.errors for one in (form, responsible, *asks)),
        "path": _path(choosing.called(found)),
    }
    return render(request, "citizens/desk_category.html", context, status=status)


def _would_be(found: Category, area: str, organisation: str) -> str:
    names = {"category": choosing.called(found), "area": area, "organisation": organisation}
    if not organisation:
        return (
            _(
                "„%(category)s“ in %(area)s: Niemand ist genannt; es lesen alle, die sich um das Gebiet kümmern."
            )
            % names
        )
    return _("„%(category)s“ in %(area)s: Zuständig ist %(organisation)s.") % names


def _path(name: str = "") -> list[dict[str, str]]:
    desk = {"title": _("Schreibtisch"), "url": reverse("desk:today")}
    if not name:
        return [desk, {"title": _("Kategorien")}]
    return [desk, {"title": _("Kategorien"), "url": reverse("needs:categories")}, {"title": name}]
