# SPDX-License-Identifier: EUPL-1.2
"""What a crowd asks at once is made once: remembered in this process, for a moment too short for anybody to notice."""

import hashlib
import threading
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

from smilecity.core.who import NODE, Who

Made = TypeVar("Made")
SECONDS = 2
# Whoever asks while the first is still making it waits for that, instead of making it as well.
_making = [threading.Lock() for _ in range(64)]


def sees_what_all_see(who: Who) -> bool:
    """Without a role one sees what anyone sees, so one rendering serves all of them."""
    return not who.roles and who.label != NODE.label


def for_a_moment(who: Who, *asked: object, make: Callable[[], Made]) -> Made:
    """What `make` makes, made once for all who ask the same in the same language and see what all see.

    `asked` must hold all that `make` depends on besides the moment, and `make` must not ask this function itself;
    what is hidden meanwhile can be seen for `SECONDS` more.
    """
    if not sees_what_all_see(who):
        return make()
    digest = hashlib.sha256(repr((get_language(), *asked)).encode()).hexdigest()
    key = f"for-a-moment:{digest}"
    kept: tuple[Made] | None = cache.get(key)
    if kept is None:
        with _making[int(digest[:8], 16) % len(_making)]:
            kept = cache.get(key)
            if kept is None:
                kept = (make(),)
                cache.set(key, kept, SECONDS)
    return kept[0]
