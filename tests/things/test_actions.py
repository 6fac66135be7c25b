# SPDX-License-Identifier: EUPL-1.2
"""Writes: only by whom they are for, all or nothing, told in the log, and the same when done again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from smilecity.core import clock
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.things import actions, facts
from smilecity.things.actions import FeedSpec
from smilecity.things.codecs import Codec as Script
from smilecity.things.codecs import Function
from smilecity.things.codecs.folder import FoundCodec
from smilecity.things.models import Codec, Device, HistoricalLocation, Thing, Uplink
from tests.things.stage import EUI, NOON, codec, device, stream, thing

pytestmark = pytest.mark.django_db

HERE = {"type": "Point", "coordinates": [12.1, 54.1]}
THERE = {"type": "Point", "coordinates": [12.2, 54.2]}


def refusal(act: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value


def verbs() -> list[str]:
    return list(LogEntry.objects.order_by("id").values_list("verb", flat=True))


def test_only_those_who_keep_things_write(anyone: Who, alice: Who, bob: Who, olga: Who) -> None:
    one = stream()
    before = len(verbs())
    for who in (anyone, bob, alice):
        for act in (
            lambda who=who: actions.keep_thing(who, "x", {"de": "X"}),
            lambda who=who: actions.keep_sensor(who, "X"),
            lambda who=who: actions.keep_observed_property(who, "urn:x", "X"),
            lambda who=who: actions.keep_datastream(
                who, one.thing, "x", one.sensor, one.observed_property, {}, silent_after=timedelta(hours=1)
            ),
            lambda who=who: actions.register_device(who, EUI, "X", one.thing, codec(), []),
            lambda who=who: actions.change_feeds(who, EUI, []),
            lambda who=who: actions.retire_device(who, EUI),
            lambda who=who: actions.import_codecs(who, []),
            lambda who=who: actions.keep_months(who),
            lambda who=who: actions.forget_uplinks(who, NOON),
            lambda who=who: actions.cap_parked(who),
        ):
            said = refusal(act)
            assert (said.code, said.status) == ("things.not-yours", 403)
    assert len(verbs()) == before
    kept = actions.keep_thing(olga, "x", {"de": "X"}, visibility="internal")
    assert kept.noun.address == "things/x"


def test_a_thing_is_kept_once_and_remembers_where_it_was() -> None:
    first = thing(geo=HERE)
    again = thing(geo=HERE, description="on the mast")
    assert first.pk == again.pk
    assert Thing.objects.get().description == "on the mast"
    assert HistoricalLocation.objects.count() == 1
    moved = thing(geo=THERE)
    assert [place.location for place in moved.locations.all()] == [THERE]
    assert HistoricalLocation.objects.count() == 2
    assert Noun.objects.get(id=moved.pk).geo == THERE
    assert verbs() == [facts.THING_KEPT] * 3
    assert LogEntry.objects.filter(noun=moved.pk).count() == 3


@pytest.mark.parametrize(
    ("key", "geo", "code"),
    [
        ("Hafen Sport", None, "thing.bad-key"),
        ("x", {"type": "Point", "coordinates": [200, 0]}, "geo.not-on-earth"),
    ],
)
def test_a_wrong_thing_is_refused_whole(key: str, geo: Any, code: str) -> None:
    assert refusal(lambda: thing(key, geo=geo)).code == code
    assert not Thing.objects.exists()
    assert not verbs()


def test_a_datastream_is_brought_up_to_date_by_its_name() -> None:
    first = stream(visibility="internal")
    again = stream(people=True)
    assert first.id == again.id
    assert (again.visibility, again.people, again.unit["symbol"]) == ("public", True, "1")
    entry = LogEntry.objects.filter(verb=facts.DATASTREAM_KEPT).latest("id")
    assert entry.about == sorted([first.id, first.thing_id])


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"silent_after": timedelta(0)}, "silent_after"),
        ({"silent_after": timedelta(days=900)}, "silent_after"),
        ({"visibility": "secret"}, "visibility"),
        ({"unit": {"ucum": "Cel"}}, "unit"),
    ],
)
def test_a_wrong_datastream_names_its_field(options: dict[str, Any], field: str) -> None:
    assert refusal(lambda: stream(**options)).field == field


def test_a_device_is_registered_by_the_eui_on_its_label() -> None:
    one, other = stream(), stream("other")
    feeds = [FeedSpec("data.count", one.id), FeedSpec("data.wind", other.id, 3.6, -1)]
    made = actions.register_device(NODE, "a8:40:41:ff:fe:00:00:01", "Counter", one.thing, codec(), feeds)
    assert made.eui == EUI
    assert list(made.feeds.order_by("id").values_list("field", "scale", "offset")) == [
        ("data.count", 1, 0),
        ("data.wind", 3.6, -1),
    ]
    assert LogEntry.objects.latest("id").verb == facts.DEVICE_KEPT


def test_an_eui_is_taken_until_its_device_is_retired() -> None:
    one = stream()
    device(one)
    again = refusal(lambda: device(one))
    assert (again.code, again.status, again.field) == ("device.taken", 409, "eui")
    actions.retire_device(NODE, EUI.lower())
    assert refusal(lambda: actions.retire_device(NODE, EUI)).code == "device.unknown"
    assert refusal(lambda: actions.change_feeds(NODE, EUI, [])).status == 404
    device(one)
    assert Device.objects.get().active


@pytest.mark.parametrize(
    ("feed", "code"),
    [
        (("", 0), "device.bad-field"),
        (("a..b", 0), "device.bad-field"),
        (("a\0", 0), "device.bad-field"),
        (("a", 0, 0.0), "device.bad-scale"),
        (("a", 0, float("inf")), "device.bad-scale"),
        (("a", 0, 1.0, float("nan")), "device.bad-scale"),
        (("a", 10**15), "device.unknown-datastream"),
    ],
)
def test_a_wrong_feed_is_refused_and_nothing_is_kept(feed: tuple[Any, ...], code: str) -> None:
    one = stream()
    field, ds, *rest = feed
    said = refusal(
        lambda: actions.register_device(
            NODE,
            EUI,
            "X",
            one.thing,
            codec(),
            [FeedSpec("ok", one.id + 1 if ds else one.id), FeedSpec(field, ds, *rest)],
        )
    )
    assert said.code == code
    assert not Device.objects.exists()


def test_a_wrong_eui_or_too_many_feeds_are_refused() -> None:
    one = stream()
    assert refusal(lambda: device(one, eui="A84041FFFE0000")).code == "device.bad-eui"
    twice = [FeedSpec("a", one.id), FeedSpec("b", one.id)]
    assert (
        refusal(lambda: actions.register_device(NODE, EUI, "X", one.thing, codec(), twice)).code
        == "device.fed-twice"
    )
    many = [FeedSpec("a", n) for n in range(65)]
    said = refusal(lambda: actions.register_device(NODE, EUI, "X", one.thing, codec(), many))
    assert said.code == "device.too-many-feeds"


def found(name: str, script: str, devices: tuple[tuple[str, str], ...] = (("c1", "1.0"),)) -> FoundCodec:
    scripts = {Function.DECODE_UPLINK: Script.of(script)} if script else {}
    return FoundCodec("smile", name, devices, scripts, ())


def test_codecs_are_imported_again_only_where_they_changed() -> None:
    one, two, none = found("a", "// 1"), found("b", "// 2"), found("c", "")
    assert actions.import_codecs(NODE, [one, two, none]) == actions.Imported(new=2, without_script=1)
    assert actions.import_codecs(NODE, [one, two]) == actions.Imported(same=2)
    changed = [found("a", "// 1b"), found("b", "// 2", (("c1", "1.0"), ("c2", "1.0")))]
    assert actions.import_codecs(NODE, changed) == actions.Imported(changed=2)
    assert verbs() == [facts.CODECS_IMPORTED] * 2
    kept = Codec.objects.get(name="a")
    assert (kept.script, kept.digest) == ("// 1b", Script.of("// 1b").id)


def uplinks(count: int, state: int, stored_at: datetime, eui: str = EUI) -> None:
    Uplink.objects.bulk_create(
        Uplink(
            key=uuid4(),
            eui=eui,
            received_at=stored_at + timedelta(seconds=n),
            stored_at=stored_at,
            f_port=1,
            payload=b"",
            state=state,
        )
        for n in range(count)
    )


def test_raw_uplinks_are_forgotten_in_chunks_whatever_their_state() -> None:
    for state in (Uplink.STORED, Uplink.UNDECODABLE, Uplink.PARKED):
        uplinks(7, state, NOON - timedelta(days=31))
        uplinks(2, state, NOON - timedelta(days=29))
    assert actions.forget_uplinks(NODE, NOON - timedelta(days=30), chunk=5) == 21
    assert Uplink.objects.count() == 6
    counts = [e.data["count"] for e in LogEntry.objects.filter(verb=facts.UPLINKS_FORGOTTEN).order_by("id")]
    assert counts == [5, 5, 5, 5, 1]
    assert actions.forget_uplinks(NODE, NOON - timedelta(days=30)) == 0


def test_of_parked_uplinks_the_newest_of_each_device_stay() -> None:
    other = "A84041FFFE000002"
    uplinks(12, Uplink.PARKED, NOON)
    uplinks(3, Uplink.PARKED, NOON, other)
    uplinks(9, Uplink.UNDECODABLE, NOON)
    assert actions.cap_parked(NODE, most=5, chunk=4) == 7
    left = Uplink.objects.filter(state=Uplink.PARKED, eui=EUI).order_by("received_at")
    assert [one.received_at for one in left] == [NOON + timedelta(seconds=n) for n in range(7, 12)]
    assert Uplink.objects.filter(eui=other).count() == 3
    assert Uplink.objects.filter(state=Uplink.UNDECODABLE).count() == 9


def test_partitions_are_made_ahead_once() -> None:
    with clock.frozen(datetime(2031, 12, 31, 23, 30, tzinfo=UTC)):
        assert actions.keep_months(NODE) == 3
        assert actions.keep_months(NODE) == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('things_observation_2032_02')::text,"
            " to_regclass('things_observation_2032_03')"
        )
        assert cursor.fetchone() == ("things_observation_2032_02", None)
