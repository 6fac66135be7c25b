# SPDX-License-Identifier: EUPL-1.2
"""Who may keep categories, sort and hand out reports, stand in for others: more rows of the room `citizens`."""

from datetime import timedelta
from typing import Any

from smilecity.core import clock
from smilecity.core.who import NODE as ITSELF
from tests.house.rights_rows import ALL, DAY, GIVE, NODE, RUN, SEE_DRAFTS, Row, asks
from tests.house.town import Town

READ_ANY = SEE_DRAFTS | {"nils", "tina"}


def _need(town: Town) -> int:
    return int(town.need.noun_id)


def _petra(town: Town) -> Any:
    return town.accounts["petra"].pk


def _lamp(code: str = "lamp") -> Any:
    from smilecity.citizens.rules import KeptCategory

    return KeptCategory(code, {"de": "Lampe"})


def _kept(town: Town) -> Any:
    """A category, for which a club is responsible in the ward."""
    from smilecity.citizens import actions

    made = actions.keep_category(ITSELF, _lamp(), town.organisations["club-a"].pk)
    actions.keep_responsibility(ITSELF, made.code, town.area("ward"), town.organisations["club-b"].pk)
    return made


def _used(town: Town) -> Any:
    """A category with another one in it."""
    from smilecity.citizens import actions
    from smilecity.citizens.rules import KeptCategory

    group = actions.keep_category(ITSELF, _lamp())
    actions.keep_category(ITSELF, KeptCategory("pole", {"de": "Mast"}, parent="lamp"))
    return group


def _decided(town: Town) -> Any:
    from smilecity.citizens.actions import decide_need

    return decide_need(town.who["petra"], _need(town), "refused", "Dort ist kein Platz.")


def _deputy(town: Town) -> Any:
    """Stefan stands in for Petra today."""
    from smilecity.citizens.actions import name_deputy

    day, more = clock.now().date(), timedelta(days=2)
    return name_deputy(town.who["petra"], _petra(town), town.accounts["stefan"].pk, day - more, day + more)


def _done(town: Town) -> Any:
    from smilecity.citizens.actions import do_many

    return do_many(town.who["petra"], "needs-step", [_need(town)], "in_progress", "Wir sind dran.")


def _placed(town: Town) -> Any:
    """The need has a position of its own."""
    from smilecity.citizens.models import Need

    Need.objects.filter(noun=_need(town)).update(spot={"type": "Point", "coordinates": [12.1, 54.1]})


def _usual(town: Town) -> Any:
    from smilecity.citizens.models import Usual

    kept = _kept(town)
    Usual.objects.create(category=kept, count=20, quick=1, median=2, slow=3)
    return kept


def _staged(may: set[str], stage: Any, *given: Any) -> Row:
    """A row whose case is the function called with what was staged, made of it by the first of `given` if it can be."""
    made = given[0] if given and callable(given[0]) else (lambda staged: staged)
    more = given[1:] if given and callable(given[0]) else given

    def do(town: Town, who: Any, function: Any) -> Any:
        return function(who, made(town.stage), *(one(town) if callable(one) else one for one in more))

    return Row(set(may), do, stage)


def _sought(**more: Any) -> Any:
    from smilecity.citizens.rules import Sought

    return Sought(**more)


def _spot() -> Any:
    from smilecity.citizens.rules import Spot

    return Spot(12.1, 54.1)


def _code(staged: Any) -> str:
    return str(staged.code)


def _in_row(may: set[str], stage: Any, *given: Any) -> Row:
    """A row whose case does not speak of what was staged."""
    return Row(set(may), lambda town, who, function: function(who, *given), stage)


def _next(town: Town, who: Any, function: Any) -> Any:
    """After another one comes the need of the town."""
    from smilecity.citizens.models import Need

    return function(who, _sought(), Need(noun_id=0))


