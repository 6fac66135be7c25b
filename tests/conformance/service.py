# SPDX-License-Identifier: EUPL-1.2
"""The service as a client sees it, and the entities that the conformance tests make."""

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote

SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
MEASUREMENT, COUNT, CATEGORY = (
    f"{OM}OM_Measurement",
    f"{OM}OM_CountObservation",
    f"{OM}OM_CategoryObservation",
)
COMPLEX = f"{OM}OM_ComplexObservation"
CELSIUS = {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"}
PERCENT = {"name": "percent", "symbol": "%", "definition": "ucum:%"}

_ID = re.compile(r"\((\d+)\)$")
_numbers = count(1)

Json = dict[str, Any]


def at(minutes: float) -> str:
    """An instant so many minutes after noon."""
    return (NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def when(text: str) -> list[datetime]:
    """The instant, or the two of an interval: `12:00Z` and `12:00:00.000Z` are the same."""
    return [datetime.fromisoformat(part) for part in text.split("/")]


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `headers` in small letters."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def id(self) -> int:
        """The id of what was created, from the Location header."""
        assert self.status == 201, (self.status, self.body)
        found = _ID.search(self.headers["location"])
        assert found, self.headers["location"]
        return int(found[1])


@dataclass(frozen=True, slots=True)
class Service:
    """The service's address, a key that may write, and the port of its broker."""

    base: str
    key: str
    broker: int

    def ask(
        self, method: str, path: str, body: Any = None, *, media: str = "application/json", **headers: str
    ) -> Answer:
        """One call; `path` may be an address as the service wrote it."""
        address = path if path.startswith("http") else self.base + quote(path, safe="/()$'=&?,;:@%+!*")
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self.key}", "Content-Type": media}
        given |= {name.replace("_", "-"): text for name, text in headers.items()}
        request = urllib.request.Request(address, data, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return Answer(answer.status, answer.read(), _small(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), _small(error.headers))

    def get(self, path: str) -> Any:
        """The JSON of an address that is there."""
        answer = self.ask("GET", path)
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json

    def values(self, path: str) -> list[Json]:
        """The entities of a collection's first page."""
        found: list[Json] = self.get(path)["value"]
        return found

    def ids(self, path: str) -> list[int]:
        """The ids of a collection's first page."""
        return [one["@iot.id"] for one in self.values(path)]

    def create(self, path: str, body: Json) -> int:
        """POST an entity; its id."""
        return self.ask("POST", path, body).id


def _small(headers: Any) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}


def name_of(what: str) -> str:
    """A name that nothing else has."""
    return f"{what} {next(_numbers)}"


def a_thing(**more: Any) -> Json:
    return {
        "name": name_of("Lamp post"),
        "description": "A lamp post",
        "properties": {"owner": {"name": "City"}},
        **more,
    }


def a_location(lon: float = 12.1, lat: float = 54.1, **more: Any) -> Json:
    return {
        "name": name_of("Corner"),
        "description": "A street corner",
        "encodingType": "application/geo+json",
        "location": {"type": "Point", "coordinates": [lon, lat]},
        **more,
    }


def a_sensor(**more: Any) -> Json:
    return {
        "name": name_of("Probe"),
        "description": "A probe",
        "encodingType": "application/pdf",
        "metadata": "https://example.org/probe.pdf",
        **more,
    }


def an_observed_property(**more: Any) -> Json:
    name = name_of("Warmth")
    definition = f"https://example.org/properties/{name.replace(' ', '-')}"
    return {"name": name, "definition": definition, "description": "How warm it is", **more}


def a_datastream(**more: Any) -> Json:
    return {
        "name": name_of("Air"),
        "description": "Air temperature",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": CELSIUS,
        **more,
    }


def a_multi_datastream(**more: Any) -> Json:
    return {
        "name": name_of("Weather"),
        "description": "Temperature and humidity",
        "multiObservationDataTypes": [MEASUREMENT, MEASUREMENT],
        "unitOfMeasurements": [CELSIUS, PERCENT],
        **more,
    }


def a_feature(lon: float = 12.1, lat: float = 54.1, **more: Any) -> Json:
    return {
        "name": name_of("Air here"),
        "description": "The air at the corner",
        "encodingType": "application/geo+json",
        "feature": {"type": "Point", "coordinates": [lon, lat]},
        **more,
    }


def whole_datastream(**more: Any) -> Json:
    """With everything it needs in it."""
    links = {"Sensor": a_sensor(), "ObservedProperty": an_observed_property()}
    return a_datastream(Thing=a_thing(Locations=[a_location()]), **links) | more


@dataclass(frozen=True, slots=True)
class Town:
    """What reading is tried on: things one to three, each with a datastream of values 0 to 19, a minute apart."""

    things: list[int]
    locations: list[int]
    datastreams: list[int]
    sensor: int
    observed_property: int
    observations: list[list[int]]

    @classmethod
    def built(cls, service: Service) -> "Town":
        """POST it all."""
        sensor = service.create("/Sensors", a_sensor(name="Town probe"))
        kind = service.create("/ObservedProperties", an_observed_property(name="Town warmth"))
        things, locations, datastreams, observations = [], [], [], []
        for number in range(3):
            locations.append(service.create("/Locations", a_location(12 + number / 10, 54 + number / 10)))
            linked = {"Locations": [{"@iot.id": locations[-1]}]}
            body = a_thing(name=f"Town {number}", properties={"number": number, "town": True}, **linked)
            things.append(service.create("/Things", body))
            links = {"Sensor": {"@iot.id": sensor}, "ObservedProperty": {"@iot.id": kind}}
            stream = a_datastream(name=f"Town air {number}", Thing={"@iot.id": things[-1]}, **links)
            datastreams.append(service.create("/Datastreams", stream))
            observations.append(
                [
                    service.create(
                        f"/Datastreams({datastreams[-1]})/Observations",
                        {
                            "phenomenonTime": at(minute),
                            "resultTime": at(minute + 1),
                            "result": minute + number / 2,
                            "parameters": {"round": minute // 5},
                        },
                    )
                    for minute in range(20)
                ]
            )
        return cls(things, locations, datastreams, sensor, kind, observations)
