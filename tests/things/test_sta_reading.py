# SPDX-License-Identifier: EUPL-1.2
"""Reading by SensorThings: paths, options, what is hidden from whom."""

from datetime import timedelta

import pytest
from django.db import connection

from smilecity.things.models import (
    Datastream,
    DatastreamProperty,
    Latest,
    ObservedProperty,
    Sensor,
)
from smilecity.things.rules.entities import BY_PLURAL
from tests.things.asking import (
    BASE,
    INSIDER,
    Town,
    follow,
    get,
    hourly,
    ids,
    measured_town,
    observe,
    refused,
    reply,
)
from tests.things.stage import NOON, stream, thing

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Town:
    """The town, with three observations in each datastream, of a feature each."""
    return measured_town()


def test_the_root_names_all_sets_and_what_is_met() -> None:
    answer = get("")
    assert [one["name"] for one in answer["value"]] == list(BY_PLURAL)
    assert answer["value"][0]["url"] == f"{BASE}/Things"
    assert (
        "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in answer["serverSettings"]["conformance"]
    )
    assert not any("mqtt" in one for one in answer["serverSettings"]["conformance"])


def test_an_entity_is_written_as_the_standard_writes_it(city: Town) -> None:
    answer = get(f"/Datastreams({city.public.id})")
    assert answer == {
        "@iot.id": city.public.id,
        "@iot.selfLink": f"{BASE}/Datastreams({city.public.id})",
        "name": "public",
        "description": "",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "people", "symbol": "1"},
        "properties": answer["properties"],
        "phenomenonTime": "2026-11-20T12:00:00Z/2026-11-20T14:00:00Z",
        **{
            f"{link}@iot.navigationLink": f"{BASE}/Datastreams({city.public.id})/{link}"
            for link in ("Thing", "Sensor", "ObservedProperty", "Observations")
        },
    }


@pytest.mark.parametrize("plural", list(BY_PLURAL))
def test_every_link_of_every_entity_can_be_followed_and_expanded(city: Town, plural: str) -> None:
    kind = BY_PLURAL[plural]
    if kind.name == "MultiDatastream":
        _multi(city)
    for one in get(f"/{plural}", who=INSIDER)["value"]:
        assert follow(one["@iot.selfLink"], INSIDER) == one
        for link in kind.links:
            address = one.get(f"{link.name}@iot.navigationLink")
            if address is None:
                assert kind.name == "Observation"
                continue
            found = follow(address, INSIDER)
            shown = get(f"/{plural}({one['@iot.id']})", f"$expand={link.name}", INSIDER)
            assert shown[link.name] == (found["value"] if link.many else found)
            assert f"{link.name}@iot.navigationLink" not in shown


def _multi(city: Town) -> Datastream:
    wind = [
        ObservedProperty.objects.create(name=name, definition=f"urn:{name}")
        for name in ("speed", "direction")
    ]
    multi = Datastream.objects.create(
        thing=city.open,
        sensor=city.public.sensor,
        name="wind",
        multi=True,
        unit=[{"symbol": "m/s"}, {"symbol": "°"}],
        observation_types=["http://x/a", "http://x/b"],
        silent_after=timedelta(days=1),
    )
    for rank, one in ((1, wind[0]), (0, wind[1])):
        DatastreamProperty.objects.create(datastream=multi, observed_property=one, rank=rank)
    observe(multi, (NOON, [3.5, 270]))
    return multi


def test_a_multidatastream_is_no_datastream(city: Town) -> None:
    multi = _multi(city)
    assert multi.id not in ids(get("/Datastreams"))
    assert ids(get("/MultiDatastreams")) == [multi.id]
    assert refused(f"/Datastreams({multi.id})").status == 404
    assert refused(f"/Datastreams({multi.id})/Observations").status == 404
    answer = get(f"/MultiDatastreams({multi.id})", "$expand=ObservedProperties,Observations")
    assert [one["name"] for one in answer["ObservedProperties"]] == ["direction", "speed"]
    assert answer["Observations"][0]["result"] == [3.5, 270]
    assert "MultiDatastream@iot.navigationLink" in answer["Observations"][0]
    assert "Datastream@iot.navigationLink" not in answer["Observations"][0]
    observation = answer["Observations"][0]["@iot.id"]
    assert "Datastream" not in get(f"/Observations({observation})", "$expand=Datastream")
    assert refused(f"/Observations({observation})/Datastream").status == 404


