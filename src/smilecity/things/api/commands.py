# SPDX-License-Identifier: EUPL-1.2
"""/api/things/devices/<eui>/commands: other systems tell devices what to do, with a key of scope `command`."""

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema, Status
from pydantic import AwareDatetime

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_has_key
from smilecity.things import rights
from smilecity.things.actions import commands as actions
from smilecity.things.models import Command
from smilecity.things.reads import commands as reads
from smilecity.things.rules.commands import USUAL_WAIT, Effect, Raw, Wanted

router = Router(tags=["things"])
WITH_KEY: dict[str, Any] = {"security": [{"key": []}]}
NAMES = uuid.UUID("5e1f2a52-3d3c-4c38-9a51-8d2c7c0e7a10")


class EffectIn(Schema):
    """Which observation of the device shows that it is done."""

    datastream: int = Field(..., ge=1, lt=1 << 53)
    value: Any


class CommandIn(Schema):
    """Either `data` for the codec of the device's vendor, or `bytes` (hexadecimal) for `f_port`, operators only."""

    data: dict[str, Any] | None = None
    f_port: int | None = None
    bytes: str | None = Field(None, max_length=1000)
    confirmed: bool = Field(False, description="The device is asked to say that it came.")
    expires_at: AwareDatetime | None = Field(None, description="At most 7 days ahead; without it an hour.")
    expects: EffectIn | None = None


class CommandOut(Schema):
    """A command and where it has come to; the guide says what each state promises."""

    id: int
    device: str
    wanted: dict[str, Any]
    confirmed: bool
    state: str
    reason: str
    made_at: AwareDatetime
    changed_at: AwareDatetime
    expires_at: AwareDatetime
    expects: EffectIn | None


class CommandsOut(Schema):
    """A page of commands, newest first; `after` is what the next page is asked with, empty at the end."""

    items: list[CommandOut]
    after: str


@router.post(
    "/devices/{eui}/commands", response={202: CommandOut}, summary="Tell a device", openapi_extra=WITH_KEY
)
def give(
    request: HttpRequest,
    eui: str,
    given: CommandIn,
    key: Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)],
) -> Any:
    """The same `Idempotency-Key` of the same asker is the same command; with other content it is refused (409)."""
    who = _commander(request)
    device = reads.device_to_command(who, eui)
    if device is None:
        raise _unknown("device.unknown", "There is no such device.")
    effect = Effect(given.expects.datastream, given.expects.value) if given.expects else None
    made = actions.command(
        who,
        device,
        _wanted(given),
        key=uuid.uuid5(NAMES, f"{who.label} {key}"),
        expires_at=given.expires_at or clock.now() + USUAL_WAIT,
        confirmed=given.confirmed,
        effect=effect,
    )
    return Status(202, _out(made))


@router.get("/devices/{eui}/commands", response=CommandsOut, summary="Commands", openapi_extra=WITH_KEY)
def list_commands(request: HttpRequest, eui: str, after: str = "", size: int = reads.PAGE_SIZE) -> Any:
    """What the device was told, newest first, keyset-paged; `size` is capped at 200."""
    some = reads.commands(_commander(request), eui, after=after, size=size)
    return {"items": [_out(one) for one in some.items], "after": some.after}


@router.get(
    "/devices/{eui}/commands/{number}", response=CommandOut, summary="A command", openapi_extra=WITH_KEY
)
def get_command(request: HttpRequest, eui: str, number: int) -> Any:
    """One command, and where it has come to."""
    return _out(_found(_commander(request), eui, number))


@router.delete(
    "/devices/{eui}/commands/{number}", response=CommandOut, summary="Take it back", openapi_extra=WITH_KEY
)
def take_back(request: HttpRequest, eui: str, number: int) -> Any:
    """Withdraw a command that its network does not have yet; afterwards it is refused (409)."""
    who = _commander(request)
    return _out(actions.withdraw(who, _found(who, eui, number)))


def _commander(request: HttpRequest) -> Who:
    who = who_has_key(request)
    if not rights.may_command(who):
        raise Refusal(
            "key.wrong-scope",
            "This key gives no commands.",
            cure="The operator makes one that does with 'smile key make NAME --scope command'.",
            status=403,
        )
    return who


def _wanted(given: CommandIn) -> Wanted:
    if given.data is not None and given.bytes is None:
        return given.data
    if given.data is not None or given.bytes is None or given.f_port is None:
        raise Refusal(
            "command.bad-data", "Give either 'data', or 'bytes' and 'f_port'.", field="data", status=422
        )
    try:
        return Raw(given.f_port, bytes.fromhex(given.bytes))
    except ValueError as error:
        raise Refusal(
            "command.bad-bytes", "Bytes are written in hexadecimal.", field="bytes", status=422
        ) from error


def _found(who: Who, eui: str, number: int) -> Command:
    found = reads.command(who, eui, number) if 0 < number < 1 << 53 else None
    if found is None:
        raise _unknown("command.unknown", "There is no such command.")
    return found


def _unknown(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=404)


def _out(one: Command) -> dict[str, Any]:
    expects = {"datastream": one.expects_in_id, "value": one.expects} if one.expects_in_id else None
    return {
        "id": one.id,
        "device": one.device.eui,
        "wanted": one.wanted,
        "confirmed": one.confirmed_wanted,
        "state": one.state,
        "reason": one.reason,
        "made_at": one.made_at,
        "changed_at": one.changed_at,
        "expires_at": one.expires_at,
        "expects": expects,
    }
