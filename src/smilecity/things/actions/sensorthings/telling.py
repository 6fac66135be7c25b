# SPDX-License-Identifier: EUPL-1.2
"""How the log is told of an entity: which kind, which one, and whose history it belongs to."""

from collections.abc import Mapping

from smilecity.core import log
from smilecity.core.who import Who
from smilecity.things.models import Datastream


def tell(who: Who, verbs: Mapping[str, str], kind: str, id_: int, noun: int | None = None) -> None:
    """Tell the log what was done to an entity; a thing is a noun, and a datastream's history is its thing's."""
    if kind == "Thing":
        noun = id_
    elif noun is None and kind in ("Datastream", "MultiDatastream"):
        noun = Datastream.objects.filter(pk=id_).values_list("thing", flat=True).first()
    log.append(who, verbs[kind], noun=noun, about=[id_], data={"kind": kind, "id": id_})
