# SPDX-License-Identifier: EUPL-1.2
"""The other service's things and datastreams looked through: what is new or changed is kept, what is gone is hidden."""

from typing import Any

from django.db import DataError, connection, transaction

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.things.actions import sensorthings
from smilecity.things.actions.mirroring.run import Run
from smilecity.things.actions.sensorthings.rows import MODELS
from smilecity.things.models import Mirrored, Thing
from smilecity.things.rules import declaration
from smilecity.things.rules.mirror import (
    MOST_PAGES,
    NAMES,
    SWEPT,
    Page,
    again,
    all_said,
    digest,
    first_query,
    is_mirrored,
    literal,
)

TROUBLES = "sweeping"

# Of a round: what was there, whether it could be read or not.
SEEN = """
UPDATE things_mirrored SET position = position || jsonb_build_object('round', %s::int)
WHERE connector_id = %s AND kind = %s AND theirs = ANY(%s)
"""
GONE = """
SELECT id FROM things_mirrored WHERE connector_id = %s AND kind = ANY(%s) AND digest <> ''
    AND (position ->> 'round')::int IS DISTINCT FROM %s ORDER BY id
"""
Body = dict[str, Any]


def sweep(run: Run) -> None:
    """Look through all lists, page by page, from where an earlier run was; what is nowhere any more is hidden."""
    position = run.position
    if not position.get("plural"):
        before = [one["what"] for one in position.get(TROUBLES, [])]
        begun = {"round": position.get("round", 0) + 1, "whole": True, TROUBLES: [], "before": before}
        position |= begun | _start_of(SWEPT[0])
    asked: set[tuple[str, str]] = set()
    while (plural := position["plural"]) and not run.is_over():
        asked.add((plural, position["query"]))
        page = _page(run, plural)
        _keep_all(run, NAMES[plural], [row for row in page.rows if not is_mirrored(row)])
        if (plural, page.next) in asked or position["pages"] > MOST_PAGES:
            page = _lost(run, Refusal("mirror.cycle", "The links to next pages go round in a circle."))
        position |= {"query": page.next, "pages": position["pages"] + 1} if page.next else _after(plural)
        run.save()
    if not position["plural"]:
        _end(run)


def _page(run: Run, plural: str) -> Page:
    """The page where the run is; not every service knows the last of the lists. Refuses if nothing is there at all."""
    try:
        return run.peer.page(plural, run.position["query"])
    except Refusal as refusal:
        if plural == "MultiDatastreams" and refusal.code == "reach.not-there":
            return Page([], "")
        if plural == SWEPT[0] and not run.position["pages"]:
            run.position["plural"] = ""
            raise
        return _lost(run, refusal)


def _lost(run: Run, refusal: Refusal) -> Page:
    """The rest of a list cannot be read, so what is missing may be there all the same; other lists may do."""
    run.note(TROUBLES, run.position["plural"], refusal, counted=False)
    run.position["whole"] = False
    return Page([], "")


def _start_of(plural: str) -> dict[str, Any]:
    return {"plural": plural, "query": first_query(plural), "pages": 0}


def _after(plural: str) -> dict[str, Any]:
    following = SWEPT.index(plural) + 1
    return _start_of(SWEPT[following]) if following < len(SWEPT) else {"plural": "", "query": "", "pages": 0}


def _end(run: Run) -> None:
    if run.position["whole"]:
        _hide_gone(run)
    run.position["swept"] = clock.now().isoformat()
    run.save()


def _keep_all(run: Run, kind: str, rows: list[Any]) -> None:
    """Each row by itself: one that cannot be kept stops no other."""
    known = _known(run, kind, rows)
    for row in rows:
        what = kind
        try:
            what = f"{kind} {literal(row)}"
            said = all_said(kind, row, run.source)
            mark = digest(said)
            if known.get(said[kind][0]) != mark:
                with transaction.atomic():
                    _KEEP[kind](run, said, mark)
                run.total.entities += 1
        except Refusal as refusal:
            if refusal.code == "mirror.no-id":
                run.position["whole"] = False  # it may be one that would seem gone
            _note(run, what, refusal)
        except (TypeError, ValueError, AttributeError, ArithmeticError, DataError):
            _note(run, what, Refusal("mirror.unreadable", "What it says cannot be read."))
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [run.position["round"], run.source.id, kind, _literals(rows)])


def _note(run: Run, what: str, refusal: Refusal) -> None:
    """A row that could not be kept the last time either is not counted again."""
    run.note(TROUBLES, what, refusal, counted=what not in run.position["before"])


