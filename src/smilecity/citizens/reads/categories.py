# SPDX-License-Identifier: EUPL-1.2
"""Categories as they are kept at the desk and offered to people, and who is responsible where."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from smilecity.citizens import rights
from smilecity.citizens.models import Category, Need, Responsibility
from smilecity.citizens.reads.reports import responsible
from smilecity.citizens.rules import KeptCategory, sheet
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads.organisations import organisations_to_choose
from smilecity.space import reads as space

_BODIES = "organisations/"


@dataclass(frozen=True, slots=True)
class Group:
    """A group with what is in it; a category without a group stands by itself."""

    category: Category
    inside: list[Category]


def offered(who: Who) -> list[Group]:
    """What people can choose, in the city's order. `who` is asked for nothing; one query."""
    groups = _grouped(_listed().filter(active=True))
    return [one for one in groups if one.inside or one.category.parent_id is None]


def categories(who: Who) -> list[Group]:
    """All categories, those put away too, for those who keep them or sort needs by them; nothing for others."""
    if not (rights.may_keep_categories(who) or rights.reads_any(who)):
        return []
    return _grouped(_listed())


def kept_category(who: Who, code: str) -> Category | None:
    """One of them, for those who keep them."""
    return _listed().filter(code=code).first() if rights.may_keep_categories(who) else None


def in_use(who: Who, category: Category) -> bool:
    """Whether something was said in it or something is in it: then it can only be put away. For those who keep it."""
    if not rights.may_keep_categories(who):
        return False
    inside = Category.objects.filter(parent=category).exists()
    return inside or Need.objects.filter(category=category).exists()


def responsibilities(who: Who, category: Category) -> list[Responsibility]:
    """Who is responsible for it where, by the areas' names. Everybody may know: `who` is asked for nothing."""
    found = Responsibility.objects.filter(category=category).select_related("area", "organisation")
    return list(found.order_by("area__sort", "id"))


def areas_kept(who: Who) -> list[Noun]:
    """The areas of today in which this person says who is responsible, in dictionary order."""
    return [
        one.area.noun for one in _branches(who) if rights.may_say_who_is_responsible(who, one.area.noun_id)
    ]


def organisations(who: Who) -> list[Noun]:
    """The organisations that may be responsible, for those who keep categories or hand needs on."""
    may = rights.may_keep_categories(who) or rights.reads_any(who)
    return organisations_to_choose(who) if may else []


def line(category: Category) -> sheet.Line:
    """A category as a line of a table."""
    return sheet.Line(
        KeptCategory(
            code=category.code,
            title=category.title,
            text=category.text,
            words=category.words,
            parent=category.parent.code if category.parent else "",
            days=category.days,
            asks=category.asks,
            order=category.order,
            active=category.active,
        ),
        category.organisation.address.removeprefix(_BODIES) if category.organisation else "",
    )


def lines(who: Who) -> list[sheet.Line]:
    """All categories as lines of a table, each group before what is in it; for those who keep them."""
    if not rights.may_keep_categories(who):
        return []
    return [line(one) for group in categories(who) for one in (group.category, *group.inside)]


def bodies_of(who: Who, table: list[sheet.Line]) -> list[tuple[KeptCategory, int | None]]:
    """The lines of a table with their organisations by id. Refuses an address of none that `who` may choose."""
    known = {one.address.removeprefix(_BODIES): one.id for one in organisations(who)}
    for one in table:
        if one.organisation and one.organisation not in known:
            raise Refusal(
                "category.unknown-organisation",
                _("„%(code)s“: Die Organisation „%(organisation)s“ gibt es hier nicht.")
                % {"code": one.category.code, "organisation": one.organisation[:80]},
                cure=_(
                    "Schreiben Sie den letzten Teil der Adresse ihrer Seite, oder lassen Sie die Spalte leer."
                ),
                field="file",
                status=422,
            )
    return [(one.category, known.get(one.organisation)) for one in table]


def would_be(who: Who, category: Category, area: int | None) -> Noun | None:
    """The organisation that would look after this category here. Everybody may know."""
    found = responsible(who, category, area)
    return Noun.objects.filter(id=found).first() if found else None


def unknown_category() -> Refusal:
    """The refusal of a category that is not there, or not for this person."""
    return Refusal("category.unknown", _("Diese Kategorie gibt es hier nicht."), status=404)


def _branches(who: Who) -> list[space.Branch]:
    """All areas in a row, each before its parts."""
    row: list[space.Branch] = []
    rest = space.tree(who)[::-1]
    while rest:
        one = rest.pop()
        row.append(one)
        rest.extend(one.parts[::-1])
    return row


def _listed() -> QuerySet[Category]:
    return Category.objects.select_related("parent__organisation", "organisation").order_by("order", "id")


def _grouped(found: QuerySet[Category]) -> list[Group]:
    every = list(found)
    inside: dict[int | None, list[Category]] = {}
    for one in every:
        inside.setdefault(one.parent_id, []).append(one)
    return [Group(one, inside.get(one.pk, [])) for one in inside.get(None, [])]
