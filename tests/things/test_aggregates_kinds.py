# SPDX-License-Identifier: EUPL-1.2
"""$apply: percentiles, groups, what is hidden, what comes to nothing, what does not fit."""

from datetime import timedelta

import pytest
from django.db import connection

from smilecity.core.problems import Refusal
from smilecity.things.rights import Sight
from tests.things.aggregating import ALL, AMOUNTS, BY_DAY, COUNTS, HOUR, PUBLIC, ask, compiled, page, roll
from tests.things.hours import fill
from tests.things.stage import NOON, stream, thing


@pytest.fixture(autouse=True)
def _nothing_of_others(request: pytest.FixtureRequest) -> None:
    """What tests beside this one committed is no datastream's any more; everything is asked for here."""
    if "django_db" in {mark.name for mark in request.node.iter_markers()}:
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE things_observation, things_hour, things_stalehour")


@pytest.mark.django_db
def test_percentiles_different_values_and_parameters() -> None:
    ds = stream().id
    fill(ds, [(NOON + number * HOUR, float(number % 4)) for number in range(8)])
    fill(ds, [(NOON + 9 * HOUR, None)])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE things_observation SET parameters = jsonb_build_object('battery', jsonb_build_array("
            "CASE WHEN result = 3 THEN '\"low\"'::jsonb ELSE to_jsonb(result * 10) END, 1e400::numeric))"
        )
    asked = (
        "result with percentile(0.5) as median,result with countdistinct as kinds,"
        "parameters/battery/0 with average as battery,parameters/battery/0 with countdistinct as levels,"
        "parameters/battery/1 with max as beyond,parameters/none with sum as nothing,result/deep with max as deep"
    )
    assert ask(f"/Datastreams({ds})/Observations", f"aggregate({asked})") == [
        {
            "median": 1.5,
            "kinds": 5,
            "battery": 10,
            "levels": 4,
            "beyond": None,
            "nothing": None,
            "deep": None,
        }
    ]
    assert ask(f"/Datastreams({ds})/Observations", f"filter(result gt 1)/aggregate({COUNTS})") == [
        {"numbers": 4, "all": 4}
    ]


@pytest.mark.django_db
def test_sums_beyond_what_a_number_holds_are_null_either_way() -> None:
    ds = stream().id
    fill(ds, [(NOON, 1.7e308), (NOON + timedelta(minutes=1), 1.7e308), (NOON + HOUR, -1.7e308)])
    asked = f"aggregate({AMOUNTS},result with percentile(0.4) as p)"
    raw = ask(f"/Datastreams({ds})/Observations", asked)
    assert raw[0] | {"p": 0} == {"low": -1.7e308, "high": 1.7e308, "mean": None, "total": None, "p": 0}
    asked = f"aggregate({AMOUNTS})"
    raw = ask(f"/Datastreams({ds})/Observations", asked)
    roll(NOON + 2 * HOUR)
    assert ask(f"/Datastreams({ds})/Observations", asked) == raw


@pytest.mark.django_db
def test_grouped_by_what_the_values_are_of() -> None:
    one, other = stream("one").id, stream("other").id
    fill(one, [(NOON, 1.0), (NOON + HOUR, 3.0)])
    fill(other, [(NOON, 5.0)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE things_observation SET feature = 7 WHERE result = 5")
    by = "groupby((FeatureOfInterest/id),aggregate(result with max as high))"
    assert ask("/Observations", by) == [
        {"FeatureOfInterest": {"id": None}, "high": 3},
        {"FeatureOfInterest": {"id": 7}, "high": 5},
    ]
    _, token = page("/Observations", by, top=1)
    assert page("/Observations", by, token=token, top=1)[0]["value"] == [
        {"FeatureOfInterest": {"id": 7}, "high": 5}
    ]
    assert page("/FeaturesOfInterest(7)/Observations", by) == (None, None)


@pytest.mark.django_db
def test_nothing_hidden_is_counted() -> None:
    open_, hidden = stream("open").id, stream("hidden", visibility="internal").id
    partners = stream("partners", visibility="partners").id
    secret = stream("secret", thing("secret", visibility="draft")).id
    for ds in (open_, hidden, partners, secret):
        fill(ds, [(NOON, 1.0), (NOON + 5 * HOUR, 1.0)])
    seen = [(PUBLIC, 2), (Sight(all=False, areas=[], partners=True), 4), (ALL, 8)]
    for rolled in (False, True):
        if rolled:
            roll(NOON + 3 * HOUR)
        for sight, count in seen:
            assert ask("/Observations", "aggregate($count as n)", sight) == [{"n": count}]
            raw = "aggregate($count as n,result with percentile(0.5) as p)"
            assert ask("/Observations", raw, sight) == [{"n": count, "p": 1}]
        for ds in (hidden, partners, secret):
            assert page(f"/Datastreams({ds})/Observations", BY_DAY, PUBLIC) == (None, None)


@pytest.mark.django_db
def test_nothing_comes_to_nothing() -> None:
    ds = stream().id
    assert ask(f"/Datastreams({ds})/Observations", BY_DAY) == []
    assert ask(f"/Datastreams({ds})/Observations", "aggregate($count as n,result with sum as s)") == [
        {"n": 0, "s": None}
    ]
    assert page("/Datastreams(999999)/Observations", BY_DAY) == (None, None)


@pytest.mark.parametrize(
    ("path", "apply", "options", "code", "says"),
    [
        ("/Observations", BY_DAY.replace("Berlin", "Brelin"), {}, "odata.bad-option", "Europe/Berlin"),
        ("/Observations", BY_DAY.replace("Europe/Berlin", "../etc/passwd"), {}, "odata.bad-option", "zone"),
        ("/Observations", BY_DAY.replace("Europe/Berlin", "Europe"), {}, "odata.bad-option", "zone"),
        ("/Observations", BY_DAY, {"filter": "result gt 3"}, "odata.bad-option", "filter(...)"),
        ("/Observations", BY_DAY, {"expand": "Datastream"}, "odata.bad-option", "$expand"),
        ("/Observations", BY_DAY, {"orderby": "result"}, "odata.bad-option", "$orderby"),
        ("/Things", BY_DAY, {}, "odata.bad-option", "Observations"),
        ("/Observations(5)", BY_DAY, {}, "odata.bad-option", "Observations"),
        ("/Observations", "aggregate(resul with max as m)", {}, "odata.unknown-property", "Did you mean result"),
        ("/Observations", "aggregate(parameters with max as m)", {}, "odata.wrong-type", "parameters/"),
        ("/Observations", "groupby((Datastream/nam),aggregate($count as n))", {}, "odata.unknown-property", "name"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    path: str, apply: str, options: dict[str, str], code: str, says: str
) -> None:
    with pytest.raises(Refusal) as refused:
        compiled(path, apply, **options)
    assert refused.value.code == code
    assert says in str(refused.value)