def _literals(rows: list[Any]) -> list[str]:
    found = []
    for row in rows:
        try:
            found.append(literal(row))
        except Refusal:
            continue
    return found


def _known(run: Run, kind: str, rows: list[Any]) -> dict[str, str]:
    """The digests, by their ids, of what is here."""
    found = Mirrored.objects.filter(connector=run.source.id, kind=kind, theirs__in=_literals(rows))
    kept = {one.theirs: one for one in found}
    here = _here(kind, [one.ours for one in kept.values()])
    return {theirs: one.digest for theirs, one in kept.items() if one.ours in here}


def _here(kind: str, ids: list[int]) -> set[int]:
    model = MODELS.get(kind, Thing)
    return set(model.objects.filter(pk__in=ids).values_list("pk", flat=True))  # type: ignore[attr-defined]


def _keep_thing(run: Run, said: Body, mark: str) -> None:
    theirs, body = said["Thing"]
    locations = sorted({_keep(run, "Location", *one) for one in said["Locations"]})
    kept = Mirrored.objects.filter(connector=run.source.id, kind="Thing", theirs=theirs).first()
    thing = Thing.objects.filter(pk=kept.ours).first() if kept else None
    if thing is None or sorted(thing.locations.values_list("id", flat=True)) != locations:
        body = body | {
            "Locations": [{"@iot.id": one} for one in locations]
        }  # else it would seem to have moved
    _keep(run, "Thing", theirs, body, mark)


def _keep_datastream(run: Run, said: Body, mark: str) -> None:
    kind = "Datastream" if "Datastream" in said else "MultiDatastream"
    thing = Mirrored.objects.filter(connector=run.source.id, kind="Thing", theirs=said["Thing"]).first()
    if thing is None or not _here("Thing", [thing.ours]):
        raise Refusal("mirror.no-thing", "Its thing could not be mirrored.", field="Thing", status=422)
    links: Body = {
        "Thing": {"@iot.id": thing.ours},
        "Sensor": {"@iot.id": _keep(run, "Sensor", *said["Sensor"])},
    }
    if kind == "Datastream":
        links["ObservedProperty"] = {"@iot.id": _keep(run, "ObservedProperty", *said["ObservedProperty"])}
    else:
        observed = [_keep(run, "ObservedProperty", *one) for one in said["ObservedProperties"]]
        links["ObservedProperties"] = [{"@iot.id": one} for one in observed]
    theirs, body = said[kind]
    _keep(run, kind, theirs, body | links, mark)


def _keep(run: Run, kind: str, theirs: str, body: Body, mark: str = "") -> int:
    """The entity here that is theirs: made, or changed if it says something else than it did; its id."""
    mark = mark or digest(body)
    kept = Mirrored.objects.filter(connector=run.source.id, kind=kind, theirs=theirs).first()
    if kept is not None and _here(kind, [kept.ours]):
        if kept.digest != mark:
            sensorthings.change(run.who, kind, kept.ours, again(body, hidden=not kept.digest))
            Mirrored.objects.filter(pk=kept.pk).update(digest=mark)
        return kept.ours
    ours = sensorthings.create(run.who, kind, body)
    made = {"ours": ours, "digest": mark, "position": {}}
    Mirrored.objects.update_or_create(connector_id=run.source.id, kind=kind, theirs=theirs, defaults=made)
    return ours


def _hide_gone(run: Run) -> None:
    """What was not among what is there now is not shown to all any more; its values stay."""
    with connection.cursor() as cursor:
        cursor.execute(GONE, [run.source.id, list(_KEEP), run.position["round"]])
        gone = [row[0] for row in cursor.fetchall()]
    for number in gone:
        with transaction.atomic():
            one = Mirrored.objects.get(pk=number)
            if _here(one.kind, [one.ours]):
                _hide(run, one.kind, one.ours)
            Mirrored.objects.filter(pk=number).update(digest="")
        run.total.hidden += 1


def _hide(run: Run, kind: str, ours: int) -> None:
    model = MODELS.get(kind, Thing)
    kept = model.objects.values_list("properties", flat=True).get(pk=ours)  # type: ignore[attr-defined]
    hidden = {**kept, declaration.VISIBILITY: declaration.INTERNAL}
    sensorthings.change(run.who, kind, ours, {"properties": hidden})


_KEEP = {"Thing": _keep_thing, "Datastream": _keep_datastream, "MultiDatastream": _keep_datastream}
