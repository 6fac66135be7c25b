# SPDX-License-Identifier: EUPL-1.2
"""Webhooks, what they want to hear, and what they were told."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.people import rights
from smilecity.people.models import Organisation, Webhook, WebhookDelivery
from smilecity.people.rules import webhooks as rules


def webhooks(who: Who) -> list[Webhook]:
    """All webhooks by name; nothing for others.

    Each with how many messages are `waiting`, how often the first of them failed (`failures`), and when it was `told_at`
    last.
    """
    return list(_kept(who).order_by("name", "id"))


def webhook(who: Who, number: int) -> Webhook | None:
    """One of them."""
    return _kept(who).filter(pk=number).first()


def _kept(who: Who) -> QuerySet[Webhook]:
    found = Webhook.objects.all() if rights.may_keep_webhooks(who) else Webhook.objects.none()
    undone = Q(deliveries__delivered_at=None)
    failures = Max("deliveries__attempts", filter=undone)
    return (
        found.select_related("organisation__noun", "within", "owner")
        .defer("secret", "old_secret")
        .annotate(
            waiting=Count("deliveries", filter=undone),
            failures=failures,
            told_at=Max("deliveries__delivered_at"),
        )
    )


def deliveries(who: Who, number: int, after: str = "") -> Page[WebhookDelivery]:
    """What this webhook was told or is to be told, newest first; nothing for others."""
    rows = WebhookDelivery.objects.filter(webhook=number).annotate(back=-F("id"))
    return page(rows if rights.may_keep_webhooks(who) else rows.none(), ("back",), after=after, size=20)


def hearing_organisations(who: Who) -> list[Noun]:
    """For whom a webhook may listen, in dictionary order: all organisations that may be seen."""
    if not rights.may_keep_webhooks(who):
        return []
    kept = Organisation.objects.values("noun")
    return list(Noun.objects.filter(nouns.sees(who), pk__in=kept).order_by("sort", "id"))


def wishes(who: Who) -> dict[int, rules.Wish]:
    """What each webhook that does not rest wants to hear, by its number; for the node alone. Two queries for all."""
    if not rights.may_tell(who):
        return {}
    found = list(Webhook.objects.filter(paused="").select_related("within").defer("secret", "old_secret"))
    below = nouns.areas_below({one.within.pk for one in found if one.within and one.within.kind == "area"})
    return {
        one.pk: rules.Wish(
            kinds=frozenset(one.kinds),
            owner=one.owner_id,
            organisation=one.organisation_id,
            within=frozenset(below.get(one.within_id, {one.within_id})) if one.within_id else None,
        )
        for one in found
    }


def subject_of(who: Who, typed: str) -> int | None:
    """The area or place whose page has this address, however it is typed; None for nothing typed.

    Refuses `webhook.unknown-place` (422) what is none, or may not be seen.
    """
    if not typed.strip():
        return None
    found = Noun.objects.filter(nouns.sees(who), address=_path(typed), kind__in=("area", "place")).first()
    if found is None:
        raise rules.wrong(
            "webhook.unknown-place",
            _("Diesen Ort oder dieses Gebiet gibt es hier nicht."),
            "within",
            _("Öffnen Sie seine Seite und kopieren Sie die Adresse."),
        )
    return found.pk


def _path(typed: str) -> str:
    """`places/pier` of `https://smile.example.org/en/places/pier/?x=1`."""
    try:
        path = unquote(urlsplit(typed.strip()).path).strip("/")
    except ValueError:
        return ""
    language, _slash, rest = path.partition("/")
    return (rest if language in dict(settings.LANGUAGES) else path).replace("\0", "")
