# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: other services mirrored, and tables of values brought."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import override_settings

from smilecity.core.who import Who
from tests.house.rights_rows import RUN, Row
from tests.house.town import Town

Do = Callable[[Town, Who, Callable[..., Any]], Any]


def _with_table(state: str, do: Callable[..., Any]) -> Do:
    """A case with a table of the thing in this state, and a folder for its file."""

    def case(town: Town, who: Who, function: Callable[..., Any]) -> Any:
        from smilecity.things.actions import tables
        from smilecity.things.models import TableImport
        from smilecity.things.rules.tables import Layout

        with tempfile.TemporaryDirectory() as folder, override_settings(TABLES=Path(folder)):
            node = town.who["node"]
            made = tables.bring(node, town.thing.pk, "a.csv", [b"t;a\n2026-01-01;1\n"])
            tables.understand(node, made.pk, Layout(time=0, values={1: town.stream.id}))
            TableImport.objects.filter(pk=made.pk).update(state=state)
            made.refresh_from_db()
            made.columns["looked"] = True
            made.save()
            return do(town, who, function, made)

    return case


def _mirrored(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Connector

    made = Connector.objects.create(kind=Connector.MIRROR, name="Next", address="https://next.example/v1.1")
    return function(who, made.pk, get=lambda address: b'{"value": []}')


def _listed(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Connector

    Connector.objects.create(kind=Connector.MIRROR, name="Next")
    return function(who)


def _named(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return _listed(town, who, lambda asker: function(asker, "Next"))


def _old(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who) + 1  # that there are none is no refusal


def _number(town: Town, who: Who, function: Callable[..., Any], made: Any) -> Any:
    return function(who, made.pk)


def _layout(town: Town, who: Who, function: Callable[..., Any], made: Any) -> Any:
    from smilecity.things.rules.tables import Layout

    return function(who, made.pk, Layout(time=0, values={1: town.stream.id}))


def _brought(town: Town, who: Who, function: Callable[..., Any], made: Any) -> Any:
    return function(who, town.thing.pk, "b.csv", [b"a;b\n"])


def _taken(town: Town, who: Who, function: Callable[..., Any], made: Any) -> Any:
    return function(who, made.pk, seen=0)


def _all(town: Town, who: Who, function: Callable[..., Any], made: Any) -> Any:
    return function(who)


def _guessed(town: Town, who: Who, function: Callable[..., Any], made: Any) -> Any:
    return function(who, made).names


def _bodies(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.rules.observations import FIRST_GIVEN_ID

    return function(who, town.stream.id, [{"result": 1, "@iot.id": FIRST_GIVEN_ID}])


BRINGING: dict[str, Row] = {
    "things.actions.mirroring.mirror": Row(RUN, _mirrored),
    "things.actions.observations.take": Row(RUN, _bodies),
    "things.actions.tables.bring": Row(RUN, _with_table("draft", _brought)),
    "things.actions.tables.forget": Row(RUN, _with_table("draft", _number)),
    "things.actions.tables.forget_old": Row(RUN, _old),
    "things.actions.tables.go_on": Row(RUN, _with_table("stopped", _number)),
    "things.actions.tables.look_through": Row(RUN, _with_table("draft", _number)),
    "things.actions.tables.stop": Row(RUN, _with_table("running", _number)),
    "things.actions.tables.take_in": Row(RUN, _with_table("draft", _taken)),
    "things.actions.tables.understand": Row(RUN, _with_table("draft", _layout)),
    "things.actions.tables.work": Row(RUN, _with_table("running", _number)),
    "things.reads.mirroring.mirror_named": Row(RUN, _named),
    "things.reads.mirroring.mirrors": Row(RUN, _listed),
    "things.reads.tables.fed": Row(RUN, lambda t, who, f: f(who, t.thing.pk)),
    "things.reads.tables.guessed": Row(RUN, _with_table("draft", _guessed)),
    "things.reads.tables.imports": Row(RUN, _with_table("draft", _all)),
    "things.reads.tables.streams": Row(RUN, lambda t, who, f: f(who, t.thing.pk, [t.stream.id])),
    "things.reads.tables.table": Row(RUN, _with_table("draft", _number)),
    "things.reads.tables.things_to_feed": Row(RUN, lambda t, who, f: f(who)),
    "things.reads.tables.waiting": Row(RUN, _with_table("running", _all)),
}
