# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from django.db.models import Q

from smilecity.core.models import Noun
from smilecity.core.who import Who


def may_keep(who: Who, area: int | None) -> bool:
    """Stewards keep the places of their area; operators and the node itself keep all of them."""
    return who.label == "node" or who.holds("operator") or who.holds("steward", area)


def sees(who: Who) -> Q:
    """Everyone sees public places; stewards see those of their area that are not public (`nouns.may_see`)."""
    if who.holds("steward"):
        return Q()
    areas = [role.area for role in who.roles if role.name == "steward"]
    public = Q(visibility=Noun.PUBLIC)
    return public | Q(area__in=areas) if areas else public


def sees_what_all_see(who: Who) -> bool:
    """Without a role one sees what anyone sees, so one rendering serves all of them."""
    return not who.roles and who.label != "node"
