# SPDX-License-Identifier: EUPL-1.2
"""Devices that measure for a bench: people counters with their vendor's codec, and the uplinks they send."""

from __future__ import annotations

import base64
import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from smilecity.city import boot
from smilecity.core import clock

DEVICES = 64
FIELDS = ("line_1_total_in", "line_1_total_out", "line_1_period_in", "line_1_period_out")
ADDRESS = "/things/uplinks/tts"


@dataclass(frozen=True, slots=True)
class Fleet:
    """A key that opens the intake, and the devices' EUIs."""

    key: str
    euis: tuple[str, ...]

    def bodies(self, start: datetime, first: int = 0) -> Iterator[bytes]:
        """Uplinks without end, each once, as The Things Stack posts them; the devices take turns."""
        for number in itertools.count(first):
            yield uplink(self.euis[number % len(self.euis)], number // len(self.euis), start)


def uplink(eui: str, count: int, start: datetime) -> bytes:
    """A VS135's message number `count`; `total_in` is the count: each observation names its uplink."""
    from smilecity.things.demo import devices

    sent = devices.people_counter(count, count, count % 100, count % 90)
    at = (start + timedelta(milliseconds=10 * count)).isoformat().replace("+00:00", "Z")
    return json.dumps(
        {
            "end_device_ids": {
                "device_id": f"counter-{eui.lower()}",
                "application_ids": {"application_id": "bench"},
                "dev_eui": eui,
                "join_eui": "70B3D57ED0000000",
                "dev_addr": "260B1234",
            },
            "received_at": at,
            "uplink_message": {
                "session_key_id": "AX8=",
                "f_port": sent.f_port,
                "f_cnt": count % 65536,
                "frm_payload": base64.b64encode(sent.payload).decode(),
                "rx_metadata": [{"gateway_ids": {"gateway_id": "gateway"}, "rssi": -97, "snr": 7.2}],
                "received_at": at,
            },
        }
    ).encode()


def move_in(count: int = DEVICES) -> Fleet:
    """Register the devices. Django must be set up, the tables there."""
    from django.db import transaction

    from smilecity.core import nouns
    from smilecity.core.who import NODE
    from smilecity.people.actions import make_key
    from smilecity.things import models
    from smilecity.things.codecs import Codec as Script
    from smilecity.things.demo import devices

    script = (devices.CODECS / "vendor" / "milesight-iot" / "vs135.js").read_text(encoding="utf-8")
    euis = tuple(f"24E124{number:010X}" for number in range(1, count + 1))
    with transaction.atomic():
        codec = models.Codec.objects.create(
            vendor="bench", name="vs135", script=script, digest=Script.of(script).id
        )
        sensor = models.Sensor.objects.create(name="VS135")
        counted = models.ObservedProperty.objects.create(name="People", definition="urn:bench:people")
        for eui in euis:
            noun = nouns.put("thing", f"things/{eui.lower()}", {"de": eui}, visibility="public")
            thing = models.Thing.objects.create(noun=noun)
            device = models.Device.objects.create(eui=eui, model="VS135", thing=thing, codec=codec)
            for path in FIELDS:
                stream = models.Datastream.objects.create(
                    name=path,
                    thing=thing,
                    sensor=sensor,
                    observed_property=counted,
                    silent_after=timedelta(hours=1),
                )
                models.Feed.objects.create(device=device, field=path, datastream=stream)
        _key, text = make_key(NODE, "bench", ["intake"])
    return Fleet(text, euis)


def now() -> datetime:
    """A start for uplinks, far enough back that none lies in the future."""
    return clock.now() - timedelta(hours=12)


if __name__ == "__main__":
    with boot.booted():
        fleet = move_in(int(sys.argv[1]))
        print(json.dumps({"key": fleet.key, "euis": fleet.euis}))  # noqa: T201 - read by who started it
