# SPDX-License-Identifier: EUPL-1.2
"""Expressions of $filter and $orderby in SQL.

The entity itself must already be one that the asker may see; whatever an expression reaches beyond it is joined with
that condition. Values are parameters, never text. Before the statement runs, each of `context.shapes` is resolved
(`geography.resolve`) and put into the statement's parameters by its name.
"""

from smilecity.things.reads.sensorthings.expressions.compiling import Compiler, ordered
from smilecity.things.reads.sensorthings.expressions.joining import Bound
from smilecity.things.reads.sensorthings.expressions.values import Context, Sql
from smilecity.things.rules.odata import tree


def compile(expression: tree.Expression, kind: str, alias: str, context: Context) -> Sql:  # noqa: A001 - what it does
    """The expression over the entity of this kind and alias. Raises `Refusal`.

    Where `context.field` is `$orderby` a value to sort by, else a condition (of type bool).
    """
    compiler = Compiler(context, Bound(kind, alias))
    if context.field == "$orderby":
        return ordered(compiler, expression)
    return Sql(compiler.condition(expression), "bool")


def compile_value(expression: tree.Expression, kind: str, alias: str, context: Context) -> Sql:
    """The expression as a value, such as the property that is aggregated. Raises `Refusal`."""
    return Compiler(context, Bound(kind, alias)).value(expression, None)


__all__ = ["Context", "Sql", "compile", "compile_value"]
