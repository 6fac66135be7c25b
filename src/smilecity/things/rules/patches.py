# SPDX-License-Identifier: EUPL-1.2
"""JSON Patch (RFC 6902) over JSON Pointer (RFC 6901)."""

import copy
from collections.abc import Mapping
from typing import Any

from smilecity.core.problems import Refusal

MOST_OPERATIONS = 1000
MOST_COPIED = 1 << 20  # members that copying may add up to: a patch of a page must not fill the memory
MOST_DEPTH = 64  # as deep as the document may get on the way
OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")


def patched(document: Any, operations: Any) -> Any:
    """The document after the operations, all or none: the one given stays as it was. Names the one that fails."""
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise _bad("A JSON Patch is a list", f"of at most {MOST_OPERATIONS} operations")
    result = copy.deepcopy(document)
    copied = 0
    for number, operation in enumerate(operations):
        at = f"Operation {number + 1}"
        if not isinstance(operation, Mapping) or operation.get("op") not in OPERATIONS:
            raise _bad(at, f"has an op of {', '.join(OPERATIONS)}")
        if operation["op"] == "copy":
            copied += _size(_value(result, _pointer(operation, "from", at), at))
            if copied > MOST_COPIED:
                raise _bad(at, "copies too much")
        result = _applied(result, operation, at)
    return result


def _applied(document: Any, operation: Mapping[str, Any], at: str) -> Any:
    path = _pointer(operation, "path", at)
    what = operation["op"]
    if what in ("add", "replace", "test") and "value" not in operation:
        raise _bad(at, "has no value")
    if what == "test":
        if not same(_value(document, path, at), operation["value"]):
            raise Refusal(
                "patch.test-failed", f"{at}: the value is another.", field=operation["path"], status=409
            )
        return document
    if what == "add":
        return _added(document, path, copy.deepcopy(operation["value"]), at)
    if what == "remove":
        return _removed(document, path, at)
    if what == "replace":
        return _added(_removed(document, path, at), path, copy.deepcopy(operation["value"]), at)
    source = _pointer(operation, "from", at)
    value = _value(document, source, at)
    if what == "copy":
        return _added(document, path, copy.deepcopy(value), at)
    if path[: len(source)] == source and path != source:
        raise _bad(at, "moves a value into itself")
    return _added(_removed(document, source, at), path, value, at)


def _pointer(operation: Mapping[str, Any], name: str, at: str) -> list[str]:
    text = operation.get(name)
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise _bad(at, f"has a {name} that begins with '/'")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _value(document: Any, path: list[str], at: str) -> Any:
    for part in path:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list):
            document = document[_index(part, len(document) - 1, at)]
        else:
            raise _nothing(path, at)
    return document


def _added(document: Any, path: list[str], value: Any, at: str) -> Any:
    if len(path) + _depth(value) > MOST_DEPTH:
        raise _bad(at, f"nests deeper than {MOST_DEPTH} levels")
    if not path:
        return value
    into = _value(document, path[:-1], at)
    if isinstance(into, dict):
        into[path[-1]] = value
    elif isinstance(into, list):
        into.insert(len(into) if path[-1] == "-" else _index(path[-1], len(into), at), value)
    else:
        raise _nothing(path, at)
    return document


def _removed(document: Any, path: list[str], at: str) -> Any:
    _value(document, path, at)
    if not path:
        return None
    within = _value(document, path[:-1], at)
    if isinstance(within, dict):
        del within[path[-1]]
    else:
        del within[_index(path[-1], len(within) - 1, at)]
    return document


def _index(part: str, most: int, at: str) -> int:
    is_one = part.isascii() and part.isdecimal() and len(part) < 10 and (part == "0" or part[0] != "0")
    if not is_one or int(part) > most:
        raise _bad(at, f"names the place '{part[:40]}', which the list does not have")
    return int(part)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON: true is not 1, 1 is 1.0 (RFC 6902, 4.6)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _depth(value: Any) -> int:
    """How deep lists and objects are nested, up to one more than is allowed."""
    level, depth = [value], 0
    while depth <= MOST_DEPTH:
        inner = [one for one in level if isinstance(one, dict | list)]
        if not inner:
            return depth
        level = [below for one in inner for below in (one.values() if isinstance(one, dict) else one)]
        depth += 1
    return depth


def _size(value: Any) -> int:
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        count += len(one) if isinstance(one, str) else 1
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
    return count


def _nothing(path: list[str], at: str) -> Refusal:
    return _bad(at, f"names '/{'/'.join(path)[:100]}', where nothing is")


def _bad(at: str, what: str) -> Refusal:
    return Refusal("patch.bad-operation", f"{at} {what}.", cure="See RFC 6902.")
