# SPDX-License-Identifier: EUPL-1.2
"""Changes of entries: written by those who keep a place, looked at and published by the city.

Each action locks the place's noun first and the change's row after it, as `keep_place` does: two of them never
decide on the same change. A change keeps only what it changes, so publishing it leaves the rest as it is by then.
"""

from typing import Any, Unpack, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from smilecity.core import clock, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions import entries
from smilecity.places.models import Change, Place
from smilecity.places.reads.changes import entry
from smilecity.places.rules import description, difference, words
from smilecity.places.rules.description import Described, Description

LONGEST_REASON = 1000
KEEP, SEND, PUBLISH = "keep", "send", "publish"


def propose_place(
    who: Who, slug: str, *, keeper: int | None = None, area: int | None = None, **said: Unpack[Described]
) -> Change:
    """Begin a new place as a draft that nobody else sees; publishing its change shows it to all.

    Who keeps the area may, and whoever works for `keeper`. Lock: the unique address; a taken one is refused.
    """
    address = f"places/{words.checked_slug(slug)}"
    kept = description.checked(Description(**said))
    with transaction.atomic():
        area = entries.area_of(who, area, kept["position"])
        if not rights.may_write(who, area, entries.known_organisation(keeper)):
            raise _not_yours()
        if Noun.objects.select_for_update().filter(address=address).exists():
            raise Refusal(
                "place.address-taken",
                _("Unter dieser Adresse gibt es schon einen Ort."),
                cure=_("Wählen Sie eine andere Adresse, oder ändern Sie den Eintrag, den es gibt."),
                field="slug",
                status=409,
            )
        place = entries.written(address, kept, area, keeper, Noun.DRAFT, "CC-BY-4.0")
        return _begun(who, place, {})


def write_change(
    who: Who, slug: str, *, then: str = KEEP, seen: str = "", **said: Unpack[Described]
) -> Change:
    """Write on in the place's open change, or begin one, and `then` keep it, send it, or publish it at once.

    All of it or nothing; see `begin_change`, `save_change`, `send_change`, `publish_change`. Lock: the noun first,
    so that whether a change is open is known.
    """
    if then not in (KEEP, SEND, PUBLISH):
        raise Refusal("change.then", _("Das geht mit einer Änderung nicht."), field="then", status=422)
    with transaction.atomic():
        place = _locked(who, slug=slug)
        known = Change.objects.filter(place=place, state__in=Change.OPEN).first()
        if known is None:
            change = begin_change(who, slug, seen=seen, **said)
        else:
            change = save_change(who, known.id, seen=seen, **said)
        if then == SEND:
            return send_change(who, change.id)
        if then == PUBLISH:
            publish_change(who, change.id)
        return change


def begin_change(who: Who, slug: str, *, seen: str = "", **said: Unpack[Described]) -> Change:
    """Keep a draft of what the entry should say; `said` is all of `Description`, `seen` the marks of what was shown.

    Refuses while another change of the place is open, and if the entry was changed since `seen`. Lock: the noun.
    """
    wanted = difference.plain(description.checked(Description(**said)))
    with transaction.atomic():
        place = _locked(who, slug=slug)
        if Change.objects.filter(place=place, state__in=Change.OPEN).exists():
            raise Refusal(
                "change.open",
                _("Für diesen Ort gibt es schon eine Änderung, die noch nicht veröffentlicht ist."),
                cure=_("Lesen Sie sie, und schreiben Sie darin weiter."),
                status=409,
            )
        present = entry(place)
        _same_as_seen(seen, present)
        values = difference.changed(present, wanted)
        if not values:
            raise nothing_changed()
        return _begun(who, place, values)


def save_change(who: Who, change_id: int, *, seen: str = "", **said: Unpack[Described]) -> Change:
    """Write on in an open change; one that was sent or returned is a draft again.

    Refuses if what the form showed (`seen`) was changed meanwhile, by whomever. Lock: the noun, then the change.
    """
    wanted = difference.plain(description.checked(Description(**said)))
    with transaction.atomic():
        change = _open(who, change_id)
        present = entry(change.place)
        _same_as_seen(seen, difference.merged(present, change.values))
        change.values = difference.changed(present, wanted)
        change.base, change.state = change.place.noun.changed_at, Change.DRAFT
        change.save(update_fields=["values", "base", "state"])
        return change


def send_change(who: Who, change_id: int) -> Change:
    """Ask the city to look at it. Whoever sends it is its author from now on. Lock: the noun, then the change."""
    with transaction.atomic():
        change = _open(who, change_id)
        if change.state == Change.REVIEW:
            return change
        if not change.values and change.place.noun.visibility == Noun.PUBLIC:
            raise nothing_changed()
        change.state, change.sent_at, change.reason = Change.REVIEW, clock.now(), ""
        change.author_id = who.account if who.account is not None else change.author_id
        change.save(update_fields=["state", "sent_at", "reason", "author"])
        _tell(who, facts.CHANGE_SENT, change)
        return change


def publish_change(who: Who, change_id: int, *, seen: str = "") -> Place:
    """Put the change into the entry, by who keeps the place where it is and where it will be; a draft is then shown.

    `seen` are the marks of the entry with the change as it was looked at: if either was changed meanwhile, it is
    refused, so that nobody publishes what they have not read. Lock: the noun, then the change.
    """
    with transaction.atomic():
        change = _open(who, change_id)
        noun = change.place.noun
        entries.must_keep(who, noun.area_id)
        becomes = difference.merged(entry(change.place), change.values)
        _same_as_seen(seen, becomes)
        kept = description.checked(Description(**_as_said(becomes)))
        moved = "position" in change.values
        area = (entries.area_of(who, None, kept["position"]) if moved else None) or noun.area_id
        visibility = Noun.PUBLIC if noun.visibility == Noun.DRAFT else noun.visibility
        entries.must_keep(who, area)
        place = entries.written(noun.address, kept, area, noun.keeper_id, visibility, noun.licence)
        _decided(who, change, Change.PUBLISHED)
        _tell(who, facts.CHANGE_PUBLISHED, change)
        return place


