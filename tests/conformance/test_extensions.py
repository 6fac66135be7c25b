# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088: req/batch-request, req/multi-datastream and req/data-array."""

import json

from tests.conformance.service import (
    COMPLEX,
    COUNT,
    MEASUREMENT,
    PERCENT,
    Json,
    Service,
    Town,
    a_location,
    a_multi_datastream,
    a_sensor,
    a_thing,
    an_observed_property,
    at,
    name_of,
    whole_datastream,
)


def part(number: str, line: str, body: Json | None = None) -> str:
    """One request of a multipart batch."""
    said = json.dumps(body) if body is not None else ""
    head = f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {number}\r\n"
    return f"{head}\r\n{line} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{said}\r\n"


def test_batch_request_multipart(service: Service, town: Town) -> None:
    """req/batch-request/batch-request: parts and a change set, answered in the same order."""
    name = name_of("Batch")
    change_set = "".join(
        [
            "Content-Type: multipart/mixed; boundary=inner\r\n\r\n",
            "--inner\r\n" + part("1", "POST /Things", a_thing(name=name)),
            "--inner\r\n" + part("2", "POST $1/Locations", a_location()),
            "--inner--\r\n",
        ]
    )
    parts = [part("a", f"GET /Things({town.things[0]})?$select=name"), change_set, part("b", "GET /Unicorns")]
    body = "".join(f"--outer\r\n{one}" for one in parts) + "--outer--\r\n"
    answer = service.ask("POST", "/$batch", body.encode(), media="multipart/mixed; boundary=outer")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("multipart/mixed")
    text = answer.body.decode()
    assert text.count("HTTP/1.1 200") == 1
    assert text.count("HTTP/1.1 201") == 2
    assert text.count("HTTP/1.1 404") == 1
    assert text.index("HTTP/1.1 200") < text.index("HTTP/1.1 201") < text.index("HTTP/1.1 404")
    (made,) = service.ids(f"/Things?$filter=name eq '{name}'")
    assert len(service.ids(f"/Things({made})/Locations")) == 1


def test_batch_request_json(service: Service, town: Town) -> None:
    """req/batch-request/batch-request in the JSON form of OData 4.01, with a back-reference."""
    name = name_of("Batch")
    answer = service.ask(
        "POST",
        "/$batch",
        {
            "requests": [
                {"id": "0", "method": "get", "url": f"Things({town.things[0]})?$select=name"},
                {
                    "id": "thing",
                    "atomicityGroup": "g",
                    "method": "post",
                    "url": "Things",
                    "body": a_thing(name=name),
                },
                {
                    "id": "place",
                    "atomicityGroup": "g",
                    "method": "post",
                    "url": "$thing/Locations",
                    "body": a_location(),
                },
                {"id": "3", "method": "get", "url": "Unicorns"},
            ]
        },
    )
    assert answer.status == 200
    replies = {one["id"]: one for one in answer.json["responses"]}
    assert {key: one["status"] for key, one in replies.items()} == {
        "0": 200,
        "thing": 201,
        "place": 201,
        "3": 404,
    }
    assert replies["0"]["body"]["name"] == "Town 0"
    (made,) = service.ids(f"/Things?$filter=name eq '{name}'")
    assert len(service.ids(f"/Things({made})/Locations")) == 1


def test_a_change_set_is_whole_or_not_at_all(service: Service) -> None:
    """req/batch-request/batch-request: change sets are atomic."""
    name = name_of("Atomic")
    answer = service.ask(
        "POST",
        "/$batch",
        {
            "requests": [
                {
                    "id": "1",
                    "atomicityGroup": "g",
                    "method": "post",
                    "url": "Things",
                    "body": a_thing(name=name),
                },
                {
                    "id": "2",
                    "atomicityGroup": "g",
                    "method": "post",
                    "url": "Things",
                    "body": {"name": "half"},
                },
            ]
        },
    )
    assert answer.status == 200
    assert all(one["status"] >= 400 for one in answer.json["responses"])
    assert service.values(f"/Things?$filter=name eq '{name}'") == []


