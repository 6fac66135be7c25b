# SPDX-License-Identifier: EUPL-1.2
"""Keeping areas. What is kept in an area stays in it when its outline changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.space import facts, reads, rights, rules
from smilecity.space.models import Area

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('space.areas'))"


def keep_area(
    who: Who,
    level: str,
    key: str,
    name: nouns.Texts,
    geo: Mapping[str, Any],
    *,
    parent: Area | None = None,
    schematic: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Area:
    """Create the area with this official key or bring it up to date.

    The noun of a key goes on for as long as the key is in use, with all that lies in it, at `areas/<key>`.
    Where `valid_from` is later than what is known of the key, a new version begins on that day: what held
    before is kept as an area of former days at `areas/<key>-<year of its end>`. Without `valid_from` it is
    corrected in place. Refuses a version that begins before the known one, or in the future.

    Lock: all areas, so that no two versions of a key begin at once; the constraint on key and time is proof.
    """
    rights.check_drawer(who)
    rules.checked_time(valid_from, valid_to)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        known = _latest(rules.checked_key(key))
        below = Area.objects.filter(parent=known).values_list("level", flat=True) if known else []
        rules.checked_level(level, above=parent.level if parent else "", below=below)
        start = known.valid_from if known and valid_from is None else valid_from
        if known and valid_from is not None and known.valid_from != valid_from:
            _keep_former(known, valid_from)
        noun = nouns.put(
            "area",
            known.noun.address if known else f"areas/{key}",
            rules.checked_names(name),
            geo=rules.checked_geometry(geo),
            area=parent.noun_id if parent else None,
            facts=_published(level, key, start, valid_to, schematic=schematic),
            visibility="public",
        )
        said = {"level": level, "key": key, "parent": parent, "schematic": schematic}
        area, _created = Area.objects.update_or_create(
            noun=noun, defaults={**said, "valid_from": start, "valid_to": valid_to}
        )
        log.append(who, facts.AREA_KEPT, noun=noun.id)
        return area


def end_area(who: Who, area: Area, day: date) -> Area:
    """The area holds no longer from this day on. Lock: all areas."""
    rights.check_drawer(who)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        area = Area.objects.select_related("noun").get(noun=area.noun_id)
        rules.checked_time(area.valid_from, day)
        area.valid_to = day
        area.save(update_fields=["valid_to"])
        area.noun.facts = {**area.noun.facts, "valid_to": day.isoformat()}
        area.noun.save(update_fields=["facts"])
        log.append(who, facts.AREA_ENDED, noun=area.noun_id)
        return area


def _latest(key: str) -> Area | None:
    """The version of the key that goes on: the one that began last; an open beginning is before all others."""
    versions = Area.objects.filter(key=key).select_related("noun", "parent")
    return max(versions, key=lambda one: one.valid_from or date.min, default=None)


def _keep_former(area: Area, day: date) -> None:
    """What held until this day becomes an area of its own, so that the noun can go on with what comes."""
    if day > reads.today():
        raise Refusal(
            "area.not-yet",
            _("Ein Gebiet kann nicht schon heute von einem künftigen Tag an anders sein."),
            cure=_("Übernehmen Sie die neuen Grenzen an dem Tag, an dem sie gelten."),
            field="valid_from",
        )
    if area.valid_from and day < area.valid_from:
        raise Refusal(
            "area.known-since",
            _("Von diesem Gebiet ist schon ein späterer Stand eingetragen."),
            cure=_("Nennen Sie einen späteren Tag oder keinen."),
            status=409,
            field="valid_from",
        )
    end = min(day, area.valid_to or day)
    Area.objects.filter(noun=area.noun_id).update(valid_from=day, valid_to=None)
    former = nouns.put(
        "area",
        _free_address(area.key, end),
        area.noun.title,
        text=area.noun.text,
        geo=area.noun.geo,
        area=area.noun.area_id,
        facts=_published(area.level, area.key, area.valid_from, end, schematic=area.schematic),
        visibility=area.noun.visibility,
    )
    Area.objects.create(
        noun=former,
        level=area.level,
        key=area.key,
        parent=area.parent,
        schematic=area.schematic,
        valid_from=area.valid_from,
        valid_to=end,
    )


def _free_address(key: str, end: date) -> str:
    """`areas/<key>-<year>`; where two ended in one year, the second has its day."""
    taken = set(Noun.objects.filter(address__startswith=f"areas/{key}-").values_list("address", flat=True))
    wanted = (f"areas/{key}-{end.year}", f"areas/{key}-{end.isoformat()}")
    return next((address for address in wanted if address not in taken), f"{wanted[-1]}-{len(taken)}")


def _published(
    level: str, key: str, start: date | None, end: date | None, *, schematic: bool
) -> dict[str, Any]:
    """What machines read of an area by name."""
    times = {"valid_from": start, "valid_to": end}
    said = {"level": level, "key": key, "schematic": schematic}
    return {**said, **{name: day.isoformat() for name, day in times.items() if day}}