def return_change(who: Who, change_id: int, reason: str) -> Change:
    """Give it back to its author with what is missing, by who keeps the place. Lock: the noun, then the change."""
    reason = checked_reason(reason)
    with transaction.atomic():
        change = _open(who, change_id)
        entries.must_keep(who, change.place.noun.area_id)
        if change.state != Change.REVIEW:
            raise _not_open()
        change.reason = reason
        _decided(who, change, Change.RETURNED)
        _tell(who, facts.CHANGE_RETURNED, change)
        return change


def drop_change(who: Who, change_id: int) -> None:
    """Throw an open change away; the entry stays as it is. Lock: the noun, then the change."""
    with transaction.atomic():
        change = _open(who, change_id)
        _decided(who, change, Change.DROPPED)
        _tell(who, facts.CHANGE_DROPPED, change)


def checked_reason(reason: str) -> str:
    """What is missing, in a sentence that its reader can act on."""
    reason = reason.strip()
    if len(reason) < 3 or len(reason) > LONGEST_REASON or "\0" in reason:
        raise Refusal(
            "change.reason",
            _("Schreiben Sie in einem Satz, was noch fehlt."),
            cure=_("Wer die Änderung geschrieben hat, liest diesen Satz. Er hat höchstens 1000 Zeichen."),
            field="reason",
            status=422,
        )
    return reason


def nothing_changed() -> Refusal:
    """The refusal of a change that changes nothing."""
    return Refusal(
        "change.nothing", _("Es ist noch alles wie im veröffentlichten Eintrag."), status=422,
        cure=_("Ändern Sie etwas, dann können wir es speichern."),
    )  # fmt: skip


def _begun(who: Who, place: Place, values: dict[str, Any]) -> Change:
    change = Change.objects.create(
        place=place, values=values, author_id=who.account, base=place.noun.changed_at
    )
    _tell(who, facts.CHANGE_BEGUN, change)
    return change


def _locked(who: Who, *, slug: str = "", noun_id: int = 0) -> Place:
    """The place with its noun's row locked, for those who write its entry."""
    wanted = {"address": f"places/{slug}"} if slug else {"id": noun_id}
    noun = Noun.objects.select_for_update().filter(kind="place", **wanted).first()
    place = Place.objects.filter(noun=noun).first() if noun else None
    if noun is None or place is None or not _may_know(who, noun):
        raise entries.unknown()
    if not rights.may_write(who, noun.area_id, noun.keeper_id):
        raise _not_yours()
    place.noun = noun
    return place


def _open(who: Who, change_id: int) -> Change:
    """The open change, its place's noun and itself locked, for those who write the entry."""
    place_id = Change.objects.filter(id=change_id).values_list("place", flat=True).first()
    if place_id is None:
        raise unknown()
    place = _locked(who, noun_id=place_id)
    change = Change.objects.select_for_update().get(id=change_id)
    if change.state not in Change.OPEN:
        raise _not_open()
    change.place = place
    return change


def _may_know(who: Who, noun: Noun) -> bool:
    return nouns.may_see(who, noun) or rights.may_write(who, noun.area_id, noun.keeper_id)


def _same_as_seen(seen: str, present: dict[str, Any]) -> None:
    """Refuses if something of it changed since a person looked; without marks nobody looked, and nothing is asked."""
    names = difference.changed_since(seen, present) if seen else []
    if not names:
        return
    said = ", ".join(str(difference.FIELDS[name]) for name in names)
    raise Refusal(
        "change.meanwhile",
        ngettext_lazy(
            "Inzwischen hat jemand dieses Feld geändert: %(fields)s.",
            "Inzwischen hat jemand diese Felder geändert: %(fields)s.",
            len(names),
        )
        % {"fields": said},
        cure=_(
            "Ihr Text ist nicht verloren. Sehen Sie nach, was jetzt dort steht, und speichern Sie noch einmal."
        ),
        status=409,
    )


def _as_said(whole: dict[str, Any]) -> Described:
    spot = whole["position"]
    position = (spot[0], spot[1]) if spot else None
    return cast("Described", {**whole, "position": position, "languages": tuple(whole["languages"])})


def _decided(who: Who, change: Change, state: str) -> None:
    change.state, change.decided_at, change.decided_by = state, clock.now(), who.label
    change.save(update_fields=["state", "decided_at", "decided_by", "reason"])


def _tell(who: Who, verb: str, change: Change) -> None:
    log.append(who, verb, noun=change.place_id, data={"change": change.id, "author": change.author_id})


def unknown() -> Refusal:
    """The refusal of a change that is not there, or not for this person."""
    return Refusal("change.unknown", _("Diese Änderung gibt es nicht."), status=404)


def _not_open() -> Refusal:
    return Refusal(
        "change.not-open",
        _("Über diese Änderung ist schon entschieden."),
        cure=_("Laden Sie die Seite neu, dann sehen Sie, wie."),
        status=409,
    )


def _not_yours() -> Refusal:
    return Refusal(
        "place.not-yours",
        _("Diesen Eintrag schreiben die, die den Ort pflegen, und die Verantwortlichen seines Gebiets."),
        status=403,
    )
