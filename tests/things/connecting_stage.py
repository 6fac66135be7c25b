# SPDX-License-Identifier: EUPL-1.2
"""Connectors of a node with all behind them, at a broker or by HTTP, and what they kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from psycopg_pool import AsyncConnectionPool

from smilecity.core import clock, sealing
from smilecity.core.asgi import Scope
from smilecity.core.problems import Refusal
from smilecity.things.api.observing import ObservationLine
from smilecity.things.intake.connecting import Connectors, Posted
from smilecity.things.intake.events import DeviceEvent
from smilecity.things.intake.line import Line
from smilecity.things.intake.register import Register
from smilecity.things.intake.taking import Taking
from smilecity.things.models import Connector
from tests.things.stage import LIMIT, FakeSandbox, ask, running

SECRET = "wer-das-liest"


def connector(kind: str = "json", address: str = "", **given: Any) -> Connector:
    """A connector as the action keeps it."""
    secret = given.pop("secret", "")
    return Connector.objects.create(
        kind=kind, name=given.pop("name", f"{kind} {address}"), address=address,
        secret=sealing.seal(secret), **given,
    )  # fmt: skip


def mapping(datastream: int, path: str = "$.v", **more: Any) -> dict[str, Any]:
    return {"rules": [{"path": path, "datastream": datastream}], **more}


ISO = {"time": {"form": "iso", "path": "$.t"}}


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator lets connectors reach this machine."""
    monkeypatch.setattr(
        settings, "SMILE", replace(settings.SMILE, reach=("127.0.0.0/8", "::1/128", "localhost"))
    )


class Hall:
    """The connectors of one process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pool = AsyncConnectionPool(url, min_size=1, max_size=2, open=False, kwargs={"autocommit": True})
        self.line, self.observations = Line(url), ObservationLine(url)
        self.register = Register(self.pool)
        taking = Taking(self.register, FakeSandbox(), self.line)  # type: ignore[arg-type]
        self.events: list[DeviceEvent] = []
        self.connectors = Connectors(
            url, self.pool, taking, self.observations, self.observations.streams, self._heard
        )
        self.posted = Posted(self.register, self.connectors, LIMIT)

    async def _heard(self, event: DeviceEvent) -> None:
        self.events.append(event)

    async def post(self, number: object, body: Any, key: str, **headers: str) -> tuple[int, dict[str, Any]]:
        """Knock with JSON; refusals are turned into answers as the front door does."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {
            "authorization": f"Bearer {key}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        scope: Scope = {
            "type": "http", "method": "POST", "path": f"/things/json/{number}", "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
        said: list[Scope] = []

        async def receive() -> Scope:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Scope) -> None:
            said.append(message)

        try:
            await self.posted(scope, receive, send)
        except Refusal as refusal:
            return refusal.status, refusal.problem()
        return said[0]["status"], json.loads(said[1]["body"])


@asynccontextmanager
async def hall(url: str, *, listening: bool = True) -> AsyncIterator[Hall]:
    """The lines run within the block, and the connectors if they should listen."""
    made = Hall(url)
    await made.pool.open()
    task = asyncio.create_task(made.connectors.run()) if listening else None
    try:
        async with running(made.line, made.observations):
            yield made
            if task:
                await asyncio.sleep(
                    0.1
                )  # what is stored is counted and acknowledged in the next turn of the loop
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await made.connectors.states.write()
    finally:
        await made.pool.close()


def observed(url: str, datastream: int) -> list[tuple[Any, ...]]:
    return ask(
        url,
        "SELECT phenomenon_time, result FROM things_observation WHERE datastream_id = %s ORDER BY 1, 2",
        datastream,
    )


def state(url: str, number: int) -> tuple[Any, ...]:
    """Taken, refused, trouble."""
    rows = ask(
        url, "SELECT taken, refused, trouble FROM things_connectorstate WHERE connector_id = %s", number
    )
    return rows[0] if rows else (0, 0, "")


def certified(folder: Path, name: str) -> Path:
    """A certificate of that name which nobody has signed but itself; its key lies beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = clock.now()
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(kind, form, serialization.NoEncryption()))
    (folder / "key.pem").chmod(0o644)
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(kind))
    return path
