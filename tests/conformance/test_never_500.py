# SPDX-License-Identifier: EUPL-1.2
"""Whatever is asked of the running service: an answer, or a refusal with a reason. Never an error of ours."""

import json
import re

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from smilecity.things.rules.entities import KINDS
from tests.conformance.service import Service, Town
from tests.examples import examples
from tests.things.odata_trees import OPERATORS
from tests.things.test_odata_fuzz import mutated

OFTEN = settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CONSTANTS = {
    "number": ["5", "-1", "0", "2.5", "1e300", "-1e-300", "9223372036854775807", "1e16"],
    "text": ["'x'", "''", "'2026'", "'%'", "'\\'", "'Town ''0'", "'1e400'", "'NaN'"],
    "time": ["2026-11-20T12:05:00Z", "0001-01-01", "9999-12-31T23:59:59Z", "2026-11-20T12:00:00Z/2026-11-20T12:05:00Z"],
    "span": ["duration'PT5M'", "duration'-P900000D'", "duration'P900000D'"],
    "shape": [
        "geography'POINT(12.1 54.1)'", "geography'POLYGON((0 0,20 0,20 60,0 60,0 0))'", "geography'LINESTRING(0 0,1 1)'",
        "geography'NONSENSE'", "geography'POINT EMPTY'", "geography'POLYGON((0 0,1 1,0 1,1 0,0 0))'",
    ],
    "other": ["true", "null", "09:30:00", "nothing"],
}  # fmt: skip
TYPES = {
    "text": "text",
    "instant": "time",
    "period": "time",
    "time": "time",
    "geometry": "shape",
    "result": "number",
}
INTO_JSON = ["{}/a/0 eq 1", "{}/round gt 2", "{}/x eq 'x'", "{} eq null", "{}/a", "{}/owner/name eq 'City'"]
NUMBERS = ["length({text})", "indexof({text},{text})", "year({time})", "second({time})", "fractionalseconds({time})",
           "({number} add {number})", "({number} sub {number})", "({number} mul {number})", "({number} div {number})",
           "({number} mod {number})", "-({number})", "round({number})", "floor({number})", "ceiling({number})",
           "totaloffsetminutes({time})", "geo.distance({shape},{shape})", "geo.length({shape})"]  # fmt: skip
TEXTS = ["concat({text},{text})", "tolower({text})", "toupper({text})", "trim({text})", "substring({text},{number})",
         "substring({text},{number},{number})"]  # fmt: skip
MOMENTS = [
    "now()",
    "mindatetime()",
    "maxdatetime()",
    "({time} add {span})",
    "({time} sub {span})",
    "date({time})",
    "time({time})",
]
TRUTHS = [
    "({number} {is} {number})", "({text} {is} {text})", "({time} {is} {time})", "({shape} {is} {shape})",
    "({other} {is} {text})",
    "({truth} and {truth})", "({truth} or {truth})", "not ({truth})", "({number} in ({number},{number}))",
    "({text} in ({text}))",
    "substringof({text},{text})", "startswith({text},{text})", "endswith({text},{text})", "during({time},{time})",
    "before({time},{time})", "after({time},{time})", "meets({time},{time})", "overlaps({time},{time})",
    "starts({time},{time})", "finishes({time},{time})", "st_within({shape},{shape})", "st_intersects({shape},{shape})",
    "st_disjoint({shape},{shape})", "st_relate({shape},{shape},'T********')", "({number} {is} {text})",
    "({time} sub {time} {is} {span})",
]  # fmt: skip
SETS = sorted(kind.plural for kind in KINDS.values())


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, str]:
    """An entity set and a condition over it: well formed, most of them of fitting types."""
    plural = draw(st.sampled_from(SETS))
    return plural, _made(draw, _members(plural), "truth", 3)


def _members(plural: str) -> dict[str, list[str]]:
    """Properties of the set's kind and of what it links to, by type."""
    kind = next(one for one in KINDS.values() if one.plural == plural)
    found: dict[str, list[str]] = {"number": ["id"], "truth": []}
    own = [("", one) for one in kind.properties]
    linked = [(f"{link.name}/", one) for link in kind.links for one in KINDS[link.to].properties]
    for prefix, one in own + linked:
        found.setdefault(TYPES.get(one.type, "other"), []).append(prefix + one.name)
        if one.type == "json":
            found["truth"] += [form.format(prefix + one.name) for form in INTO_JSON]
    for link in kind.links:
        found["number"].append(f"{link.name}/id")
        if link.many:
            condition = "v/id gt 3" if link.to == "Observation" else "v/id lt 30"
            found["truth"] += [f"{link.name}/any(v:{condition})", f"{link.name}/all(v:{condition})"]
    return found


