# SPDX-License-Identifier: EUPL-1.2
"""Query options: alone, nested in $expand, $apply, and the address of the next page."""

import pytest

from smilecity.core.problems import Refusal
from smilecity.things.rules.odata import next_query, read_expression, read_query
from smilecity.things.rules.odata.tree import Aggregate, Apply, Bucket, Expand, Member, Order, Query


def refused(query: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_query(query)
    return caught.value


RESULT = Member(("result",))
TIME = Member(("phenomenonTime",))

SINGLE = [
    ("", Query()),
    ("&&", Query()),
    ("$top=5", Query(top=5)),
    ("TOP=0", Query(top=0)),
    ("%24top=5", Query(top=5)),
    ("$top=99999999999999999999999", Query(top=2**63 - 1)),
    ("$skip=20", Query(skip=20)),
    ("$count=true", Query(count=True)),
    ("$Count=False", Query(count=False)),
    ("$select=name,@iot.id,properties/owner", Query(select=(("name",), ("id",), ("properties", "owner")))),
    ("$select=*", Query()),
    ("$orderby=result", Query(orderby=(Order(RESULT),))),
    ("$orderby=phenomenonTime%20desc,result+asc", Query(orderby=(Order(TIME, descending=True), Order(RESULT)))),
    ("$orderby=Datastream/Thing/name DESC", Query(orderby=(Order(Member(("Datastream", "Thing", "name")), True),))),
    ("$filter=result gt 5", Query(filter=read_expression("result gt 5"))),
    ("$filter=name eq 'a%26b'", Query(filter=read_expression("name eq 'a&b'"))),
    ("$filter=name+eq+'a%2Bb'", Query(filter=read_expression("name eq 'a+b'"))),
    ("$filter=phenomenonTime lt 2026-11-22T10:00:00+01:00",
     Query(filter=read_expression("phenomenonTime lt 2026-11-22T09:00:00Z"))),
    ("$resultFormat=dataarray", Query(result_format="dataArray")),
    ("$resultFormat=CSV", Query(result_format="CSV")),
    ("$resultformat=geojson", Query(result_format="GeoJSON")),
    ("$skiptoken=WzEsMl0%3D", Query(after="WzEsMl0=")),
    ("$top=5&$skip=2&$count=true", Query(top=5, skip=2, count=True)),
]  # fmt: skip


@pytest.mark.parametrize(("query", "meant"), SINGLE)
def test_options_are_read(query: str, meant: Query) -> None:
    assert read_query(query) == meant


def test_expand_nests_at_any_depth_with_all_options() -> None:
    found = read_query(
        "$expand=Datastreams($filter=name eq 'a;b)';$select=name;"
        "$expand=Observations($orderby=phenomenonTime desc;$top=1;$skip=2;$count=true),Sensor),Locations"
    )
    observations = Query(orderby=(Order(TIME, descending=True),), top=1, skip=2, count=True)
    datastreams = Query(
        filter=read_expression("name eq 'a;b)'"),
        select=(("name",),),
        expand=(Expand("Observations", observations), Expand("Sensor", Query())),
    )
    assert found.expand == (Expand("Datastreams", datastreams), Expand("Locations", Query()))


def test_expand_in_the_form_of_a_path() -> None:
    found = read_query("$expand=Datastreams/Observations($top=1)")
    assert found.expand == (Expand("Datastreams", Query(expand=(Expand("Observations", Query(top=1)),))),)


def test_paths_that_begin_with_the_same_link_are_one() -> None:
    both = read_query("$expand=Datastreams/Sensor,Datastreams/Observations($top=1),Locations")
    assert both == read_query("$expand=Datastreams($expand=Sensor,Observations($top=1)),Locations")
    with_options = read_query("$expand=Datastreams($top=3),Datastreams/Sensor,Datastreams/Thing/Locations")
    assert with_options == read_query("$expand=Datastreams($top=3;$expand=Sensor,Thing($expand=Locations))")
    assert "expanded twice" in str(refused("$expand=Datastreams,Datastreams").sentence)
    assert "expanded twice" in str(refused("$expand=Datastreams($top=1),Datastreams($top=2)").sentence)


def test_spaces_in_lists_do_no_harm() -> None:
    assert read_query("$expand=A( $top = 1 ; $skip = 2 ) , B") == read_query("$expand=A($top=1;$skip=2),B")
    assert read_query("$select=a , b") == read_query("$select=a,b")


BAD = [
    ("$fliter=1", "odata.bad-option", "There is no option '$fliter'.", "$filter"),
    ("$format=xml", "odata.bad-option", "There is no option '$format'.", "$resultFormat".lower()),
    ("$top=5&TOP=6", "odata.bad-option", "$top is given twice.", ""),
    ("$top=-1", "odata.bad-option", "$top cannot be negative.", "from 0"),
    ("$skip=-1", "odata.bad-option", "$skip cannot be negative.", "from 0"),
    ("$top=many", "odata.syntax", "$top, character 1: Expected a whole number from 0, found 'many'.", ""),
    ("$top=1.5", "odata.syntax", "$top, character 1: Expected a whole number", ""),
    ("$top=", "odata.syntax", "$top, character 1: Expected a whole number from 0, found the end.", ""),
    ("$top=1 2", "odata.syntax", "$top, character 3: Expected the end, found '2'.", ""),
    ("$count=yes", "odata.syntax", "$count, character 1: Expected true or false, found 'yes'.", ""),
    ("$select=", "odata.syntax", "$select, character 1: Expected a name", ""),
    ("$select=a b", "odata.syntax", "$select, character 3: Expected ',' or the end, found 'b'.", ""),
    ("$orderby=result down", "odata.syntax", "$orderby, character 8: Expected asc or desc", ""),
    ("$resultFormat=xml", "odata.bad-option", "$resultFormat cannot be 'xml'.", "dataArray"),
    ("$expand=A($fil=1)", "odata.bad-option", "There is no option '$fil' within $expand.", "$filter"),
    ("$expand=A($apply=1)", "odata.bad-option", "There is no option '$apply' within $expand.", ""),
    ("$expand=A($top=1;$top=2)", "odata.bad-option", "$expand, character 10: $top is given twice.", ""),
    ("$expand=A($top=1", "odata.syntax", "$expand, character 9: Expected ';' or ')', found the end.", ""),
    ("$expand=A($top 1)", "odata.syntax", "$expand, character 8: Expected '=', found '1'.", ""),
    ("$expand=A(", "odata.syntax", "$expand, character 3: Expected an option", ""),
    ("$expand=A(Observations)", "odata.bad-option", "There is no option 'Observations' within $expand.", ""),
    ("$expand=A($filter=a eq)", "odata.syntax", "$expand, character 15: Expected a value, found ')'.", ""),
    ("$expand=A,", "odata.syntax", "$expand, character 3: Expected a link's name", ""),
    ("$expand=" + "A/" * 8 + "A", "odata.too-costly", "more than 8 links", ""),
    ("$expand=" + "A($expand=" * 9 + "A" + ")" * 9, "odata.too-costly", "more than 8 links", ""),
    ("$expand=" + ",".join(f"A{number}" for number in range(600)), "odata.too-costly", "more than 500", ""),
    ("$filter=" + "x" * 60_000, "odata.too-costly", "longer than", ""),
    ("$filter=%ff", "odata.syntax", "not UTF-8", ""),
    ("$skiptoken=%00", "odata.bad-option", "$skiptoken", ""),
]


@pytest.mark.parametrize(("query", "code", "told", "cure"), BAD)
def test_a_bad_option_is_refused_with_its_place_or_near_matches(
    query: str, code: str, told: str, cure: str
) -> None:
    refusal = refused(query)
    assert refusal.code == code
    assert refusal.status == 400
    assert told in str(refusal.sentence)
    assert cure in str(refusal.cure)


def test_eight_links_deep_is_served() -> None:
    assert read_query("$expand=" + "A/" * 7 + "A").expand


def test_all_options_together_share_one_budget() -> None:
    half = " or ".join(["a eq 1"] * 70)
    read_query(f"$filter={half}")
    assert refused(f"$filter={half}&$expand=A($filter={half})").code == "odata.too-costly"


MEAN = Aggregate(RESULT, "average", "mean")
APPLIES = [
    ("aggregate(result with average as mean)", Apply(None, None, (), (MEAN,))),
    (
        "groupby((day(phenomenonTime,'Europe/Berlin') as tag),aggregate(result with average as mean,$count as n))",
        Apply(None, Bucket("day", "Europe/Berlin", 1, "tag"), (), (MEAN, Aggregate(None, "count", "n"))),
    ),
    (
        "groupby((minute(phenomenonTime,'UTC',10)),aggregate(result with percentile(0.95) as p95))",
        Apply(None, Bucket("minute", "UTC", 10), (), (Aggregate(RESULT, "percentile", "p95", 0.95),)),
    ),
    (
        "filter(result gt 5) / groupby((Datastream/id, Hour(phenomenonTime)), Aggregate(parameters/x with MAX as high))",
        Apply(
            read_expression("result gt 5"),
            Bucket("hour"),
            (Member(("Datastream", "id")),),
            (Aggregate(Member(("parameters", "x")), "max", "high"),),
        ),
    ),
    (
        "filter(result gt 5)/filter(result lt 9)/aggregate(result with countdistinct as n)",
        Apply(read_expression("result gt 5 and result lt 9"), None, (), (Aggregate(RESULT, "countdistinct", "n"),)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), APPLIES)
def test_apply_is_read(text: str, meant: Apply) -> None:
    assert read_query(f"$apply={text}").apply == meant


@pytest.mark.parametrize("unit", ["minute", "hour", "day", "week", "month", "year"])
def test_every_stretch_of_time(unit: str) -> None:
    found = read_query(f"$apply=groupby(({unit}(phenomenonTime)),aggregate($count as n))").apply
    assert found is not None
    assert found.bucket == Bucket(unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["min", "max", "average", "sum", "count", "countdistinct"])
def test_every_way_to_aggregate(method: str) -> None:
    found = read_query(f"$apply=aggregate(result with {method} as x)").apply
    assert found is not None
    assert found.aggregates == (Aggregate(RESULT, method, "x"),)  # type: ignore[arg-type]


BAD_APPLIES = [
    ("", "odata.syntax", "character 1: Expected filter(...), groupby(...) or aggregate(...), found the end"),
    ("group((a))", "odata.syntax", "character 1: Expected filter(...)"),
    ("filter(result gt 5)", "odata.syntax", "character 20: Expected '/' and groupby"),
    ("aggregate()", "odata.syntax", "character 11: Expected a property"),
    ("aggregate(result)", "odata.syntax", "character 17: Expected with"),
    ("aggregate(result with average)", "odata.syntax", "character 30: Expected as and a name"),
    ("aggregate(result with median as m)", "odata.unknown-function", "character 23"),
    (
        "aggregate(result with percentile(2) as m)",
        "odata.syntax",
        "character 34: Expected a number from 0 to 1",
    ),
    ("aggregate(result with min as a,result with max as a)", "odata.syntax", "character 32: The name 'a'"),
    ("aggregate(result with min as a)/groupby((x))", "odata.syntax", "character 32: Expected '/' or the end"),
    ("groupby((Datastream/id))", "odata.syntax", "character 24: Expected ',' and aggregate"),
    ("groupby((dya(phenomenonTime)),aggregate($count as n))", "odata.unknown-function", "character 10"),
    (
        "groupby((day(resultTime)),aggregate($count as n))",
        "odata.syntax",
        "character 14: Expected phenomenonTime",
    ),
    (
        "groupby((day(phenomenonTime,5)),aggregate($count as n))",
        "odata.syntax",
        "character 29: Expected a time zone",
    ),
    (
        "groupby((day(phenomenonTime,'UTC',0)),aggregate($count as n))",
        "odata.syntax",
        "character 35: Expected a whole",
    ),
    (
        "groupby((day(phenomenonTime),hour(phenomenonTime)),aggregate($count as n))",
        "odata.syntax",
        "second stretch",
    ),
    (
        "groupby((day(phenomenonTime) as n),aggregate($count as n))",
        "odata.syntax",
        "The name 'n' is given twice",
    ),
]


@pytest.mark.parametrize(("text", "code", "told"), BAD_APPLIES)
def test_a_bad_apply_is_refused_with_its_place(text: str, code: str, told: str) -> None:
    refusal = refused(f"$apply={text}")
    assert refusal.code == code
    assert told in str(refusal.sentence)


def test_the_next_page_keeps_all_but_where_it_begins() -> None:
    query = "$filter=name%20eq%20'a%26b'&$skip=20&$top=5&$skiptoken=old"
    assert next_query(query, "a+b=") == "$filter=name%20eq%20'a%26b'&$top=5&$skiptoken=a%2Bb%3D"
    assert next_query("", "x") == "$skiptoken=x"
    assert next_query("%24Skip=5&SKIPTOKEN=3", "x") == "$skiptoken=x"
    assert read_query(next_query(query, "a+b=")).after == "a+b="
