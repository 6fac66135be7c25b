# SPDX-License-Identifier: EUPL-1.2
"""What the doors by hand ask: places by name, categories to choose, sheets, tables, letters."""

from pathlib import Path
from secrets import randbelow
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from smilecity.citizens import rights, rules
from smilecity.citizens.models import Category, Letter, Need, NeedTable
from smilecity.citizens.reads.needs import MOST_NEEDS
from smilecity.citizens.rules import tables
from smilecity.citizens.rules.sheets import DRAWN, sheet_form, sheet_number
from smilecity.core import nouns
from smilecity.core.lines import HEAD, encoding_of
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who

PAGE_SIZE = 30
MOST_NAMES = 500


def place_named(who: Who, name: str) -> Noun | None:
    """The area or the place of this name that this person sees; of one name the area. Nothing if none or several."""
    typed = nouns.sort_key(rules.checked_where(name))
    if not typed:
        return None
    found = Noun.objects.filter(nouns.sees(who), kind__in=("area", "place"), sort=typed)
    for kind in ("area", "place"):
        alike = list(found.filter(kind=kind).order_by("id")[:2])
        if alike:
            return alike[0] if len(alike) == 1 else None
    return None


def area_of_need(who: Who, need: int | None) -> int | None:
    """The area that a published need belongs to, which everybody may know; nothing for none."""
    found = (
        Noun.objects.filter(nouns.sees(who), kind="need", id=need)
        if need is not None
        else Noun.objects.none()
    )
    return found.values_list("area", flat=True).first()


def names_of_places(who: Who) -> list[str]:
    """Names that can be typed where one asks for a place: areas first, then places, each in order of the alphabet."""
    found = Noun.objects.filter(nouns.sees(who), kind__in=("area", "place")).order_by("kind", "sort", "id")
    titles = (nouns.in_text(title, "de") for title in found.values_list("title", flat=True)[:MOST_NAMES])
    return list(dict.fromkeys(titles))


def categories_to_choose(who: Who) -> list[Category]:
    """Categories that need no further answers, with their groups, in order. `who` is asked for nothing."""
    leaves = Category.objects.filter(active=True, children__isnull=True).select_related("parent")
    chosen = list(leaves.order_by("parent__order", "parent_id", "order", "id")[:MOST_NEEDS])
    return [one for one in chosen if not any(ask.get("required") for ask in one.asks)]


def fresh_sheet() -> str:
    """A number for a sheet that is about to be printed; drawn, not kept: the number itself shows that it is ours."""
    return sheet_number(randbelow(10**DRAWN), _keyed)


def form_of_sheet(number: str) -> UUID:
    """The form that a printed sheet is. Refuses a number that was never printed."""
    return sheet_form(number, _keyed)


def typed_before(who: Who, form: UUID) -> Need | None:
    """What came by this sheet, for those who write down; so that one typed twice is found."""
    found = Need.objects.select_related("noun").filter(form=form).first()
    return found if found is not None and rights.may_write_down(who) else None


def need_tables(who: Who, after: str = "") -> Page[NeedTable]:
    """Tables that this person brought, the newest first; those who look after the whole node see all."""
    return page(_tables(who), ("-made_at", "-id"), after=after, size=PAGE_SIZE)


def need_table(who: Who, number: int) -> NeedTable | None:
    """One of them."""
    return _tables(who).filter(pk=number).first()


def tables_waiting(who: Who) -> list[int]:
    """Those that are to be worked on, the oldest first."""
    running = _tables(who).filter(state=NeedTable.RUNNING).order_by("made_at", "id")
    return list(running.values_list("id", flat=True))


def table_guessed(who: Who, kept: NeedTable, delimiter: str = "", encoding: str = "") -> tables.Guess:
    """What the file's first lines look like; with the mark between cells and the letters that were said, if so."""
    if not rights.may_keep_table(who, kept.by):
        return tables.Guess(tables.Layout(), [], [])
    with file_of(kept).open("rb") as file:
        head = file.read(HEAD)
    return tables.guess(head, encoding or encoding_of(head), delimiter)


def file_of(kept: NeedTable) -> Path:
    """Where the file lies; the one place that says so."""
    return Path(settings.TABLES) / kept.file


def receipts_owed(who: Who) -> QuerySet[Letter]:
    """Letters whose senders are to be told that they came, for the node itself."""
    found = Letter.objects.filter(receipt=Letter.OWED)
    return found if rights.may_mail(who) else found.none()


def letter_id(need: Need) -> str:
    """The Message-ID of what we write to a need's author: a letter that answers it shows that it got there."""
    host = settings.SMILE.address.partition("://")[2].partition(":")[0] or "localhost"
    return f"{need.form.hex}.{letter_mark(need.form)}@{host}"


def letter_mark(form: UUID) -> str:
    """What nobody can write who did not get a letter of ours to this need."""
    return salted_hmac("citizens.letter", form.hex, algorithm="sha256").hexdigest()[:32]


def _tables(who: Who) -> QuerySet[NeedTable]:
    found = NeedTable.objects.all()
    if not rights.may_write_down(who):
        return found.none()
    return found if rights.may_keep_table(who, "") else found.filter(by=who.label)


def _keyed(text: str) -> bytes:
    return salted_hmac("citizens.sheet", text, algorithm="sha256").digest()
