# SPDX-License-Identifier: EUPL-1.2
"""The rules of a kit as data: checked before they are kept, told in words before anybody borrows, asked at borrowing."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules.booking.explained import lasting

EVERYONE, MEMBERS, RESIDENTS = "everyone", "members", "residents"
WHO = (EVERYONE, MEMBERS, RESIDENTS)
MOST_ITEMS = 40
MOST_COUNT = 1000


@dataclass(frozen=True, slots=True)
class Terms:
    """How a kit is lent: for `minutes`, at most `at_once` kits of a person, and by `who`.

    Below `age_from` nobody borrows, below `alone_from` only with a guardian's consent. Who does not open within
    `wait` minutes has not borrowed; a kit that is fetched later is kept for `hold` minutes. `pause_days` of lending
    follow each day of being late, `longest_pause` at most. There is no deposit.
    """

    minutes: int = 180
    at_once: int = 2
    who: str = EVERYONE
    age_from: int | None = None
    alone_from: int | None = None
    wait: int = 10
    hold: int = 120
    pause_days: int = 1
    longest_pause: int = 28

    def as_json(self) -> dict[str, Any]:
        """What `checked` reads back as the same terms."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who wants to borrow, as the rules know it: `loans` are open now, `paused` until when; age is never kept."""

    loans: int = 0
    paused: datetime | None = None
    age: int | None = None
    guardian: bool = False
    member: bool = False
    resident: bool = False


# The least and the most of each number; those in `_OPTIONAL` may be left open.
_BOUNDS = {
    "minutes": (5, 60 * 24 * 60),
    "at_once": (1, 50),
    "age_from": (0, 120),
    "alone_from": (0, 120),
    "wait": (1, 60),
    "hold": (1, 12 * 60),
    "pause_days": (0, 28),
    "longest_pause": (0, 365),
}
_OPTIONAL = frozenset({"age_from", "alone_from"})
_NAMES = frozenset(one.name for one in fields(Terms))


def checked(rules: Mapping[str, Any]) -> Terms:
    """The terms that these rules say; what is not said is as `Terms` has it. Refuses what makes no sense."""
    for name in rules:
        if name not in _NAMES:
            raise _wrong(str(name)[:40], _("Diese Regel kennen wir nicht."))
    for name, (least, most) in _BOUNDS.items():
        value = rules.get(name, least)
        if value is None and name in _OPTIONAL:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            said = _("Hier steht eine ganze Zahl von %(least)d bis %(most)d.")
            raise _wrong(name, said % {"least": least, "most": most})
    if rules.get("who", EVERYONE) not in WHO:
        raise _wrong("who", _("Möglich sind: %(known)s.") % {"known": ", ".join(WHO)})
    terms = Terms(**rules)
    if terms.age_from is not None and terms.alone_from is not None and terms.age_from > terms.alone_from:
        raise _wrong("alone_from", _("Allein darf niemand ausleihen, der noch gar nicht ausleihen darf."))
    return terms


def checked_items(items: Any) -> list[dict[str, Any]]:
    """What is in a kit: names by language, and how many of each."""
    if not isinstance(items, list | tuple) or not 0 < len(items) <= MOST_ITEMS:
        raise _wrong("items", _("Sagen Sie, was dazugehört: ein bis vierzig Dinge."))
    kept = []
    for one in items:
        known = isinstance(one, Mapping) and isinstance(one.get("name"), Mapping) and one["name"]
        count = one.get("count", 1) if known else None
        if not isinstance(count, int) or isinstance(count, bool) or not 0 < count <= MOST_COUNT:
            raise _wrong("items", _("Jedes Ding hat einen Namen und eine Anzahl von 1 bis 1000."))
        kept.append({"name": _names(one["name"]), "count": count})
    return kept


def must_lend(terms: Terms, borrower: Borrower, now: datetime) -> None:
    """Refuses whom the terms do not allow to borrow now, with what to do."""
    if borrower.paused is not None and borrower.paused > now:
        raise _no("paused", _("Sie können gerade nichts ausleihen."),
                  _("Geben Sie zurück, was noch fehlt: Dann endet die Pause sofort."))  # fmt: skip
    if borrower.loans >= terms.at_once:
        raise _no("enough", _("So viel auf einmal geht nicht."), _("Geben Sie zuerst etwas zurück."))
    if terms.who == MEMBERS and not borrower.member:
        raise _no("members", _("Das leihen nur Mitglieder aus."), _("Fragen Sie den Verein, der es pflegt."))
    if terms.who == RESIDENTS and not (borrower.resident or borrower.member):
        raise _no("residents", _("Das leihen nur Menschen aus, die hier wohnen."),
                  _("Tragen Sie in Ihrem Konto ein, wo Sie wohnen."))  # fmt: skip
    _must_be_old_enough(terms, borrower)


