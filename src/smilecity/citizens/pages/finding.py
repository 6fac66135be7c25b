# SPDX-License-Identifier: EUPL-1.2
"""What is asked of the published needs, in an address."""

from django.http import HttpRequest

from smilecity.citizens import rules
from smilecity.core import search


def wish_of(request: HttpRequest) -> rules.Wish:
    """What the address asks for; what nobody can ask for is left out."""
    asked = request.GET.get
    kind, group, area = asked("kind", ""), asked("state", ""), asked("area", "")
    return rules.Wish(
        kind=kind if kind in rules.KINDS else "",
        group=group if group in rules.GROUPS else "",
        area=int(area) if area.isascii() and area.isdigit() and len(area) < 19 else None,
        words=asked("q", "").replace("\0", "")[: search.MOST_LETTERS],
        backed=asked("order", "") == "backed",
        category=asked("category", "").replace("\0", "")[:60],
    )