def test_paths_lead_only_to_what_belongs_to_the_step_before(city: Town) -> None:
    other = stream("elsewhere", thing("other"))
    observe(other, *hourly(1))
    first = ids(get(f"/Datastreams({city.public.id})/Observations"))[0]
    path = f"/Things({city.open.pk})/Datastreams({city.public.id})/Observations({first})"
    assert get(path)["@iot.id"] == first
    assert get(f"{path}/FeatureOfInterest")["name"] == "feature public"
    assert get(f"{path}/Datastream/Thing/Locations")["value"][0]["location"]["coordinates"] == [12.1, 54.1]
    assert refused(f"/Things({city.open.pk})/Datastreams({other.id})").status == 404
    assert refused(f"/Things({city.open.pk})/Datastreams({other.id})/Observations").status == 404
    assert refused(f"/Datastreams({other.id})/Observations({first})").status == 404
    assert refused("/Things(999999999)/Datastreams").status == 404
    assert refused("/Things(999999999)/Datastreams/$count").status == 404


def test_properties_values_references_and_counts(city: Town) -> None:
    at = f"/Datastreams({city.public.id})"
    assert get(f"{at}/name") == {"name": "public"}
    assert reply(f"{at}/name/$value").body == b"public"
    assert reply(f"{at}/unitOfMeasurement/symbol/$value").body == b"1"
    assert get(f"{at}/unitOfMeasurement") == {"unitOfMeasurement": {"name": "people", "symbol": "1"}}
    assert get(f"{at}/unitOfMeasurement/name") == {"name": "people"}
    assert get(f"{at}/id") == {"@iot.id": city.public.id}
    assert reply(f"{at}/observedArea").status == 204
    assert reply(f"{at}/unitOfMeasurement/nothing").status == 204
    assert refused("/Datastreams(999999999)/name").status == 404
    assert get(f"{at}/Thing/$ref") == {"@iot.selfLink": f"{BASE}/Things({city.open.pk})"}
    assert get("/Things/$ref") == {"value": [{"@iot.selfLink": f"{BASE}/Things({city.open.pk})"}]}
    assert reply(f"{at}/Observations/$count").body == b"3"
    assert reply(f"{at}/Observations/$count", "$filter=result gt 0").body == b"2"
    observation = get(f"{at}/Observations")["value"][0]
    assert reply(f"/Observations({observation['@iot.id']})/result/$value").body == b"0"
    assert get(f"/Observations({observation['@iot.id']})/phenomenonTime") == {
        "phenomenonTime": "2026-11-20T12:00:00Z"
    }


def test_select_gives_what_it_names_and_keeps_what_is_expanded(city: Town) -> None:
    answer = get(
        "/Things", "$select=name,id&$expand=Datastreams($select=name;$expand=Sensor($select=@iot.id))"
    )
    thing_ = answer["value"][0]
    assert set(thing_) == {"name", "@iot.id", "Datastreams"}
    assert set(thing_["Datastreams"][0]) == {"name", "Sensor"}
    assert thing_["Datastreams"][0]["Sensor"] == {"@iot.id": city.public.sensor_id}
    only = get(f"/Datastreams({city.public.id})", "$select=observedArea,phenomenonTime")
    assert only == {"phenomenonTime": "2026-11-20T12:00:00Z/2026-11-20T14:00:00Z"}
    assert get(f"/Datastreams({city.public.id})", "$select=observedArea") == {}
    links = get(f"/Datastreams({city.public.id})", "$select=Thing")
    assert links == {"Thing@iot.navigationLink": f"{BASE}/Datastreams({city.public.id})/Thing"}
    unknown = refused("/Things", "$select=nmae")
    assert (unknown.code, unknown.status) == ("odata.unknown-property", 400)
    assert "name" in str(unknown.cure)


def test_select_of_members_gives_no_others() -> None:
    odd = "a'{b}%"
    Sensor.objects.create(name="s", properties={"a": 1, "b": {"c": None, "d": [2]}, odd: 3, "e": "x"})
    get_ = lambda select: get("/Sensors", f"$select={select}")["value"][0]  # noqa: E731
    assert get_("properties/a") == {"properties": {"a": 1}}
    assert get_("name,properties/b/c,properties/e") == {
        "name": "s",
        "properties": {"b": {"c": None}, "e": "x"},
    }
    assert get_("properties/b,properties/b/c") == {"properties": {"b": {"c": None, "d": [2]}}}
    assert get_("properties,properties/a")["properties"].keys() == {"a", "b", odd, "e"}
    assert get_("properties/none,properties/a/deeper") == {"properties": {}}
    table = reply("/Sensors", "$resultFormat=CSV&$select=properties/a").body
    assert table == b'properties\r\n"{""a"": 1}"\r\n'


