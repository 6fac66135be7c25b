# SPDX-License-Identifier: EUPL-1.2
"""Pictures to needs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from smilecity.citizens import reads, rights, rules
from smilecity.citizens.models import Need
from smilecity.core.who import Who
from smilecity.people.reads import who_asks


@require_safe
def photo(request: HttpRequest, form: UUID, number: int) -> HttpResponse:
    """GET /needs/<form>/photos/<id>.webp?size=small&key=: one picture, for whoever may see it.

    A browser asks each time whether it still may: a picture can be taken from the public again, or parts covered.
    """
    who, key = who_asks(request), request.GET.get("key", "")
    need = reads.need_at(who, form, key)
    found = reads.photo(who, need, number, key) if need else None
    if need is None or found is None:
        raise rules.unknown()
    small = request.GET.get("size") == "small"
    answer = HttpResponse(bytes(found.small if small else found.full), content_type="image/webp")
    if not (found.shown and need.published_at is not None):
        answer["Cache-Control"] = "private, no-store"
        return answer
    tag = f'"{found.digest[:24]}{"s" if small else ""}"'
    answer["Cache-Control"], answer["ETag"] = "public, no-cache", tag
    return get_conditional_response(request, etag=tag, response=answer) or answer


def figures(who: Who, need: Need, key: str = "") -> list[dict[str, Any]]:
    """The pictures on a need's page."""
    query = f"key={key}" if key else ""
    covers = rights.may_answer(who, need.noun.area_id, need.noun.keeper_id)
    return [_figure(need, one, query, covers=covers) for one in reads.photos(who, need, key)]


def _figure(need: Need, one: Any, query: str, *, covers: bool) -> dict[str, Any]:
    address = reverse("needs:photo", kwargs={"form": need.form, "number": one.id})
    return {
        "id": one.id,
        "full": f"{address}?{query}" if query else address,
        "small": f"{address}?size=small{'&' + query if query else ''}",
        "width": one.width,
        "height": one.height,
        "alt": one.alt,
        "shown": one.shown,
        "cover": reverse("needs:cover", kwargs={"form": need.form, "number": one.id}) if covers else "",
    }
