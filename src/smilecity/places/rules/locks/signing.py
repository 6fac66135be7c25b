# SPDX-License-Identifier: EUPL-1.2
"""What is signed of a message, and how: HMAC-SHA-256 over its canonical bytes, with the controller's secret.

Canonical is JSON with sorted keys, without spaces, in UTF-8, without `mac`; there are no fractions in it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from smilecity.core.problems import Refusal

MOST_BYTES = 64 << 10
SECRET_BYTES = 32


def canonical(message: Mapping[str, Any]) -> bytes:
    """The bytes that are signed. Raises `ValueError` for what has no canonical form, such as a fraction."""
    said = {name: value for name, value in message.items() if name != "mac"}
    _whole(said)
    try:
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise ValueError(str(error)) from error


def signed(secret: bytes, message: Mapping[str, Any]) -> dict[str, Any]:
    """The message with its `mac`."""
    return {**message, "mac": _mac(secret, message)}


def is_signed(secret: bytes, message: Mapping[str, Any]) -> bool:
    """Whether its `mac` was made with this secret; takes the same time for every wrong one."""
    given = message.get("mac")
    if not isinstance(given, str) or not given.isascii():
        return False
    try:
        return hmac.compare_digest(_mac(secret, message), given)
    except ValueError:
        return False


def parsed(body: bytes) -> dict[str, Any]:
    """One message as it came; refused if it is none."""
    try:
        found = orjson.loads(body) if len(body) <= MOST_BYTES else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Refusal("lock.not-readable", "This is no message: a JSON object of at most 64 KiB.", status=422)
    return found


def _mac(secret: bytes, message: Mapping[str, Any]) -> str:
    return hmac.new(secret, canonical(message), hashlib.sha256).hexdigest()


def _whole(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("a fraction has no canonical form")
    if isinstance(value, dict):
        for one in value.values():
            _whole(one)
    elif isinstance(value, list):
        for one in value:
            _whole(one)
