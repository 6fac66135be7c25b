# SPDX-License-Identifier: EUPL-1.2
"""Expressions by precedence (OData 4.01 part 2, 5.1.1.17): or; and; not; eq ne; gt ge lt le in; add sub; mul div mod; -.

`not` reaches over a comparison (`not result gt 5`), as SensorThings servers read it. Words are known in any case.
"""

from typing import Literal as OneOf
from typing import cast

from smilecity.things.rules.odata import functions
from smilecity.things.rules.odata.literals import constant, is_constant, negative
from smilecity.things.rules.odata.tokens import MOST_DEPTH, Cursor, Token
from smilecity.things.rules.odata.tree import (
    Among,
    Binary,
    Call,
    Expression,
    Member,
    Operator,
    Some,
    Unary,
)

_LEVELS = {
    **dict.fromkeys(["or"], 1),
    **dict.fromkeys(["and"], 2),
    **dict.fromkeys(["eq", "ne"], 4),
    **dict.fromkeys(["gt", "ge", "lt", "le", "in"], 5),
    **dict.fromkeys(["add", "sub"], 6),
    **dict.fromkeys(["mul", "div", "mod"], 7),
}
_OF_NOT = 4
_OF_MINUS = 8


def read_expression(text: str, field: str = "$filter") -> Expression:
    """The whole text as one expression. Raises `Refusal`."""
    cursor = Cursor(text, field)
    found = expression(cursor)
    cursor.end("an operator")
    return found


def expression(cursor: Cursor) -> Expression:
    """The expression that begins here; stops at the first token that cannot go on with it."""
    before = cursor.budget.nodes
    found = _climb(cursor, 1)
    if cursor.budget.nodes - before > MOST_DEPTH:  # only then can it be deeper
        _check_depth(cursor, found)
    return found


def _climb(cursor: Cursor, least: int) -> Expression:
    left = _operand(cursor)
    while (level := _LEVELS.get(word := cursor.word(), 0)) >= least:
        cursor.spend()
        if level <= 2:
            left = _joined(cursor, left, word, level)
        elif word == "in":
            cursor.step()
            left = Among(left, _listed(cursor, "'('"), left.at)
        else:
            cursor.step()
            left = Binary(cast("Operator", word), left, _climb(cursor, level + 1), left.at)
    return left


def _joined(cursor: Cursor, first: Expression, word: str, level: int) -> Expression:
    """Terms joined by the same `and` or `or`: halved, so that a hundred of them are seven deep and not a hundred."""
    terms = [first]
    while cursor.word() == word:
        cursor.spend()
        cursor.step()
        terms.append(_climb(cursor, level + 1))
    return _halved(cast("Operator", word), terms)


def _halved(word: Operator, terms: list[Expression]) -> Expression:
    if len(terms) == 1:
        return terms[0]
    half = (len(terms) + 1) // 2
    return Binary(word, _halved(word, terms[:half]), _halved(word, terms[half:]), terms[0].at)


def _operand(cursor: Cursor) -> Expression:
    token = cursor.now
    cursor.spend()
    if token.kind == "mark":
        return _marked(cursor, token)
    following = cursor.ahead().text
    if is_constant(token) and following != "/":
        return constant(cursor)
    if token.kind != "name":
        raise cursor.wrong("a value")
    if token.text.lower() == "not" and following not in {"", ")", "/", ","}:
        cursor.step()
        return _signed(cursor, "not", token.at, _OF_NOT)
    if following == "(":
        return _call(cursor)
    return _path(cursor)


def _marked(cursor: Cursor, token: Token) -> Expression:
    """What begins with a punctuation mark: a parenthesis or a minus."""
    if token.text == "(":
        cursor.step()
        cursor.enter()
        inner = _climb(cursor, 1)
        cursor.leave()
        cursor.must_pass(")", "an operator")
        return inner
    if token.text != "-":
        raise cursor.wrong("a value")
    if (following := cursor.ahead()).kind == "number" and following.at == token.at + 1:
        return negative(cursor)
    cursor.step()
    return _signed(cursor, "-", token.at, _OF_MINUS)


def _signed(cursor: Cursor, sign: OneOf["not", "-"], at: int, level: int) -> Unary:
    cursor.enter()
    operand = _climb(cursor, level)
    cursor.leave()
    return Unary(sign, operand, at)


def _listed(cursor: Cursor, expected: str) -> tuple[Expression, ...]:
    """`(a, b)`, at least one."""
    if not cursor.passes("("):
        raise cursor.wrong(expected)
    cursor.enter()
    found = [_climb(cursor, 1)]
    while cursor.passes(","):
        found.append(_climb(cursor, 1))
    cursor.leave()
    cursor.must_pass(")", "','", "an operator")
    return tuple(found)


def _call(cursor: Cursor) -> Call:
    token = cursor.step()
    if cursor.ahead().text == ")" and cursor.ahead().kind == "mark":
        cursor.step()
        cursor.step()
        return functions.called(cursor, token, ())
    return functions.called(cursor, token, _listed(cursor, "'('"))


def _path(cursor: Cursor) -> Member | Some:
    """`Datastreams/Thing/name`, `properties/list[0]`, `Datastreams/any(d: ...)`."""
    token = cursor.now
    parts: list[str] = []
    while True:
        if cursor.now.kind not in {"name", "step"}:
            raise cursor.wrong("a name")
        if parts and cursor.word() in {"any", "all"} and cursor.ahead().text == "(":
            return _some(cursor, tuple(parts), token.at)
        parts.append(name_of(cursor.step()))
        while cursor.passes("["):
            parts.append(_index(cursor))
        if not cursor.passes("/"):
            return Member(tuple(parts), token.at)


def _index(cursor: Cursor) -> str:
    if cursor.now.kind != "number" or not cursor.now.text.isdigit():
        raise cursor.wrong("a whole number")
    found = cursor.step().text
    cursor.must_pass("]")
    return found


def name_of(token: Token) -> str:
    """The name as the tree keeps it: `@iot.id` is `id`."""
    return "id" if token.text.lower() == "@iot.id" else token.text


def _some(cursor: Cursor, path: tuple[str, ...], at: int) -> Some:
    kind = cast("OneOf['any', 'all']", cursor.word())
    cursor.step()
    cursor.step()
    if kind == "any" and cursor.passes(")"):
        return Some(kind, path, None, None, at)
    if cursor.now.kind != "name" or cursor.ahead().text != ":":
        raise cursor.wrong("a variable and ':', as in any(d: d/name eq 'x')")
    variable = cursor.step().text
    cursor.step()
    cursor.enter()
    condition = _climb(cursor, 1)
    cursor.leave()
    cursor.must_pass(")", "an operator")
    return Some(kind, path, variable, condition, at)


def _check_depth(cursor: Cursor, root: Expression) -> None:
    """Level by level, without recursion: who walks the tree later may recurse."""
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise cursor.too_costly(f"more than {MOST_DEPTH} levels within each other")
        level = [part for one in level for part in parts_of(one)]


def parts_of(one: Expression) -> tuple[Expression, ...]:
    """What an expression is made of."""
    match one:
        case Binary():
            return one.left, one.right
        case Unary():
            return (one.operand,)
        case Among():
            return one.operand, *one.choices
        case Call():
            return one.arguments
        case Some(condition=condition) if condition is not None:
            return (condition,)
    return ()
