# SPDX-License-Identifier: EUPL-1.2
"""Categories: added, changed, put in order, put away; and who is responsible for them where."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.models import Category, Responsibility
from smilecity.core import log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

# Whoever puts something into a category shares this, whoever deletes one has it alone: so nothing loses its category.
_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext('citizens.categories'))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('citizens.categories'))"


def hold_categories(*, alone: bool = False) -> None:
    """Categories stay until the end of the transaction; `alone` to delete one. Before anything else is locked."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE if alone else _SHARED)


def keep_category(
    who: Who, kept: rules.KeptCategory, organisation: int | None = None, *, new: bool = False
) -> Category:
    """Add a category, or change the one with this code; `new` refuses a code that is taken.

    `kept.parent` is the code of its group, `organisation` who is responsible wherever nobody else is. Lock: none may
    be deleted meanwhile; its own row.
    """
    _let_keep(who)
    kept = rules.checked_category(kept)
    with transaction.atomic():
        hold_categories()
        parent = _group(kept)
        _known_organisation(who, organisation)
        known = Category.objects.select_for_update().filter(code=kept.code).first()
        if known is not None and new:
            raise _taken()
        if known is not None and parent is not None and known.children.exists():
            raise _refused(
                "category.too-deep",
                _("Eine Gruppe kann nicht in einer anderen stehen."),
                _("Lassen Sie die Gruppe hier leer."),
                "parent",
            )
        found, _made = Category.objects.update_or_create(
            code=kept.code,
            defaults={
                "parent": parent,
                "title": dict(kept.title),
                "text": dict(kept.text),
                "words": kept.words,
                "organisation_id": organisation,
                "days": kept.days,
                "asks": list(kept.asks),
                "order": kept.order,
                "active": kept.active,
            },
        )
        log.append(who, facts.CATEGORY_KEPT, data={"category": kept.code})
        return found


def keep_categories(who: Who, rows: Iterable[tuple[rules.KeptCategory, int | None]]) -> int:
    """Keep many, all or none: groups first, whatever their order; how many. Lock: as `keep_category`, one by one."""
    every = list(rows)
    with transaction.atomic():
        for kept, organisation in sorted(every, key=lambda row: bool(row[0].parent)):
            keep_category(who, kept, organisation)
    return len(every)


def order_categories(who: Who, codes: Sequence[str]) -> None:
    """Put these categories in this order among each other. Lock: their rows, in order of id."""
    _let_keep(who)
    with transaction.atomic():
        found = {
            one.code: one
            for one in Category.objects.select_for_update().filter(code__in=codes).order_by("id")
        }
        if set(found) != set(codes):
            raise reads.unknown_category()
        for place, code in enumerate(codes):
            found[code].order = place
        Category.objects.bulk_update(found.values(), ["order"])
        log.append(who, facts.CATEGORY_KEPT, data={"category": ""})


def drop_category(who: Who, code: str) -> None:
    """Delete a category that nothing was ever said in. Lock: all categories, alone."""
    _let_keep(who)
    with transaction.atomic():
        hold_categories(alone=True)
        found = Category.objects.filter(code=code).first()
        if found is None:
            raise reads.unknown_category()
        if reads.in_use(who, found):
            raise Refusal(
                "category.in-use",
                _("Diese Kategorie wird gebraucht: Es ist etwas darin."),
                cure=_("Legen Sie sie weg. Dann wählt sie niemand mehr, und was darin ist, bleibt."),
                status=409,
            )
        found.delete()
        log.append(who, facts.CATEGORY_DROPPED, data={"category": code})


def keep_responsibility(who: Who, code: str, area: int, organisation: int | None) -> None:
    """Say who is responsible for a category in an area and what is below it; nobody: whoever is above it.

    Lock: none may be deleted meanwhile; one a category and area is the unique pair.
    """
    if not rights.may_say_who_is_responsible(who, area):
        raise Refusal(
            "category.not-yours", _("In diesem Gebiet sagen andere, wer zuständig ist."), status=403
        )
    with transaction.atomic():
        hold_categories()
        found = Category.objects.filter(code=code).first()
        if found is None:
            raise reads.unknown_category()
        if not Noun.objects.filter(id=area, kind="area").exists():
            raise _refused("category.unknown-area", _("Dieses Gebiet gibt es hier nicht."), "", "area")
        _known_organisation(who, organisation)
        if organisation is None:
            Responsibility.objects.filter(category=found, area=area).delete()
        else:
            Responsibility.objects.update_or_create(
                category=found, area_id=area, defaults={"organisation_id": organisation}
            )
        log.append(who, facts.CATEGORY_KEPT, noun=area, data={"category": code})


def _let_keep(who: Who) -> None:
    if not rights.may_keep_categories(who):
        raise Refusal("category.not-yours", _("Die Kategorien pflegen andere."), status=403)


def _group(kept: rules.KeptCategory) -> Category | None:
    """The group it is in: one that is no category of another group itself."""
    if not kept.parent:
        return None
    found = Category.objects.filter(code=kept.parent, parent=None).exclude(code=kept.code).first()
    if found is None:
        raise _refused(
            "category.unknown-group",
            _("Diese Gruppe gibt es nicht."),
            _("Wählen Sie eine aus der Liste."),
            "parent",
        )
    return found


def _known_organisation(who: Who, organisation: int | None) -> None:
    if organisation is not None and organisation not in {one.id for one in reads.organisations(who)}:
        raise _refused(
            "category.unknown-organisation", _("Diese Organisation gibt es hier nicht."), "", "organisation"
        )


def _taken() -> Refusal:
    return Refusal(
        "category.code-taken",
        _("Diese Kennung hat schon eine andere Kategorie."),
        cure=_("Wählen Sie eine andere."),
        field="code",
        status=409,
    )


def _refused(code: str, sentence: str, cure: str, field: str) -> Refusal:
    return Refusal(code, sentence, cure=cure, field=field, status=422)
