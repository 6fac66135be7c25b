# SPDX-License-Identifier: EUPL-1.2
"""Organisations: who keeps places and does things."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import facts, rights
from smilecity.people.actions.locks import ORGANISATIONS, lock
from smilecity.people.models import Organisation
from smilecity.people.rules import organisations as rules

MOST_ABOVE = 20


def keep_organisation(  # noqa: PLR0913 - all that is said of an organisation, each by its name
    who: Who,
    slug: str,
    *,
    kind: str,
    title: nouns.Texts,
    text: nouns.Texts | None = None,
    area: int | None = None,
    parent: Organisation | None = None,
    website: str = "",
    email: str = "",
    phone: str = "",
    visibility: str = Noun.PUBLIC,
    new: bool = False,
) -> Organisation:
    """Create the organisation at `/organisations/<slug>/` or bring it up to date; `area` is a noun's id.

    `new` refuses one that is there already, so that nobody changes another by adding their own.
    Lock: the noun's row of its address, before its area is looked at, so that nobody takes over an
    organisation of an area that is not theirs; with a `parent` all of these first, so that no circle is made.
    """
    address = f"organisations/{rules.checked_slug(slug)}"
    kind, visibility = rules.checked_kind(kind), rules.checked_visibility(visibility)
    titles = rules.checked_texts(title, "title", needed=True)
    texts = rules.checked_texts(text or {}, "text", needed=False)
    contacts = rules.checked_contacts(website, email, phone)
    with transaction.atomic():
        if parent is not None:
            lock(ORGANISATIONS)
        known = Noun.objects.select_for_update().filter(address=address).first()
        _keeper(who, area)
        if known is not None:
            _keeper(who, known.area_id)
            _not_below(known.id, parent)
        noun = nouns.put(
            "organisation",
            address,
            titles,
            text=texts,
            area=_checked_area(area),
            facts=rules.facts(kind, contacts),
            words={"de": str(rules.KINDS[kind])},
            visibility=visibility,
        )
        kept, created = Organisation.objects.update_or_create(
            noun=noun, defaults={"kind": kind, "parent": parent, **contacts}
        )
        if new and not created:
            raise _taken()
        log.append(who, facts.ORGANISATION_KEPT, noun=noun.id)
        return kept


def _checked_area(area: int | None) -> int | None:
    if area is not None and not Noun.objects.filter(id=area, kind="area").exists():
        raise Refusal("organisation.area", _("Dieses Gebiet gibt es nicht."), field="area", status=404)
    return area


def _not_below(organisation: int, parent: Organisation | None) -> None:
    """Nothing belongs to itself, nor to what belongs to it."""
    above: int | None = parent.pk if parent else None
    for _step in range(MOST_ABOVE):
        if above is None:
            return
        if above == organisation:
            break
        above = Organisation.objects.values_list("parent", flat=True).get(pk=above)
    raise Refusal(
        "organisation.circle",
        _("Eine Organisation kann nicht zu sich selbst gehören."),
        cure=_("Wählen Sie eine andere, oder lassen Sie das Feld leer."),
        field="parent",
        status=409,
    )


def _taken() -> Refusal:
    return Refusal(
        "organisation.address-taken",
        _("Unter dieser Adresse gibt es schon eine Organisation."),
        cure=_("Nehmen Sie eine andere Adresse, oder ändern Sie die Organisation, die es schon gibt."),
        field="slug",
        status=409,
    )


def _keeper(who: Who, area: int | None) -> None:
    if not rights.may_keep_organisations(who, area):
        raise Refusal(
            "organisation.not-yours",
            _("Organisationen pflegen die Verantwortlichen ihres Gebiets und die Betreiber."),
            status=403,
        )
