# SPDX-License-Identifier: EUPL-1.2
"""Who is behind a page request, for rooms on the floor of `people` or below it.

`people` tells how to find out when Django is ready; the pillars ask `people.reads.who_asks` themselves.
"""

from collections.abc import Callable

from django.http import HttpRequest

from smilecity.core.who import ANYONE, Who

_known: list[Callable[[HttpRequest], Who]] = []


def tell(who_asks: Callable[[HttpRequest], Who]) -> None:
    """Called by the `apps.py` of the room that knows people."""
    _known[:] = [who_asks]


def who_asks(request: HttpRequest) -> Who:
    """Who is behind this request; anyone, while no room knows people."""
    return _known[0](request) if _known else ANYONE
