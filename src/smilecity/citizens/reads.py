# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from uuid import UUID

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils.translation import gettext as _

from smilecity.citizens import rights
from smilecity.citizens.models import Need
from smilecity.core import nouns
from smilecity.core.models import Link, Noun
from smilecity.core.paging import Page, page
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

MOST_NEEDS = 200
PAGE_SIZE = 30
MOST_ID = (1 << 63) - 1


def subject(who: Who, noun_id: int | None) -> Noun | None:
    """What a need is about. Refuses what is not there, and alike what this person may not see."""
    if noun_id is None:
        return None
    found = Noun.objects.filter(id=noun_id).first() if 0 < noun_id <= MOST_ID else None
    if found is None or found.kind == "need" or not nouns.may_see(who, found):
        raise Refusal(
            "need.unknown-subject",
            _("Das, wozu Sie etwas sagen möchten, gibt es hier nicht."),
            cure=_("Suchen Sie es in der Liste der Orte oder der Sensoren, und beginnen Sie dort."),
            field="about",
            status=404,
        )
    return found


def keeper(subject: Noun | None) -> Noun | None:
    """The organisation that reads what is said about this, besides the city."""
    found = rights.keeper_of(subject)
    return Noun.objects.filter(id=found, visibility=Noun.PUBLIC).first() if found else None


def need(who: Who, noun_id: int) -> Need | None:
    """One need, for stewards of its area; nothing for others."""
    found = Need.objects.select_related("noun").filter(noun=noun_id).first()
    return (
        found
        if found is not None and rights.may_read(who, found.noun.area_id, found.noun.keeper_id)
        else None
    )


def needs_about(who: Who, subject: Noun, limit: int = MOST_NEEDS) -> list[Need]:
    """What was said about this, newest first, for stewards of its area; nothing for others."""
    if not rights.may_read(who, rights.area_of(subject), rights.keeper_of(subject)):
        return []
    return list(
        _about(subject).select_related("noun").order_by("-said_at", "-noun_id")[: min(limit, MOST_NEEDS)]
    )


def count_about(who: Who, subject: Noun) -> int:
    """How much was said about this, for stewards of its area; zero for others."""
    return (
        _about(subject).count()
        if rights.may_read(who, rights.area_of(subject), rights.keeper_of(subject))
        else 0
    )


def waiting(
    who: Who, *, state: str = Need.NEW, kind: str = "", area: int | None = None, after: str = ""
) -> Page[Need]:
    """Needs that this person reads, each with its noun: new ones the longest waiting first, others newest first."""
    found = Need.objects.filter(_read_by(who), state=state).select_related("noun__area")
    if kind:
        found = found.filter(kind=kind)
    if area is not None:
        found = found.filter(noun__area__in=nouns.areas_below([area])[area])
    if state == Need.NEW:
        return page(found, ("noun_id",), after=after, size=PAGE_SIZE)
    return page(_newest_first(found), ("back",), after=after, size=PAGE_SIZE)


def count_waiting(who: Who) -> int:
    """How many new needs wait for this person's answer, at most 100 are counted."""
    return len(Need.objects.filter(_read_by(who), state=Need.NEW).values("noun")[:100])


def mine(who: Who, after: str = "") -> Page[Need]:
    """What this person said while signed in, newest first, each with its noun."""
    found = Need.objects.filter(account=who.account) if who.account is not None else Need.objects.none()
    return page(_newest_first(found.select_related("noun")), ("back",), after=after, size=PAGE_SIZE)


def need_at(who: Who, form: UUID) -> Need | None:
    """The need at `/needs/<form>/`, for those who read it and for its author; nothing for others."""
    found = Need.objects.select_related("noun__area", "noun__keeper", "account").filter(form=form).first()
    if found is None or not (
        is_author(who, found) or rights.may_read(who, found.noun.area_id, found.noun.keeper_id)
    ):
        return None
    return found


def is_author(who: Who, need: Need) -> bool:
    """Whether this person said it while signed in."""
    return who.account is not None and need.account_id == who.account


def thread(who: Who, need: Need) -> list[Noun]:
    """What the need is linked to and this person may see: the place it is about, and what came of it."""
    away = Link.objects.filter(source=need.noun_id).values("target")
    back = Link.objects.filter(target=need.noun_id).values("source")
    linked = Noun.objects.filter(Q(id__in=away) | Q(id__in=back)).order_by("sort", "id")
    return [noun for noun in linked if nouns.may_see(who, noun)]


def areas_read(who: Who) -> list[Noun]:
    """The areas whose needs this person reads, for a filter; all, if it is the whole node."""
    areas = Noun.objects.filter(kind="area").order_by("sort", "id").only("title", "address")
    if not who.holds_any(nouns.LOOK_AFTER_DRAFTS):
        areas = areas.filter(id__in=who.areas(nouns.LOOK_AFTER_DRAFTS))
    return list(areas[:MOST_NEEDS])


def unmailed(who: Who) -> QuerySet[Need]:
    """Answers that wait to be mailed, for the node itself."""
    found = Need.objects.filter(mailed_at__isnull=True, answered_at__isnull=False).exclude(contact="")
    return found if rights.may_mail(who) else found.none()


def _read_by(who: Who) -> Q:
    """The needs that `rights.may_read` lets this person read."""
    if who.holds_any(nouns.LOOK_AFTER_DRAFTS):
        return Q()
    return Q(noun__area__in=who.areas(nouns.LOOK_AFTER_DRAFTS)) | Q(
        noun__keeper__in=who.organisations(nouns.KEEP)
    )


def _newest_first(found: QuerySet[Need]) -> QuerySet[Need]:
    """With a key that grows backwards, because pages are ordered upwards."""
    return found.annotate(back=ExpressionWrapper(Value(0) - F("noun__id"), output_field=BigIntegerField()))


def _about(subject: Noun) -> QuerySet[Need]:
    return Need.objects.filter(noun__links_from__target=subject, noun__links_from__kind="about")
