# SPDX-License-Identifier: EUPL-1.2
"""Photos of a place: the desk's page for them, and the pictures themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.people.reads import who_asks
from smilecity.places import actions, rights
from smilecity.places.actions.entries import unknown
from smilecity.places.actions.photos import MOST_PHOTOS
from smilecity.places.actions.photos import unknown as unknown_photo
from smilecity.places.forms import PhotoForm, PhotoWordsForm
from smilecity.places.models import Photo, Place
from smilecity.places.pages.edit import path
from smilecity.places.reads import changes
from smilecity.places.reads import photos as reads
from smilecity.places.rules.pictures import FULL, LICENCES, SIZES, SMALL

DOABLE = {
    "show": actions.show_photo,
    "hide": actions.hide_photo,
    "front": actions.move_photo,
    "delete": actions.delete_photo,
}


@require_safe
def picture(request: HttpRequest, photo: int, size: int) -> HttpResponse:
    """GET /places/photos/<id>-<480|1600>.webp: kept for ever where anyone may see it, never where not."""
    found = None
    if size in SIZES:
        small = size == SMALL
        # Asked as nobody first: then the answer is the same for all, and anything on the way may keep it.
        found = reads.picture(ANYONE, photo, small=small) or reads.picture(
            who_asks(request), photo, small=small
        )
    if found is None:
        raise unknown_photo()
    body, for_all = found
    response = HttpResponse(body, content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable" if for_all else "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def photos(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/places/<slug>/photos/: all photos of the place, and one more."""
    who = who_asks(request)
    place = changes.editable(who, slug)
    if place is None:
        raise unknown()
    if request.method != "POST":
        return _page(request, who, place, PhotoForm(), 200)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, who, place, form, 422)
    try:
        kept = actions.add_photo(who, place.noun_id, form.cleaned_data["file"].read(), **form.words())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.show(refusal)
        return _page(request, who, place, form, refusal.status)
    messages.success(request, _said_of(kept))
    return redirect("places-desk:photos", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def photo(request: HttpRequest, slug: str, photo: int) -> HttpResponse:
    """/desk/places/<slug>/photos/<id>/: its words; a `do` shows, hides, moves or deletes it."""
    who = who_asks(request)
    found = reads.photo(who, photo)
    if found is None or found.place.noun.address != f"places/{slug}":
        raise unknown_photo()
    do = DOABLE.get(request.POST.get("do", ""))
    if request.method == "POST" and do is not None:
        do(who, photo)
        return redirect("places-desk:photos", slug=slug)
    known = {"credit": found.credit, "licence": found.licence}
    initial = {**known, **{f"alt_{language}": text for language, text in found.alt.items()}}
    form = PhotoWordsForm(request.POST) if request.method == "POST" else PhotoWordsForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe_photo(who, photo, **form.words())
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.show(refusal)
        else:
            messages.success(request, _("Die Angaben sind gespeichert."))
            return redirect("places-desk:photos", slug=slug)
    context = {"form": form, "photo": _shown(found), "slug": slug, "path": path(_("Foto"))}
    return render(request, "places/photo.html", context, status=422 if form.errors else 200)


def figures(who: Who, noun: Noun) -> list[dict[str, object]]:
    """The photos on a place's page."""
    return [_shown(one) for one in reads.shown(who, noun)]


def _page(request: HttpRequest, who: Who, place: Place, form: PhotoForm, status: int) -> HttpResponse:
    title = in_text(place.noun.title, get_language() or "de")
    rows = [_shown(one) for one in reads.all_of(who, place)]
    context = {
        "rows": rows,
        "full": len(rows) >= MOST_PHOTOS,
        "form": form,
        "title": title,
        "slug": place.noun.address.removeprefix("places/"),
        "shows": rights.may_keep(who, place.noun.area_id),
        "path": path(title),
    }
    return render(request, "places/photos.html", context, status=status)


def _shown(one: Photo) -> dict[str, object]:
    return {
        "id": one.id,
        "small": f"/places/photos/{one.id}-{SMALL}.webp",
        "full": f"/places/photos/{one.id}-{FULL}.webp",
        "alt": in_text(one.alt, get_language() or "de"),
        "credit": one.credit,
        "licence": LICENCES.get(one.licence, ""),
        "width": one.width,
        "height": one.height,
        "shown": one.shown,
        "waits": one.looked_at is None,
    }


def _said_of(kept: Photo) -> str:
    if kept.shown:
        return _("Das Foto ist da und wird gezeigt.")
    return _("Danke. Das Foto ist da. Gezeigt wird es, sobald jemand von der Stadt es angesehen hat.")
