# SPDX-License-Identifier: EUPL-1.2
"""Photos of places. Each action locks the place's noun and marks it as changed: its pages are made anew."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions import entries
from smilecity.places.models import Photo
from smilecity.places.rules import pictures

MOST_PHOTOS = 12


def add_photo(
    who: Who,
    noun_id: int,
    data: bytes,
    *,
    alt: Mapping[str, str],
    credit: str = "",
    licence: str = "CC-BY-4.0",
) -> Photo:
    """Keep a picture of the place, made anew (`rules.pictures.remade`); who keeps the place shows it at once.

    The picture is decoded before the lock is taken, so that a large one holds nobody up, but not before the right
    is asked. Lock: the place's noun, under which the photos are counted.
    """
    alt = pictures.checked_alt(alt, pictures.languages())
    credit, licence = pictures.checked_credit(credit), pictures.checked_licence(licence)
    _writer(who, Noun.objects.filter(id=noun_id, kind="place").first())
    made = pictures.remade(data)
    with transaction.atomic():
        noun = _locked(who, noun_id)
        there = Photo.objects.filter(place=noun.id)
        if there.filter(digest=made.digest).exists():
            raise Refusal("photo.there", _("Dieses Foto ist schon da."), field="file", status=409)
        orders = list(there.values_list("order", flat=True))
        if len(orders) >= MOST_PHOTOS:
            raise Refusal(
                "photo.too-many",
                _("Ein Ort hat höchstens 12 Fotos."),
                cure=_("Löschen Sie erst eines."),
                field="file",
                status=409,
            )
        trusted = rights.may_keep(who, noun.area_id)
        photo = Photo.objects.create(
            place_id=noun.id,
            alt=alt,
            credit=credit,
            licence=licence,
            width=made.width,
            height=made.height,
            full=made.full,
            small=made.small,
            digest=made.digest,
            shown=trusted,
            looked_at=clock.now() if trusted else None,
            order=max(orders, default=-1) + 1,
        )
        _tell(who, facts.PHOTO_ADDED, photo)
        return photo


def describe_photo(who: Who, photo_id: int, *, alt: Mapping[str, str], credit: str, licence: str) -> None:
    """Say anew what is on it and whose it is; unless who keeps the place says it, the city looks again."""
    alt = pictures.checked_alt(alt, pictures.languages())
    credit, licence = pictures.checked_credit(credit), pictures.checked_licence(licence)
    with transaction.atomic():
        photo, noun = _photo(who, photo_id)
        photo.alt, photo.credit, photo.licence = alt, credit, licence
        if not rights.may_keep(who, noun.area_id):
            photo.shown, photo.looked_at = False, None
        photo.save(update_fields=["alt", "credit", "licence", "shown", "looked_at"])
        _tell(who, facts.PHOTO_CHANGED, photo)


def show_photo(who: Who, photo_id: int) -> None:
    """Show it to everyone who sees the place: only who keeps the place does."""
    with transaction.atomic():
        photo, noun = _photo(who, photo_id)
        entries.must_keep(who, noun.area_id)
        photo.shown, photo.looked_at = True, clock.now()
        photo.save(update_fields=["shown", "looked_at"])
        _tell(who, facts.PHOTO_SHOWN, photo)


def hide_photo(who: Who, photo_id: int) -> None:
    """Show it to nobody but those who write the entry: each of them may do so."""
    with transaction.atomic():
        photo, noun = _photo(who, photo_id)
        photo.shown = False
        if rights.may_keep(who, noun.area_id):
            photo.looked_at = clock.now()
        photo.save(update_fields=["shown", "looked_at"])
        _tell(who, facts.PHOTO_HIDDEN, photo)


def move_photo(who: Who, photo_id: int) -> None:
    """One place further to the front."""
    with transaction.atomic():
        photo, _noun = _photo(who, photo_id)
        row = list(Photo.objects.filter(place=photo.place_id).defer("full", "small").order_by("order", "id"))
        at = next(number for number, one in enumerate(row) if one.id == photo.id)
        if at:
            row[at - 1], row[at] = row[at], row[at - 1]
        for number, one in enumerate(row):
            one.order = number
        Photo.objects.bulk_update(row, ["order"])
        _tell(who, facts.PHOTO_CHANGED, photo)


def delete_photo(who: Who, photo_id: int) -> None:
    """Delete it for good."""
    with transaction.atomic():
        photo, _noun = _photo(who, photo_id)
        _tell(who, facts.PHOTO_DELETED, photo)
        Photo.objects.filter(id=photo.id).delete()


def _photo(who: Who, photo_id: int) -> tuple[Photo, Noun]:
    """The photo without its bytes and its place's noun, locked, for those who write the entry."""
    place = Photo.objects.filter(id=photo_id).values_list("place", flat=True).first()
    if place is None:
        raise unknown()
    noun = _locked(who, place)
    photo = Photo.objects.defer("full", "small").filter(id=photo_id).first()
    if photo is None:  # deleted while we waited
        raise unknown()
    return photo, noun


def _locked(who: Who, noun_id: int) -> Noun:
    noun = _writer(who, Noun.objects.select_for_update().filter(id=noun_id, kind="place").first())
    noun.changed_at = clock.now()
    noun.save(update_fields=["changed_at"])
    return noun


def _writer(who: Who, noun: Noun | None) -> Noun:
    if noun is None or not rights.may_write(who, noun.area_id, noun.keeper_id):
        raise Refusal(
            "photo.not-yours",
            _("Fotos zeigen die, die den Ort pflegen, und seine Verantwortlichen."),
            status=403,
        )
    return noun


def _tell(who: Who, verb: str, photo: Photo) -> None:
    log.append(who, verb, noun=photo.place_id, data={"photo": photo.id})


def unknown() -> Refusal:
    """The refusal of a photo that is not there, or not for this person."""
    return Refusal("photo.unknown", _("Dieses Foto gibt es nicht."), status=404)
