# SPDX-License-Identifier: EUPL-1.2
"""What becomes of an uplink, whichever way it came: decoded and stored, known before, parked, or kept raw."""

from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from smilecity.things import rules
from smilecity.things.codecs import CodecFailed, Sandbox
from smilecity.things.intake.gateways import Gateways
from smilecity.things.intake.line import Line, busy
from smilecity.things.intake.messages import Message
from smilecity.things.intake.register import KnownDevice, Register
from smilecity.things.intake.rows import Row
from smilecity.things.models import Uplink
from smilecity.things.rules.feeding import results_of

MOST_REASON = 500
STORED, REPLAY, PARKED, UNDECODABLE = "stored", "replay", "parked", "undecodable"
HEARD, IGNORED, REFUSED = "heard", "ignored", "refused"

_UPLINKS = Counter("smile_uplinks", "Uplinks by outcome", ["outcome"])
_OUTCOMES = (STORED, REPLAY, PARKED, UNDECODABLE, HEARD, IGNORED, REFUSED)
_counted = {name: _UPLINKS.labels(name) for name in _OUTCOMES}

log = structlog.get_logger("intake")


def count(outcome: str) -> None:
    """Count what came and became no uplink: heard of a command, ignored or refused."""
    _counted[outcome].inc()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it, after the commit; `reason` says why it is kept raw."""

    outcome: str
    reason: str = ""


class Taking:
    """Takes uplinks: looks the device up, decodes, and stores through the line; `gateways` learn who heard them."""

    def __init__(
        self, register: Register, sandbox: Sandbox, line: Line, gateways: Gateways | None = None
    ) -> None:
        self._register = register
        self._sandbox = sandbox
        self._line = line
        self._gateways = gateways

    async def take(self, message: Message) -> Taken:
        """Returns after the commit that holds it. Raises `Refusal` 503 if nothing can be stored for now."""
        device = await self._register.device(message.eui)
        if device is None:
            row = Row(message, None, Uplink.PARKED, "unknown device")
        else:
            row = await self._decoded(message, device)
        taken = await self._put(row)
        _counted[taken.outcome].inc()
        if self._gateways is not None and taken.outcome != REPLAY:
            self._gateways.heard(message, row.device)
        return taken

    async def _put(self, row: Row) -> Taken:
        if not await self._line.put(row):
            return Taken(REPLAY)
        if row.state == Uplink.STORED:
            return Taken(STORED)
        if row.state == Uplink.PARKED:
            return Taken(PARKED)
        log.warning("undecodable", eui=row.message.eui, reason=row.reason)
        return Taken(UNDECODABLE, row.reason or "")

    async def _decoded(self, message: Message, device: KnownDevice) -> Row:
        if not message.payload:
            return Row(message, device.id, Uplink.STORED)
        try:
            decoded = await self._sandbox.decode_uplink(
                device.codec, message.f_port, message.payload, message.received_at
            )
        except CodecFailed as failure:
            if failure.code == "codec.busy":  # the message is not at fault; sent again it will be decoded
                raise busy() from failure
            reason = rules.plain(f"{failure.code}: {failure.sentence}", MOST_REASON)
            return Row(message, device.id, Uplink.UNDECODABLE, reason)
        results, unusable = results_of(decoded.data, device.feeds)
        if unusable:
            reason = rules.plain(f"value.unusable: {', '.join(unusable)}", MOST_REASON)
            return Row(message, device.id, Uplink.UNDECODABLE, reason, results)
        return Row(message, device.id, Uplink.STORED, None, results)
