# SPDX-License-Identifier: EUPL-1.2
"""Other SensorThings services to mirror: our own, asked in this process, and a small one with FROST's habits."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import orjson

from smilecity.core.problems import Refusal
from smilecity.things.models import Connector
from tests.things import asking

ADDRESS = "https://frost.example/FROST-Server/v1.1"
OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"


def ourselves(address: str) -> bytes:
    """What our own service answers at an address."""
    path, _, query = address.removeprefix(asking.BASE).partition("?")
    try:
        return asking.reply(path, unquote(query)).body
    except Refusal as refusal:
        raise Refusal("reach.not-there", str(refusal), status=502) from refusal


def connector(address: str = ADDRESS, name: str = "Nachbarstadt", **more: Any) -> Connector:
    """A mirror of the service at this address."""
    return Connector.objects.create(kind=Connector.MIRROR, name=name, address=address, **more)


class Frost:
    """A service whose ids are texts, whose next links name a host of its own, and whose units are sentences."""

    def __init__(self, page: int = 2) -> None:
        self.page = page
        self.asked: list[str] = []
        self.lies: dict[str, Any] = {}  # answers by the beginning of what is asked
        self.things: dict[str, dict[str, Any]] = {}
        self.streams: dict[str, dict[str, Any]] = {}
        self.observations: dict[str, list[dict[str, Any]]] = {}

    def thing(self, id_: str, name: str = "Wetterhaus", **more: Any) -> None:
        """A thing that lies somewhere."""
        spot = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [11.5, 53.6]}}
        location = {
            "@iot.id": f"l-{id_}",
            "name": "da",
            "encodingType": "application/vnd.geo+json",
            "location": spot,
        }
        self.things[id_] = {"@iot.id": id_, "name": name, "Locations": [location], **more}

    def stream(self, id_: str, thing: str, **more: Any) -> None:
        """A datastream of a thing."""
        self.streams[id_] = {
            "@iot.id": id_,
            "@iot.selfLink": f"http://inner:8080/v1.1/Datastreams('{id_}')",
            "name": id_,
            "description": "in °C",
            "observationType": f"{OM}OM_Measurement",
            "unitOfMeasurement": {"name": "degree", "symbol": "°C", "definition": "the degree of Celsius"},
            "observedArea": None,
            "phenomenonTime": "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z",
            "Sensor": {
                "@iot.id": "s",
                "name": "Pt100",
                "encodingType": "application/pdf",
                "metadata": "https://a.example",
            },
            "ObservedProperty": {"@iot.id": "p", "name": "Temperatur", "definition": "temperature of air"},
            "thing": thing,
            **more,
        }
        self.observations[id_] = []

    def observed(self, stream: str, time: str, result: Any, **more: Any) -> None:
        """An observation, with the id that comes next."""
        self.observed_as(f"o{sum(map(len, self.observations.values()))}", stream, time, result, **more)

    def observed_as(self, id_: Any, stream: str, time: str, result: Any, **more: Any) -> None:
        """An observation with this id."""
        row = {"@iot.id": id_, "phenomenonTime": time, "resultTime": None, "result": result, **more}
        self.observations[stream].append(row)

    def get(self, address: str) -> bytes:
        """What it answers at an address."""
        asked = unquote(address.removeprefix(f"{ADDRESS}/"))
        self.asked.append(asked)
        for beginning, answer in self.lies.items():
            if asked.startswith(beginning):
                if isinstance(answer, BaseException):
                    raise answer
                return answer if isinstance(answer, bytes) else orjson.dumps(answer)
        path, _, query = asked.partition("?")
        return orjson.dumps(self._page(path, self._rows(path, query), query))

    def _rows(self, path: str, query: str) -> list[dict[str, Any]]:
        if path == "Things":
            return list(self.things.values())
        if path == "Datastreams":
            return [{**one, "Thing": {"@iot.id": one["thing"]}} for one in self.streams.values()]
        if found := re.fullmatch(r"Datastreams\('(.+)'\)/Observations", path):
            rows = sorted(self.observations[found[1]], key=lambda row: str(row["phenomenonTime"]))
            since = re.search(r"phenomenonTime ge (\S+?)(&|$)", query)
            return [row for row in rows if since is None or _moment(row) >= datetime.fromisoformat(since[1])]
        raise Refusal("reach.not-there", "There is no such list.", status=502)

    def _page(self, path: str, rows: list[dict[str, Any]], query: str) -> dict[str, Any]:
        skipped = re.search(r"\$skip=(\d+)", query)
        start = int(skipped[1]) if skipped else 0
        page: dict[str, Any] = {"value": rows[start : start + self.page]}
        if start + self.page < len(rows):
            rest = re.sub(r"&?\$skip=\d+", "", query)
            page["@iot.nextLink"] = f"http://inner:8080/v1.1/{path}?{rest}&$skip={start + self.page}"
        return page


def _moment(row: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(row["phenomenonTime"]).partition("/")[0])
    except ValueError:
        return datetime(9000, 1, 1, tzinfo=UTC)
