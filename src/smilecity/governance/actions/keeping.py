# SPDX-License-Identifier: EUPL-1.2
"""Projects as they stand, and who sees them."""

from collections.abc import Iterable
from typing import Any, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.core import clock, links, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.governance import facts, rights
from smilecity.governance.actions.standing import locked, noted, reason, sound, unchanged, write_step
from smilecity.governance.models import Project
from smilecity.governance.rules import course, description
from smilecity.governance.rules.description import Description, Said, Texts
from smilecity.space import reads as space


def keep_project(
    who: Who,
    slug: str,
    *,
    area: int | None = None,
    keeper: int | None = None,
    delay: Texts | None = None,
    new: bool = False,
    seen: str = "",
    **said: Unpack[Said],
) -> Project:
    """Create the project at `/projects/<slug>/`, internal at first, or bring it up to date.

    `said` is all of `Description`, by name. Without an `area` it is the smallest one of its position. What is public
    is promised: moving its end to later needs a reason (`delay`), which becomes a step. With `new` it must not be
    there yet; with `seen` it must still be what was shown. Lock: the row of its address.
    """
    address = f"projects/{description.checked_slug(slug)}"
    kept = description.checked(Description(**said))
    with transaction.atomic():
        known = Noun.objects.select_for_update().filter(address=address).first()
        if known is not None and new:
            raise _taken()
        if known is not None:
            unchanged(known, seen)
        places = _seen_places(who, kept.pop("places"))
        kept["position"] = kept["position"] or _spot_of(places)
        area = _area_of(who, area, kept["position"])
        _must_write(who, known, area, keeper)
        before = Project.objects.filter(noun=known).first() if known else None
        is_late = before is not None and course.moved_later(before.ends_on, kept["ends_on"])
        delayed = reason(delay) if is_late and known and known.visibility == Noun.PUBLIC else None
        project = _written(address, kept, area, _known_organisation(keeper), known)
        _locate(project, places)
        if delayed:
            write_step(who, project, project.state, delayed, delay=True)
        log.append(who, facts.PROJECT_KEPT, noun=project.noun_id, about=[one.id for one in places])
        return project


def publish(who: Who, noun_id: int, *, public: bool = True) -> None:
    """Show the project to all, or only to those who look after its area again. Lock: its noun.

    Whoever said a need that it answers is told when it becomes public.
    """
    with transaction.atomic():
        project = locked(who, noun_id)
        noun = project.noun
        if not rights.may_publish(who, noun.area_id):
            raise _not_yours(_("Projekte veröffentlichen die, die in ihrem Gebiet planen."))
        visibility = Noun.PUBLIC if public else Noun.INTERNAL
        if noun.visibility == visibility:
            return
        noun.visibility, noun.changed_at = visibility, clock.now()
        noun.save(update_fields=["visibility", "changed_at"])
        log.append(who, facts.PROJECT_SHOWN, noun=noun.id, data={"visibility": visibility})
        if public:
            for need in links.linked_from(noun.id, "answers"):
                log.append(
                    who, facts.NEED_ANSWERED_BY, noun=need.id, about=[noun.id], data={"project": noun.id}
                )


def _written(
    address: str, kept: dict[str, Any], area: int | None, keeper: int | None, known: Noun | None
) -> Project:
    """The project as it stands from now on, with its noun."""
    kept = dict(kept)
    spot = kept.pop("position")
    noun = nouns.put(
        "project",
        address,
        kept.pop("title"),
        text=kept.pop("text"),
        geo={"type": "Point", "coordinates": list(spot)} if spot else None,
        area=area,
        keeper=keeper,
        words=kept["simple"],
        visibility=known.visibility if known else Noun.INTERNAL,
        licence=known.licence if known else "CC-BY-4.0",
    )
    project, _created = Project.objects.update_or_create(noun=noun, defaults=kept)
    project.noun = noun
    noted(project)
    return project


def _must_write(who: Who, known: Noun | None, area: int | None, keeper: int | None) -> None:
    """Whoever writes a project may do so before and after; what is public moves only to where they publish."""
    if not rights.may_write(who, area, keeper):
        raise _not_yours(
            _("Projekte schreiben die, die im Gebiet planen, und die verantwortliche Organisation.")
        )
    if known is not None and not rights.may_write(who, known.area_id, known.keeper_id):
        raise _taken()
    public = known is not None and known.visibility == Noun.PUBLIC
    if public and known is not None and known.area_id != area and not rights.may_publish(who, area):
        raise _not_yours(_("In dieses Gebiet verlegen das Projekt nur die, die dort planen."))


def _seen_places(who: Who, ids: Iterable[int]) -> list[Noun]:
    """The places of these ids, if this person sees every one of them."""
    wanted = [one for one in ids if sound(one)]
    found = Noun.objects.in_bulk(wanted)
    places = [found[one] for one in wanted if one in found]
    seen = [one for one in places if one.kind == "place" and nouns.may_see(who, one)]
    if len(seen) != len(list(ids)):
        raise Refusal(
            "project.unknown-place", _("Diesen Ort gibt es hier nicht."), field="places", status=422
        )
    return seen


def _spot_of(places: list[Noun]) -> tuple[float, float] | None:
    """Where the first of the places is, for a project that says no more of where it is."""
    for place in places:
        if place.geo and place.geo.get("type") == "Point":
            longitude, latitude = place.geo["coordinates"][:2]
            return longitude, latitude
    return None


def _locate(project: Project, places: list[Noun]) -> None:
    """These places and no others are where it is."""
    wanted = {one.id for one in places}
    for gone in links.linked_from(project.noun_id, "located_at"):
        if gone.id not in wanted:
            links.unlink(project.noun_id, "located_at", gone.id)
    for place in places:
        links.link(project.noun_id, "located_at", place.id)


def _area_of(who: Who, area: int | None, spot: tuple[float, float] | None) -> int | None:
    if area is not None:
        if not (sound(area) and Noun.objects.filter(id=area, kind="area").exists()):
            raise Refusal("project.unknown-area", _("Dieses Gebiet gibt es nicht."), field="area", status=422)
        return area
    found = space.area_at(who, *spot) if spot else None
    return found.noun_id if found else None


def _known_organisation(keeper: int | None) -> int | None:
    if keeper is not None and not (
        sound(keeper) and Noun.objects.filter(id=keeper, kind="organisation").exists()
    ):
        raise Refusal(
            "project.unknown-keeper", _("Diese Organisation gibt es nicht."), field="keeper", status=422
        )
    return keeper


def _taken() -> Refusal:
    return Refusal(
        "project.address-taken",
        _("Unter dieser Adresse steht schon ein anderes Projekt."),
        cure=_("Nehmen Sie eine andere, zum Beispiel mit dem Stadtteil dahinter."),
        field="slug",
        status=409,
    )


def _not_yours(sentence: str) -> Refusal:
    return Refusal("project.not-yours", sentence, status=403)