def _must_be_old_enough(terms: Terms, borrower: Borrower) -> None:
    """Age is asked only where it matters; with a guardian's consent the child may."""
    if terms.age_from is None and terms.alone_from is None:
        return
    if borrower.age is None:
        raise _no("age-needed", _("Sagen Sie, wie alt Sie sind."), field="age", status=422)
    if terms.age_from is not None and borrower.age < terms.age_from:
        said = _("Das geht ab %(age)d Jahren.") % {"age": terms.age_from}
        raise _no("too-young", said, _("Kommen Sie mit jemandem, der älter ist."), field="age")
    if terms.alone_from is not None and borrower.age < terms.alone_from and not borrower.guardian:
        raise _no("guardian", _("Dafür müssen Ihre Eltern einverstanden sein."),
                  _("Fragen Sie sie, und kreuzen Sie es dann an."), field="guardian")  # fmt: skip


def explained(terms: Terms) -> list[str]:
    """What holds, sentence by sentence, in the language of the moment."""
    return [*_whom(terms), *_how_long(terms), *_then(terms)]


def _whom(terms: Terms) -> Iterator[str]:
    yield {
        EVERYONE: _("Alle mit einem Konto oder einer Karte können ausleihen."),
        MEMBERS: _("Ausleihen können Mitglieder des Vereins, der es pflegt."),
        RESIDENTS: _("Ausleihen können Menschen, die hier wohnen."),
    }[terms.who]
    if terms.age_from:
        yield _("Wer ausleiht, ist mindestens %(age)d Jahre alt.") % {"age": terms.age_from}
    if terms.alone_from:
        yield _("Wer jünger als %(age)d ist, braucht das Einverständnis der Eltern.") % {
            "age": terms.alone_from
        }
    yield ngettext(
        "Eine Sache auf einmal.", "Höchstens %(count)d Sachen auf einmal.", terms.at_once
    ) % {"count": terms.at_once}  # fmt: skip


def _how_long(terms: Terms) -> Iterator[str]:
    yield _("Sie können es %(length)s behalten.") % {"length": lasting(terms.minutes)}
    yield _("Es kostet nichts, und es gibt kein Pfand.")
    yield _("Öffnen Sie innerhalb von %(wait)s; sonst ist es wieder frei.") % {"wait": lasting(terms.wait)}
    yield _("Wer später kommt oder mit PIN öffnet, hat %(hold)s Zeit.") % {"hold": lasting(terms.hold)}


def _then(terms: Terms) -> Iterator[str]:
    yield _("Zurück ist es, wenn die Tür zu ist und Sie sagen, dass nichts fehlt.")
    if not terms.pause_days:
        return
    yield ngettext(
        "Wer zu spät ist, leiht für jeden Tag einen Tag lang nichts Neues aus, höchstens %(most)s. Bringen Sie es "
        "zurück, endet die Pause.",
        "Wer zu spät ist, leiht für jeden Tag %(count)d Tage lang nichts Neues aus, höchstens %(most)s. Bringen Sie es "
        "zurück, endet die Pause.",
        terms.pause_days,
    ) % {"count": terms.pause_days, "most": lasting(terms.longest_pause * 24 * 60)}  # fmt: skip


def until(terms: Terms, since: datetime) -> datetime:
    """When a kit that was taken then is due."""
    return since + timedelta(minutes=terms.minutes)


def _names(given: Mapping[Any, Any]) -> dict[str, str]:
    for language, text in given.items():
        if not isinstance(language, str) or not isinstance(text, str) or "\0" in text or len(text) > 200:
            raise _wrong("items", _("Ein Name hat höchstens 200 Zeichen."))
    return {language: text.strip() for language, text in given.items()}


def _wrong(field: str, sentence: Sentence) -> Refusal:
    return Refusal("kit.wrong", sentence, field=field, status=422)


def _no(code: str, sentence: Sentence, cure: Sentence = "", *, field: str = "", status: int = 409) -> Refusal:
    return Refusal(f"loan.{code}", sentence, cure=cure, field=field, status=status)