REPORTS: dict[str, Row] = {
    "citizens.actions.categories.drop_category": _staged(GIVE, _kept, _code),
    "citizens.actions.categories.keep_categories": asks(GIVE, lambda t: [(_lamp(), None)]),
    "citizens.actions.categories.keep_category": asks(GIVE, lambda t: _lamp()),
    "citizens.actions.categories.keep_responsibility": _staged(
        GIVE, _kept, _code, lambda t: t.area("town"), lambda t: None
    ),
    "citizens.actions.categories.order_categories": _staged(GIVE, _kept, lambda made: [made.code]),
    "citizens.actions.deciding.reopen_need": _staged(
        SEE_DRAFTS, _decided, lambda need: need.noun_id, "Doch noch einmal."
    ),
    "citizens.actions.deputies.end_deputy": _staged(GIVE - NODE | {"petra"}, _deputy, lambda made: made.pk),
    "citizens.actions.deputies.name_deputy": asks(
        GIVE - NODE | {"petra"}, _petra, lambda t: t.accounts["stefan"].pk, DAY, DAY
    ),
    "citizens.actions.many.do_many": asks(
        SEE_DRAFTS, "needs-step", lambda t: [_need(t)], "in_progress", "Ja."
    ),
    "citizens.actions.many.take_back_many": _staged({"petra"}, _done, lambda made: made.pk),
    "citizens.actions.reckoning.reckon_usual": asks(RUN),
    "citizens.actions.sorting.look_after": asks(SEE_DRAFTS, _need, None),
    "citizens.actions.sorting.set_due": asks(SEE_DRAFTS, _need, lambda t: clock.now(), "So ist es."),
    "citizens.actions.sorting.sort_need": asks(SEE_DRAFTS, _need, "", "Passt in keine."),
    "citizens.actions.sorting.take_back_step": asks(SEE_DRAFTS, _need, "open"),
    "citizens.reads.categories.areas_kept": asks(GIVE),
    "citizens.reads.categories.categories": _in_row(GIVE | READ_ANY, _kept),
    "citizens.reads.categories.in_use": _staged(GIVE, _used),
    "citizens.reads.categories.kept_category": _staged(GIVE, _kept, _code),
    "citizens.reads.categories.lines": _in_row(GIVE, _kept),
    "citizens.reads.categories.offered": _in_row(ALL, _kept),
    "citizens.reads.categories.organisations": asks(GIVE | READ_ANY),
    "citizens.reads.categories.responsibilities": _staged(ALL, _kept),
    "citizens.reads.categories.would_be": _staged(ALL, _kept, lambda made: made, lambda t: t.area("ward")),
    "citizens.reads.deputies.colleagues": asks({"stefan", "petra", "mia"}),
    "citizens.reads.deputies.deputies": _in_row(GIVE - NODE | {"petra"}, _deputy),
    "citizens.reads.deputies.standing_in": Row(
        set(NODE), lambda town, who, function: function(who, [_petra(town)]), _deputy
    ),
    "citizens.reads.deputies.stood_in_for": _in_row({"stefan"}, _deputy),
    "citizens.reads.desk.following": Row(set(SEE_DRAFTS), _next),
    "citizens.reads.desk.found_at_desk": asks(SEE_DRAFTS, lambda t: _sought()),
    "citizens.reads.desk.on_map": Row(
        set(SEE_DRAFTS), lambda town, who, function: function(who, _sought(), 10), _placed
    ),
    "citizens.reads.forecast.usual": _staged(ALL, _usual),
    "citizens.reads.reports.area_of": asks(ALL, lambda t: _spot()),
    "citizens.reads.reports.areas_of": Row(
        ALL, lambda t, who, f: isinstance(f(who, [_spot()])[_spot()], int)
    ),
    "citizens.reads.reports.category": _staged(ALL, _kept, _code),
    "citizens.reads.reports.home": asks(ALL),
    "citizens.reads.reports.responsible": _staged(ALL, _kept, lambda made: made, lambda t: t.area("ward")),
}
REPORTS_NO_ROW = {
    "citizens.reads.categories.bodies_of": "refuses beside its field (422); who may is asked by `keep_categories`",
}
