# SPDX-License-Identifier: EUPL-1.2
"""What is read elsewhere, by search engines and feed readers: whole addresses, and texts that break no frame."""

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

# So that no text can end the block it stands in; JSON reads them as before.
_NO_MARKUP = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
# XML has no way to write these, not even escaped.
_UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def site(request: HttpRequest) -> str:
    """The node's public address."""
    address: str = settings.SMILE.address or request.build_absolute_uri("/").rstrip("/")
    return address


def block(said: dict[str, Any]) -> SafeString:
    """JSON-LD as it stands in a page."""
    text = orjson.dumps(said).decode().translate(_NO_MARKUP)
    return mark_safe(text)  # noqa: S308 - no sign of markup is left in it


def writable(text: str) -> str:
    """The text without what XML cannot say."""
    return text.translate(_UNWRITABLE)
