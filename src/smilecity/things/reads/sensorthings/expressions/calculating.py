# SPDX-License-Identifier: EUPL-1.2
"""add, sub, mul, div, mod: of numbers, of times and durations."""

from dataclasses import replace
from datetime import timedelta

from smilecity.things.reads.sensorthings.expressions.values import NAMES, Context, Sql, exact, read_as, span

_NUMBERS = {
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0} * {1})",
    "div": "({0} / nullif({1}, 0))",
    "mod": "mod({0}, nullif({1}, 0))",
}
_TIMES = ("instant", "period", "time")
_WORDS = {"add": "added", "sub": "subtracted", "mul": "multiplied", "div": "divided", "mod": "divided"}


def calculate(context: Context, operator: str, left: Sql, right: Sql, at: int) -> Sql:
    """The operation in SQL. Numbers are numeric, digit for digit; what is divided by 0 is null."""
    found = _of_times(context, operator, left, right, at)
    if found is not None:
        return found
    one, two = read_as(context, left, "number"), read_as(context, right, "number")
    if one is None or two is None:
        raise context.wrong(
            f"{NAMES[left.type].capitalize()} and {NAMES[right.type]} cannot be {_WORDS[operator]}", at
        )
    sql = _NUMBERS[operator].format(exact(context, one), exact(context, two))
    return Sql(sql, "number", form="exact")


def _of_times(context: Context, operator: str, left: Sql, right: Sql, at: int) -> Sql | None:
    if operator == "add" and left.type == "duration" and right.type in _TIMES:
        left, right = right, left
    sign = {"add": "+", "sub": "-"}.get(operator)
    if sign and left.type in _TIMES and right.type == "duration":
        return _moved(context, sign, left, right, at)
    if operator == "sub" and left.type in _TIMES and right.type in _TIMES:
        return Sql(f"({left.text} - {right.text})", "duration")
    if sign and left.type == right.type == "duration":
        if isinstance(left.known, timedelta) and isinstance(right.known, timedelta):
            return span(context, left.known + (right.known if sign == "+" else -right.known), at)
        return Sql(f"({left.text} {sign} {right.text})", "duration")
    return _scaled(context, operator, left, right, at)


def _moved(context: Context, sign: str, time: Sql, by: Sql, at: int) -> Sql:
    """Both ends moved. By constants only: the calendar ends, and no sum of these is beyond it."""
    if not isinstance(by.known, timedelta):
        raise context.wrong("Only a duration that is written out can be added to a time", at)
    end = f"({time.end} {sign} {by.text})" if time.end else ""
    return replace(time, text=f"({time.text} {sign} {by.text})", end=end, known=None)


def _scaled(context: Context, operator: str, left: Sql, right: Sql, at: int) -> Sql | None:
    """A written duration times or by a written number."""
    if operator == "mul" and right.type == "duration":
        left, right = right, left
    if left.type != "duration" or operator not in ("mul", "div"):
        return None
    if not isinstance(left.known, timedelta) or not isinstance(right.known, int | float):
        return None
    try:
        length = left.known * right.known if operator == "mul" else left.known / right.known
    except (OverflowError, ZeroDivisionError, ValueError):
        raise context.wrong("This duration is beyond measure", at) from None
    return span(context, length, at)
