# SPDX-License-Identifier: EUPL-1.2
"""JSONPath (RFC 9535) within bounds: what a path may say, so that it costs at most one walk through the message.

Of one segment only one selector, `..` at most once, and a filter asks only for single values below it: then no path
visits a value more often than it is nested deep. Regular expressions are not offered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.things.rules.results import too_deep

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathQuery

MOST_CHARACTERS = 200
MOST_SEGMENTS = 12
MOST_VALUES = 20_000  # in one message, so that a path that looks everywhere ends soon
OFFERED = ("length", "count", "value")

_environment: "JSONPathEnvironment | None" = None


@dataclass(frozen=True, slots=True)
class Path:
    """A path that was read. `single` finds at most one value, and costs nothing to speak of."""

    text: str
    single: bool
    _query: "JSONPathQuery"

    def found(self, message: Any, most: int) -> list[Any]:
        """What it finds in the message, in order, at most so many."""
        return [node.value for node in islice(self._query.finditer(message), most)]


def read_path(text: Any, field: str) -> Path:
    """The path in the text. Refuses `mapping.bad-path` (422) and says where it goes wrong."""
    from jsonpath_rfc9535 import JSONPathError

    if not isinstance(text, str) or not text.strip():
        raise bad_path(field, _("Hier fehlt ein Pfad."))
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        raise bad_path(field, _("Der Pfad ist zu lang."))
    try:
        query = _made().compile(text)
    except JSONPathError as error:
        where = error.token.index + 1 if error.token else 1
        raise bad_path(field, _("Der Pfad stimmt nicht ab Zeichen %(where)d.") % {"where": where}) from error
    except (RecursionError, ValueError) as error:
        raise bad_path(field, _("Der Pfad ist zu verschachtelt.")) from error
    _bounded(query, field)
    return Path(text, query.singular_query(), query)


def bad_path(field: str, sentence: Sentence) -> Refusal:
    """The refusal of a path."""
    return Refusal(
        "mapping.bad-path",
        sentence,
        cure=_("Ein Pfad beginnt mit $, zum Beispiel $.temperature oder $.values[0].value."),
        field=field,
        status=422,
    )


def checked_message(message: Any) -> None:
    """Refuses what no path shall look through: too many values, nested too deeply."""
    if isinstance(message, dict | list) and too_deep(message):
        raise _too_much("The message is nested too deeply.")
    level, count = [message], 1
    while level:
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        count += len(level)
        if count > MOST_VALUES:
            raise _too_much(f"The message has more than {MOST_VALUES} values.")


def values_in(message: Any) -> int:
    """How many values there are in it, itself among them."""
    if isinstance(message, dict):
        return 1 + sum(map(values_in, message.values()))
    return 1 + sum(map(values_in, message)) if isinstance(message, list) else 1


def _too_much(sentence: str) -> Refusal:
    return Refusal("mapping.too-much", sentence, cure="Send less at once.", status=422)


def _made() -> "JSONPathEnvironment":
    global _environment  # noqa: PLW0603 - made when first needed, because few nodes need it
    if _environment is None:
        from jsonpath_rfc9535 import JSONPathEnvironment

        _environment = JSONPathEnvironment()
        for name in set(_environment.function_extensions) - set(OFFERED):
            del _environment.function_extensions[name]
    return _environment


def _bounded(query: "JSONPathQuery", field: str) -> None:
    from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment
    from jsonpath_rfc9535.selectors import FilterSelector

    if len(query.segments) > MOST_SEGMENTS:
        raise bad_path(field, _("Der Pfad hat zu viele Stufen."))
    if sum(isinstance(one, JSONPathRecursiveDescentSegment) for one in query.segments) > 1:
        raise bad_path(field, _("Zwei Punkte hintereinander darf ein Pfad nur einmal haben."))
    for segment in query.segments:
        if len(segment.selectors) > 1:
            raise bad_path(field, _("In einer Klammer darf nur eine Angabe stehen."))
        for selector in segment.selectors:
            if isinstance(selector, FilterSelector) and not all(
                inner.singular_query() for inner in _asked_by(selector.expression)
            ):
                raise bad_path(field, _("Ein Filter darf nur nach einzelnen Werten fragen."))


def _asked_by(expression: Any) -> Iterator["JSONPathQuery"]:
    """The queries within a filter's expression."""
    from jsonpath_rfc9535.filter_expressions import FilterQuery

    if isinstance(expression, FilterQuery):
        yield expression.query
    for name in ("expression", "left", "right"):
        if (inner := getattr(expression, name, None)) is not None:
            yield from _asked_by(inner)
    for inner in getattr(expression, "args", ()):
        yield from _asked_by(inner)