def _multi(service: Service, **more: object) -> int:
    links: Json = {
        "Thing": a_thing(Locations=[a_location()]),
        "Sensor": a_sensor(),
        "ObservedProperties": [an_observed_property(), an_observed_property()],
    }
    return service.create("/MultiDatastreams", a_multi_datastream(**{**links, **more}))


def test_multi_datastream_properties(service: Service) -> None:
    """req/multi-datastream/properties."""
    found = service.get(f"/MultiDatastreams({_multi(service)})")
    assert found["observationType"] == COMPLEX
    assert found["multiObservationDataTypes"] == [MEASUREMENT, MEASUREMENT]
    assert [unit["symbol"] for unit in found["unitOfMeasurements"]] == ["°C", "%"]


def test_multi_datastream_relations(service: Service) -> None:
    """req/multi-datastream/relations; its observations are arrays, and it is no Datastream."""
    number = _multi(service)
    found = service.get(f"/MultiDatastreams({number})?$expand=Thing,Sensor,ObservedProperties")
    assert len(found["ObservedProperties"]) == 2
    thing = found["Thing"]["@iot.id"]
    assert service.ids(f"/Things({thing})/MultiDatastreams") == [number]
    assert service.ids(f"/Things({thing})/Datastreams") == []
    body = {"result": [21.5, 60], "phenomenonTime": at(0), "MultiDatastream": {"@iot.id": number}}
    seen = service.create("/Observations", body)
    assert service.get(f"/Observations({seen})")["result"] == [21.5, 60]
    assert service.get(f"/Observations({seen})/MultiDatastream")["@iot.id"] == number
    kept = service.ids(f"/MultiDatastreams({number})/Observations?$filter=result/0 gt 20")
    assert kept == [seen]


def test_multi_datastream_constraints(service: Service) -> None:
    """req/multi-datastream/constraints: as many units, types, observed properties and results."""
    number = _multi(service)
    for result in ([1], [1, 2, 3], 5):
        answer = service.ask("POST", f"/MultiDatastreams({number})/Observations", {"result": result})
        assert answer.status in {400, 422}, result
    body = a_multi_datastream(
        Thing=a_thing(),
        Sensor=a_sensor(),
        ObservedProperties=[an_observed_property(), an_observed_property()],
        unitOfMeasurements=[PERCENT],
        multiObservationDataTypes=[MEASUREMENT, COUNT],
    )
    assert service.ask("POST", "/MultiDatastreams", body).status in {400, 422}


def test_data_array_is_read(service: Service, town: Town) -> None:
    """req/data-array/data-array: $resultFormat=dataArray groups rows by datastream."""
    found = service.get(
        "/Observations?$resultFormat=dataArray&$filter=Datastream/Thing/properties/town eq true"
    )
    assert len(found["value"]) == 3
    for group, stream in zip(found["value"], town.datastreams, strict=True):
        assert group["Datastream@iot.navigationLink"].endswith(f"Datastreams({stream})")
        assert group["dataArray@iot.count"] == len(group["dataArray"]) == 20
        place = group["components"].index("result")
        assert all(isinstance(row[place], int | float) for row in group["dataArray"])
    alone = service.get(
        f"/Datastreams({town.datastreams[0]})/Observations?$resultFormat=dataArray&$select=result,phenomenonTime&$top=2"
    )
    assert len(alone["value"][0]["dataArray"]) == 2
    assert "@iot.nextLink" in alone


def test_data_array_is_created(service: Service) -> None:
    """req/data-array/data-array: CreateObservations answers each row by its link, or by error."""
    stream = service.create("/Datastreams", whole_datastream())
    body = [
        {
            "Datastream": {"@iot.id": stream},
            "components": ["phenomenonTime", "result"],
            "dataArray@iot.count": 3,
            "dataArray": [[at(0), 20], [at(1), "warm"], [at(2), 22]],
        }
    ]
    answer = service.ask("POST", "/CreateObservations", body)
    assert answer.status == 201
    first, second, third = answer.json
    assert second.startswith("error")
    found = [service.get(link)["result"] for link in (first, third)]
    assert found == [20, 22]
    assert service.get(f"/Datastreams({stream})/Observations?$count=true")["@iot.count"] == 2
