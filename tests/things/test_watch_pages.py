# SPDX-License-Identifier: EUPL-1.2
"""What the watch has found, where people and machines see it."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people.models import Notice
from smilecity.people.reads import line, who_is
from smilecity.things import actions
from smilecity.things.actions.watching import Given
from smilecity.things.models import Alarm, Datastream, Latest, Watch
from tests.core.numbering import number_entries
from tests.things.register_stage import hangs, main, tells
from tests.things.stage import NOON, streams
from tests.things.watch_stage import TEN, comes, look, warm

Make = Callable[..., Any]
FORM = {"by": "set", "low": "-10", "high": "40,5", "most_step": "", "stuck_hours": "12", "again": "7"}


@pytest.fixture
def operator(person: Make, organisation: Make) -> Any:
    return person("olga", ("operator", organisation("municipality", "Stadt"), None))


@pytest.fixture
def olga(operator: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(operator)
    return signed_in


def odd_tree(**options: Any) -> Datastream:
    """A thing whose last value is impossible."""
    found = warm(**options)
    comes(found.id, [20.0, 85.0])
    look()
    return found


@pytest.mark.django_db
def test_the_page_of_the_sensor_says_in_words_what_is_odd(client: Client) -> None:
    odd_tree()
    with clock.frozen(NOON + TEN):
        page = main(client, "/things/baum/")
    assert (
        "85 °C" in page and page.count("auffällig") == 3
    )  # the value, the chart's sentence, the row of its table
    assert "1 Wert ist auffällig: nicht möglich für diese Größe." in page
    with clock.frozen(NOON + TEN):
        week = main(client, "/things/baum/?span=week")
    assert "1 Wert ist auffällig" in week


@pytest.mark.django_db
def test_tables_say_what_is_odd(client: Client) -> None:
    ds = odd_tree().id
    text = b"".join(client.get(f"/things/baum/{ds}.csv").streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [bool(row["resultQuality"]) for row in rows] == [False, True]
    assert '"code": "range"' in rows[1]["resultQuality"]


@pytest.mark.django_db
def test_somebody_takes_note_and_everybody_reads_who(olga: Client, operator: Any) -> None:
    odd_tree()
    with clock.frozen(NOON + TEN):
        page = main(olga, "/desk/things/today/")
        assert "Unmögliche Werte" in page and "Um eine kümmert sich noch niemand." in page
        alarm = Alarm.objects.get()
        assert olga.post("/desk/things/alarms/seen/", {"alarm": [alarm.id, "x"]}).status_code == 302
        page = main(olga, "/desk/things/today/")
    assert f"Gesehen von {operator.pseudonym}, " in page and "Um alle kümmert sich jemand." in page
    assert olga.post("/desk/things/alarms/seen/", {"alarm": "12345678"}).status_code == 404


@pytest.mark.django_db
def test_what_is_well_again_stands_in_the_week(olga: Client) -> None:
    ds = odd_tree().id
    comes(ds, [20.0], until=NOON + TEN)
    look(NOON + timedelta(hours=7))
    with clock.frozen(NOON + timedelta(hours=8)):
        page = main(olga, "/desk/things/today/")
    assert "1 Störung als Tabelle" in page and "teil-range" not in page
    with clock.frozen(NOON + timedelta(days=9)):
        assert "1 Störung als Tabelle" not in main(olga, "/desk/things/today/")


@pytest.mark.django_db
def test_limits_are_set_and_given_back(olga: Client) -> None:
    ds = odd_tree().id
    with clock.frozen(NOON + TEN):
        page = main(olga, f"/desk/things/baum/watch/?stream={ds}")
        assert "Möglich: von -60 °C bis 60 °C" in page and "1 Wert: nicht möglich für diese Größe" in page
        assert olga.post("/desk/things/baum/watch/", {**FORM, "stream": ds}).status_code == 302
        page = main(olga, "/desk/things/baum/watch/")
    assert "Möglich: von -10 °C bis 40,5 °C" in page and "höchstens 12 Stunden lang" in page
    assert "Diese Grenzen hat ein Mensch gesetzt." in page and "neu geprüft" in page
    known = Watch.objects.get(pk=ds)
    assert (known.low, known.high, known.most_step, known.stuck_after) == (
        -10,
        40.5,
        None,
        timedelta(hours=12),
    )
    assert known.again_from == NOON + TEN - timedelta(days=7)
    assert LogEntry.objects.filter(verb="watch-set", data__by="people").count() == 1
    assert olga.post("/desk/things/baum/watch/", {"by": "learned", "stream": ds}).status_code == 302
    assert not Watch.objects.get(pk=ds).set_by_people


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"by": ""}, "id_by_error"),
        ({"low": "warm"}, "id_low_error"),
        ({"low": "50"}, "id_high_error"),
        ({"low": "nan"}, "id_low_error"),
        ({"most_step": "0"}, "id_most_step_error"),
        ({"stuck_hours": "0"}, "id_stuck_hours_error"),
        ({"stuck_hours": "1e300"}, "id_stuck_hours_error"),
        ({"again": "3650"}, "id_again_error"),
    ],
)
def test_limits_that_make_no_sense_are_refused_beside_their_field(
    olga: Client, changed: dict[str, str], field: str
) -> None:
    warm()
    answer = olga.post("/desk/things/baum/watch/", {**FORM, **changed})
    assert answer.status_code == 422 and field in answer.content.decode()
    assert not Watch.objects.filter(set_by_people=True).exists()


@pytest.mark.django_db
def test_the_watch_of_others_is_not_there(client: Client, person: Make, organisation: Make) -> None:
    odd_tree()
    client.force_login(person("rita"))
    assert client.get("/desk/things/baum/watch/").status_code == 404
    assert client.post("/desk/things/baum/watch/", FORM).status_code == 404
    assert client.post("/desk/things/alarms/seen/", {"alarm": Alarm.objects.get().id}).status_code == 404
    assert Alarm.objects.get().seen_by == ""


@pytest.mark.django_db
def test_a_sensor_without_numbers_says_so(olga: Client) -> None:
    hangs("stumm")
    assert "Es gibt nichts zu bewachen." in main(olga, "/desk/things/stumm/watch/")


def told(verb: str) -> list[tuple[int, int]]:
    """Whom the log tells of that: account and how many alarms."""
    found = LogEntry.objects.filter(verb=verb).order_by("id")
    return [(one.data["account"], one.data["count"]) for one in found]


@pytest.mark.django_db
def test_alarms_are_told_once_a_day_to_those_who_look_after(
    operator: Any, person: Make, organisation: Make
) -> None:
    from smilecity.city import telling
    from smilecity.space import actions as space

    square = {"type": "Polygon", "coordinates": [[[12, 54], [12.2, 54], [12.2, 54.2], [12, 54.2], [12, 54]]]}
    nord, sued = (
        space.keep_area(NODE, "district", key, {"de": key}, square).noun_id for key in ("nord", "sued")
    )
    stefan = person("stefan", ("steward", organisation("municipality", "Amt"), nord))
    for key, area in (("hier", nord), ("dort", sued)):
        tells(hangs(key, area=area), "soil", 3, ago=timedelta(days=2))
    actions.watch(NODE)
    assert told("sensors-troubled") == []
    assert actions.tell_alarms(NODE) == 2
    assert sorted(told("sensors-troubled")) == sorted([(operator.pk, 2), (stefan.pk, 1)])
    assert actions.tell_alarms(NODE) == 0 and len(told("sensors-troubled")) == 2
    number_entries()
    telling.tell_waiting()
    notice = Notice.objects.get(account=stefan)
    read = line(who_is(stefan), notice)
    assert read.path == "/desk/things/today/" and "nicht in Ordnung" in read.says


@pytest.mark.django_db
def test_many_that_fall_silent_at_once_are_one_sentence_at_once(operator: Any) -> None:
    for number in range(7):
        tells(hangs(f"s{number}"), "soil", 3, ago=timedelta(hours=2, minutes=number))
    tells(hangs("allein"), "soil", 3, ago=timedelta(days=2))
    actions.watch(NODE)
    assert told("sensors-silent") == [(operator.pk, 7)]
    actions.watch(NODE)
    assert len(told("sensors-silent")) == 1
    actions.tell_alarms(NODE)
    assert told("sensors-troubled") == [(operator.pk, 1)]


@pytest.mark.django_db
def test_few_that_fall_silent_wait_for_the_digest(operator: Any) -> None:
    for number in range(4):
        tells(hangs(f"s{number}"), "soil", 3, ago=timedelta(hours=2))
    actions.watch(NODE)
    assert told("sensors-silent") == []


@pytest.mark.django_db
def test_the_page_asks_as_often_for_many_as_for_one(olga: Client, django_assert_max_num_queries: Any) -> None:
    for ds in streams(60):
        Latest.objects.create(datastream_id=ds, phenomenon_time=NOON - timedelta(days=3), result=1.0, count=1)
    look()
    with clock.frozen(NOON), django_assert_max_num_queries(40):
        assert "60 Messreihen" in main(olga, "/desk/things/today/")


@pytest.mark.django_db
def test_limits_that_were_set_hold_for_what_comes() -> None:
    ds = warm().id
    actions.set_limits(NODE, ds, Given(high=30.0))
    comes(ds, [31.0])
    look()
    assert Latest.objects.get(pk=ds).flags == 1


@pytest.mark.django_db
def test_who_took_note_is_told_to_them_and_forgotten(operator: Any) -> None:
    from smilecity.things import privacy

    odd_tree()
    alarm = Alarm.objects.get()
    actions.see_alarm(who_is(operator), alarm.id)
    assert [one["kind"] for one in privacy.export(operator.pk)["alarms"]] == ["range"]
    assert privacy.forget(operator.pk).pseudonymised
    alarm.refresh_from_db()
    assert alarm.seen_by == "account" and privacy.export(operator.pk)["alarms"] == []
    assert not privacy.forget(operator.pk).pseudonymised


@pytest.mark.django_db
def test_the_command_line_judges_again_and_lists_alarms() -> None:
    from contextlib import nullcontext

    import typer
    from typer.testing import CliRunner

    from smilecity.things.cli.watching import add_watching

    app = typer.Typer()
    add_watching(app, nullcontext)  # type: ignore[arg-type]
    ds = warm().id
    comes(ds, [85.0])
    run = CliRunner().invoke
    said = run(app, ["rewatch", "--thing", "baum", "--since", "2026-11-01"], catch_exceptions=False).output
    assert "1 datastreams judged again since 2026-11-01" in said
    assert Latest.objects.get(pk=ds).flags == 1
    look()
    assert "things/baum" in run(app, ["alarms"], catch_exceptions=False).output
    for wrong in (["--thing", "none"], ["--since", "soon"]):
        assert isinstance(run(app, ["rewatch", *wrong]).exception, Refusal)
