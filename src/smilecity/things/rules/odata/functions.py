# SPDX-License-Identifier: EUPL-1.2
"""The functions of the standard (18-088, clause 9.3.3.5.2, table 23) and how many arguments each takes."""

from difflib import get_close_matches

from smilecity.things.rules.odata.tokens import Cursor, Token, quoted
from smilecity.things.rules.odata.tree import Call, Expression

FUNCTIONS: dict[str, tuple[int, int]] = {
    # text
    "substringof": (2, 2),
    "contains": (2, 2),
    "endswith": (2, 2),
    "startswith": (2, 2),
    "length": (1, 1),
    "indexof": (2, 2),
    "substring": (2, 3),
    "tolower": (1, 1),
    "toupper": (1, 1),
    "trim": (1, 1),
    "concat": (2, 2),
    # dates and times
    **dict.fromkeys(
        [
            "year",
            "month",
            "day",
            "hour",
            "minute",
            "second",
            "fractionalseconds",
            "date",
            "time",
            "totaloffsetminutes",
        ],
        (1, 1),
    ),
    **dict.fromkeys(["now", "mindatetime", "maxdatetime"], (0, 0)),
    # numbers
    **dict.fromkeys(["round", "floor", "ceiling"], (1, 1)),
    # places
    "geo.distance": (2, 2),
    "geo.length": (1, 1),
    "geo.intersects": (2, 2),
    **dict.fromkeys(
        [
            "st_equals",
            "st_disjoint",
            "st_touches",
            "st_within",
            "st_overlaps",
            "st_crosses",
            "st_intersects",
            "st_contains",
        ],
        (2, 2),
    ),
    "st_relate": (3, 3),
    # how times lie to each other
    **dict.fromkeys(["before", "after", "meets", "during", "overlaps", "starts", "finishes"], (2, 2)),
}


def called(cursor: Cursor, token: Token, arguments: tuple[Expression, ...]) -> Call:
    """The call; refused if there is no such function, or it takes another number of arguments.

    `contains(text, part)` of newer OData is kept as `substringof(part, text)`.
    """
    name = token.text.lower()
    allowed = FUNCTIONS.get(name)
    if allowed is None:
        raise _unknown(cursor, token)
    least, most = allowed
    if not least <= len(arguments) <= most:
        raise cursor.refusal(
            "odata.syntax",
            token.at,
            f"{name} takes {_counted(least, most)}, found {len(arguments)}.",
        )
    if name == "contains":
        return Call("substringof", (arguments[1], arguments[0]), token.at)
    return Call(name, arguments, token.at)


def _counted(least: int, most: int) -> str:
    if most == 0:
        return "no argument"
    number = f"{least}" if least == most else f"{least} to {most}"
    return f"{number} argument" + ("s" if most > 1 else "")


def _unknown(cursor: Cursor, token: Token) -> Exception:
    return cursor.refusal(
        "odata.unknown-function",
        token.at,
        f"There is no function {quoted(token.text)}.",
        near(token.text.lower(), list(FUNCTIONS)),
    )


def near(word: str, known: list[str]) -> str:
    """Which of the known ones may have been meant; empty if none is near."""
    found = get_close_matches(word[:64], known, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(found)}?" if found else ""