def _made(draw: st.DrawFn, members: dict[str, list[str]], what: str, depth: int) -> str:
    """Something of the type: a form of it with others in it, or a property or constant."""
    if what == "is":
        return draw(st.sampled_from(OPERATORS[2:8]))
    forms = {"number": NUMBERS, "text": TEXTS, "time": MOMENTS, "truth": TRUTHS}.get(what, [])
    plain = [*members.get(what, []) * 2, *CONSTANTS.get(what, [])]
    if depth == 0 and plain:
        return draw(st.sampled_from(plain))
    form = draw(st.sampled_from([*forms, *plain]))
    return _HOLE.sub(lambda hole: _made(draw, members, hole[1], max(depth - 1, 0)), form)


_HOLE = re.compile(r"\{(\w+)\}")


def answered(service: Service, path: str) -> None:
    """Whole JSON with 200, or a refusal."""
    answer = service.ask("GET", path)
    event(str(answer.status))
    assert answer.status in {200, 400, 404}, (path, answer.status, answer.body)
    assert json.loads(answer.body) is not None
    assert answer.status == 200 or answer.json["code"].split(".")[0] in {"odata", "entity", "geo"}, (
        answer.body
    )


@OFTEN
@given(conditions())
def test_any_condition(service: Service, town: Town, asked: tuple[str, str]) -> None:
    plural, condition = asked
    answered(service, f"/{plural}?$top=2&$count=true&$filter={condition.replace('%', '%25')}")


@OFTEN
@given(conditions(), st.sampled_from(["", " desc"]))
@example(("Things", "(null gt name)"), "")  # a constant is no order for PostgreSQL
def test_any_order_and_its_next_page(
    service: Service, town: Town, asked: tuple[str, str], direction: str
) -> None:
    plural, by = asked
    answer = service.ask("GET", f"/{plural}?$top=1&$orderby={by.replace('%', '%25')}{direction}")
    event(str(answer.status))
    assert answer.status in {200, 400}, (by, answer.body)
    if answer.status == 200 and (following := answer.json.get("@iot.nextLink")):
        answered(service, following)


QUERIES = [
    "$expand=Datastreams($top=1;$expand=Observations($orderby=phenomenonTime desc;$top=1;$count=true)),Locations",
    "$select=name,properties/a&$orderby=length(name) desc&$top=5&$skip=3&$count=true&$resultFormat=CSV",
    "$filter=Datastreams/any(d:d/Observations/any(o:o/result gt 5))&$resultFormat=GeoJSON&$expand=HistoricalLocations",
    "$resultFormat=dataArray&$select=name&$expand=Datastreams($select=name;$expand=Sensor,ObservedProperty)&$skip=1",
]
APPLIES = [
    "$apply=groupby((day(phenomenonTime,'Europe/Berlin') as d),aggregate($count as n,result with percentile(0.5) as p))",
    "$apply=filter(result gt 5)/groupby((Datastream/id),aggregate(result with average as mean))&$top=5",
]


@OFTEN
@given(mutated(QUERIES).map(lambda text: text.replace("%", "%25").replace("#", "%23")))
def test_any_query_of_things(service: Service, town: Town, query: str) -> None:
    answer = service.ask("GET", f"/Things?{query}")
    event(str(answer.status))
    assert answer.status in {200, 400}, (query, answer.body)


@OFTEN
@given(mutated(APPLIES).map(lambda text: text.replace("%", "%25").replace("#", "%23")))
def test_any_apply(service: Service, town: Town, query: str) -> None:
    answer = service.ask("GET", f"/Datastreams({town.datastreams[0]})/Observations?{query}")
    event(str(answer.status))
    assert answer.status in {200, 400}, (query, answer.body)


BODIES = [
    '{"name":"x","description":"y","properties":{"a":[1,{"b":null}]},"Locations":[{"@iot.id":1}]}',
    '{"result":5,"phenomenonTime":"2026-11-20T12:00:00Z","Datastream":{"@iot.id":1},"parameters":{"a":1}}',
    '[{"op":"replace","path":"/name","value":"x"},{"op":"move","from":"/properties/a","path":"/properties/b"}]',
    '[{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[["2026-11-20T12:00:00Z",5]]}]',
    '{"requests":[{"id":"1","method":"get","url":"Things"},{"id":"2","atomicityGroup":"g","method":"post","url":"$1"}]}',
]
WRITES = [
    ("POST", "/Things"), ("POST", "/Observations"), ("POST", "/CreateObservations"), ("POST", "/$batch"),
    ("PATCH", "/Things(1)"), ("PUT", "/Things(1)"), ("POST", "/Datastreams"), ("POST", "/Things(1)/Locations/$ref"),
]  # fmt: skip


@OFTEN
@given(
    mutated(BODIES),
    st.sampled_from(WRITES),
    st.sampled_from(["application/json", "application/json-patch+json"]),
)
def test_any_body(service: Service, town: Town, body: str, call: tuple[str, str], media: str) -> None:
    answer = service.ask(*call, body.encode(errors="surrogatepass"), media=media)
    event(str(answer.status))
    assert answer.status < 500, (call, media, body, answer.body)
