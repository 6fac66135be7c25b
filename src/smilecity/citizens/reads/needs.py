# SPDX-License-Identifier: EUPL-1.2
"""One need and what belongs to it, and what people said about something."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.core.signing import Signer
from django.db.models import Model, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from smilecity.citizens import rights
from smilecity.citizens.models import Need, NeedStep, Support
from smilecity.core import nouns
from smilecity.core.models import Link, Noun
from smilecity.core.paging import Page, page
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

MOST_NEEDS = 200
PAGE_SIZE = 30
MOST_ID = (1 << 63) - 1
# What is only searched for.
_SOUGHT = ("sort", "box", "cell", "words", "plain", "search")
# What is shown of a noun that is only named: the outline of a city is as long as a book.
_TITLED = ("kind", "address", "title", "sort", "area", "keeper", "visibility")
# Without those that are taken for others; 32, so that each is as likely.
CODE_LETTERS, CODE_LENGTH = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 12


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
    """One need, for those who look after its area or its place; nothing for others."""
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


def mine(who: Who, after: str = "") -> Page[Need]:
    """What this person said while signed in, newest first, each with its noun."""
    found = Need.objects.filter(account=who.account) if who.account is not None else Need.objects.none()
    return page(found.select_related("noun"), ("back",), after=after, size=PAGE_SIZE)


def need_at(who: Who, form: UUID, key: str = "") -> Need | None:
    """The need at `/needs/<form>/`: published ones for everybody, others for those who may read its words."""
    sought = Need.objects.select_related("noun", "category").defer(*(f"noun__{one}" for one in _SOUGHT))
    found = sought.filter(form=form).first()
    if found is None or not (found.published_at or knows_its_words(who, found, key)):
        return None
    _name([found.noun], "area", "keeper")
    _name([found], "target")
    return found


def knows_its_words(who: Who, need: Need, key: str = "") -> bool:
    """Whether the words as they were said are for this reader: its author, or one who looks after it."""
    return is_author(who, need, key) or rights.may_read(who, need.noun.area_id, need.noun.keeper_id)


def is_author(who: Who, need: Need, key: str = "") -> bool:
    """Whether this person said it: while signed in, or as the link in the answer to their address shows."""
    return (who.account is not None and need.account_id == who.account) or holds_key(need, key)


def author_key(need: Need) -> str:
    """What the link holds that goes to the author alone: it opens the need without an account."""
    return _signer().signature(str(need.form))


def code_of(form: UUID) -> str:
    """The short code of what came by this form: shown or printed once, for those who leave no address.

    Whoever types it in (`code_digest`) is the author, as with the link. 60 bits that nobody can guess.
    """
    drawn = salted_hmac("citizens.code", str(form), algorithm="sha256").digest()
    letters = "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in drawn[:CODE_LENGTH])
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def code_digest(code: str) -> str:
    """What is kept of a code: however it was typed, small or with blanks."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def holds_key(need: Need, key: str) -> bool:
    """Whether this is the author's key."""
    return bool(key) and constant_time_compare(key, author_key(need))


def by_code(who: Who, code: str) -> Need | None:
    """The need of this short code: whoever types it in is its author. `who` is asked for nothing.

    Looked up by its digest, which nobody can steer, and compared in constant time.
    """
    digest = code_digest(code)
    found = Need.objects.filter(code=digest).first()
    return found if found is not None and constant_time_compare(found.code, digest) else None


def steps(who: Who, need: Need, key: str = "") -> list[NeedStep]:
    """The need's way so far, oldest first; notes among them only for those who answer it. For who sees the need.

    Why its author had it reopened is in words that nobody has made fit for the public: others do not read them.
    """
    answers = rights.may_answer(who, need.noun.area_id, need.noun.keeper_id)
    if not (need.published_at or answers or is_author(who, need, key)):
        return []
    found = NeedStep.objects.filter(need=need)
    if not answers:
        found = found.filter(internal=False)
    kept = list(found.order_by("at", "id"))
    _name(kept, "from_organisation", "to_organisation")
    if not (answers or is_author(who, need, key)):
        for one in kept:
            one.sentence = "" if one.state == Need.REOPENED else one.sentence
    return kept


def supports(who: Who, need: Need) -> bool:
    """Whether this person said that they need it too."""
    return who.account is not None and Support.objects.filter(need=need, account=who.account).exists()


def thread(who: Who, need: Need) -> list[Noun]:
    """What the need is linked to and this person may see: the place it is about, and what came of it."""
    away = Link.objects.filter(source=need.noun_id).values("target")
    back = Link.objects.filter(target=need.noun_id).values("source")
    # One after the other, each by its index: either of two would be looked for among all nouns.
    linked = Noun.objects.filter(id__in=away.union(back)).only(*_TITLED).order_by("sort", "id")
    return [noun for noun in linked if nouns.may_see(who, noun)]


def _name(rows: Sequence[Model], *columns: str) -> None:
    """Give these rows the nouns they name in these columns. One question; joined, they cost more to plan than to find."""
    asked = {getattr(row, f"{column}_id") for row in rows for column in columns} - {None}
    named = Noun.objects.only(*_TITLED).in_bulk(asked) if asked else {}
    for row in rows:
        for column in columns:
            if (noun := named.get(getattr(row, f"{column}_id"))) is not None:
                setattr(row, column, noun)


def _signer() -> Signer:
    return Signer(salt="citizens.author")


def _about(subject: Noun) -> QuerySet[Need]:
    return Need.objects.filter(noun__links_from__target=subject, noun__links_from__kind="about")