def test_expand_takes_every_option(city: Town) -> None:
    query = (
        "$expand=Datastreams($filter=name eq 'public';$expand=Observations("
        "$filter=result ge 1;$orderby=result desc;$top=1;$count=true;$select=result))"
    )
    streams = get("/Things", query)["value"][0]["Datastreams"]
    assert [one["name"] for one in streams] == ["public"]
    assert streams[0]["Observations"] == [{"result": 2}]
    assert streams[0]["Observations@iot.count"] == 2
    following = follow(streams[0]["Observations@iot.nextLink"])
    assert following == {"@iot.count": 2, "value": [{"result": 1}]}
    skipped = get(f"/Datastreams({city.public.id})", "$expand=Observations($skip=2;$select=result)")
    assert skipped["Observations"] == [{"result": 2}]
    misspelt = refused("/Things", "$expand=Datastream")
    assert misspelt.code == "odata.unknown-property" and "Datastreams" in str(misspelt.cure)


def test_the_newest_observation_is_the_one_kept_beside_the_datastream(city: Town) -> None:
    newest = "$orderby=phenomenonTime desc&$top=1"
    answer = get(f"/Datastreams({city.public.id})/Observations", newest + "&$count=true")
    assert answer["@iot.count"] == 3
    assert answer["value"][0]["result"] == 2
    assert follow(answer["@iot.nextLink"])["value"][0]["result"] == 1
    whole = get(f"/Observations({answer['value'][0]['@iot.id']})")
    assert answer["value"][0] == whole
    shown = get(
        "/Datastreams", "$filter=name eq 'public'&$expand=Observations($orderby=phenomenonTime desc;$top=1)"
    )
    assert shown["value"][0]["Observations"] == [whole]
    assert get("/Observations", newest)["value"] == [whole]
    # It is in fact asked there and not of the partitions.
    Latest.objects.filter(datastream=city.public).update(result=77)
    assert get(f"/Datastreams({city.public.id})/Observations", newest)["value"][0]["result"] == 77


def test_times_are_told_exactly_as_instants_or_intervals(city: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE things_observation SET phenomenon_end = phenomenon_time + interval '0.25 second',"
            " result_time = '2026-11-20T13:00:00.123456+02:00', valid_start = phenomenon_time,"
            " valid_end = phenomenon_time + interval '1 year', quality = '{\"a\": [1]}'"
            " WHERE datastream_id = %s AND result = 1",
            [city.public.id],
        )
    first, second, _ = get(f"/Datastreams({city.public.id})/Observations")["value"]
    assert first["phenomenonTime"] == "2026-11-20T12:00:00Z"
    assert first["resultTime"] is None
    assert not {"validTime", "resultQuality", "parameters"} & set(first)
    assert second["phenomenonTime"] == "2026-11-20T13:00:00Z/2026-11-20T13:00:00.25Z"
    assert second["resultTime"] == "2026-11-20T11:00:00.123456Z"
    assert second["validTime"] == "2026-11-20T13:00:00Z/2027-11-20T13:00:00Z"
    assert second["resultQuality"] == {"a": [1]}
    at = f"/Observations({second['@iot.id']})"
    for name in ("phenomenonTime", "resultTime", "validTime"):
        assert get(f"{at}/{name}") == {name: second[name]}
        assert reply(f"{at}/{name}/$value").body.decode() == second[name]


def test_no_next_link_where_the_newest_is_the_only_one(city: Town) -> None:
    lonely = stream("lonely", city.open)
    observe(lonely, *hourly(1))
    assert "@iot.nextLink" not in get(
        f"/Datastreams({lonely.id})/Observations", "$orderby=phenomenonTime desc&$top=1"
    )
    silent = stream("silent", city.open)
    assert get(
        f"/Datastreams({silent.id})/Observations", "$orderby=phenomenonTime desc&$top=1&$count=true"
    ) == {
        "@iot.count": 0,
        "value": [],
    }


def test_an_entity_has_an_etag(city: Town) -> None:
    path = f"/Datastreams({city.public.id})"
    first = reply(path)
    etag = dict(first.headers)[b"etag"].decode()
    same = reply(path, **{"if-none-match": f'"other", W/{etag}'})
    assert (same.status, same.body) == (304, b"")
    observe(city.public, (NOON + timedelta(days=1), 5.0))
    assert reply(path, **{"if-none-match": etag}).status == 200  # its extent has grown
    assert dict(first.headers)[b"cache-control"] == b"no-cache"


def test_tops_are_capped_and_said(city: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO things_observation (datastream_id, phenomenon_time, result)"
            " SELECT %s, %s::timestamptz + s * interval '1 second', s FROM generate_series(1, 10001) AS s",
            [city.public.id, NOON + timedelta(days=1)],
        )
    answer = get(f"/Datastreams({city.public.id})/Observations", "$top=1000000")
    assert len(answer["value"]) == 10_000
    assert len(follow(answer["@iot.nextLink"])["value"]) == 4
    assert len(get(f"/Datastreams({city.public.id})/Observations")["value"]) == 100
    assert get("/Things", "$top=0") == {"value": []}
