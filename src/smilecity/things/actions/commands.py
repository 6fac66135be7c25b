# SPDX-License-Identifier: EUPL-1.2
"""Writes: what devices are told to do, until their network has it. From there on `intake/commanding.py` writes."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts, rights
from smilecity.things.actions.desk import keeper
from smilecity.things.codecs import Codec as Script
from smilecity.things.codecs import CodecFailed, Function, SandboxNow
from smilecity.things.codecs.answers import data_input, downlink
from smilecity.things.models import Codec, Command, Device
from smilecity.things.rules import commands as rules
from smilecity.things.rules.commands import Effect, Raw, Wanted

MOST_BY = 200


def command(
    who: Who,
    device: Device,
    wanted: Wanted,
    *,
    key: uuid.UUID,
    expires_at: datetime,
    confirmed: bool = False,
    effect: Effect | None = None,
    by: str = "",
) -> Command:
    """Tell a device what to do: data for its vendor's codec, or `Raw` bytes where the asker may.

    The same `key` again is the same command, whatever became of it; with other content it is refused
    (`command.key-used`, 409). Its way down begins with the commit. `confirmed` asks the device to say that it came;
    `effect` says which observation shows that it is done. `by` is the reason of another room, kept instead of who asks.
    Running the codec takes some 30 ms, before any lock. Lock: the device's row, so that its queue keeps its bound.
    """
    _commander(who, wanted)
    held = Command.objects.filter(key=key).first()
    if held is not None:
        return _same(held, device, wanted, confirmed=confirmed, effect=effect)
    rules.check_expiry(expires_at, clock.now())
    made = Command(
        key=key,
        wanted=rules.written(wanted),
        confirmed_wanted=confirmed,
        by=by[:MOST_BY] or who.label,
        expires_at=expires_at,
        expects=rules.expected(effect) if effect else None,
        expects_in_id=effect.datastream if effect else None,
    )
    frame = wanted if isinstance(wanted, Raw) else _encoded(device.codec, made)
    rules.check_frame(frame.f_port, frame.payload)
    made.f_port, made.payload = frame.f_port, frame.payload
    try:
        with transaction.atomic():
            made.device = _listening(device, effect)
            made.save(force_insert=True)
            log.append(who, facts.COMMAND_MADE, about=[device.id, made.id])
    except IntegrityError:
        held = Command.objects.filter(key=key).first()
        if held is None:
            raise
        return _same(held, device, wanted, confirmed=confirmed, effect=effect)
    return made


def withdraw(who: Who, command: Command) -> Command:
    """Take back a command that its network does not have yet; one that is withdrawn stays so.

    Refuses `command.too-late` (409) when the network has it: nobody can take it back from there. While it is being
    handed over this waits, a few seconds at most. Lock: the command's row.
    """
    if not rights.may_command(who):
        raise _not_yours()
    with transaction.atomic():
        held = Command.objects.select_for_update().get(pk=command.pk)
        if held.state == Command.WITHDRAWN:
            return held
        if not rules.may_withdraw(held.state):
            raise Refusal(
                "command.too-late",
                _("Dieser Befehl ist schon unterwegs oder zu Ende."),
                cure=_("Geben Sie einen neuen Befehl, der ihn aufhebt."),
                status=409,
            )
        held.state = rules.after(held.state, rules.WITHDRAWN)
        held.changed_at = clock.now()
        held.save(update_fields=["state", "changed_at"])
        log.append(
            who,
            facts.COMMAND_CHANGED,
            about=[held.device_id, held.id],
            data={"state": held.state, "commands": [held.id]},
        )
        return held


def forget_commands(who: Who, older_than: timedelta) -> int:
    """Delete commands that ended before that; returns how many. Lock: the rows."""
    keeper(who)
    with transaction.atomic():
        old = Command.objects.exclude(state__in=rules.OPEN).filter(changed_at__lt=clock.now() - older_than)
        count, _kinds = old.filter(expires_at__lt=clock.now()).delete()
        if count:
            log.append(who, facts.COMMANDS_FORGOTTEN, data={"count": count})
        return count


def _commander(who: Who, wanted: Wanted) -> None:
    may = rights.may_command_raw(who) if isinstance(wanted, Raw) else rights.may_command(who)
    if not may:
        raise _not_yours()


def _not_yours() -> Refusal:
    return Refusal("command.not-yours", _("Befehle an Geräte geben nur deren Betreiber."), status=403)


def _same(
    held: Command, device: Device, wanted: Wanted, *, confirmed: bool, effect: Effect | None
) -> Command:
    """The command of this key, if it is this one."""
    asked = (device.pk, rules.written(wanted), confirmed, *_expectation(effect))
    if asked != (held.device_id, held.wanted, held.confirmed_wanted, held.expects_in_id, held.expects):
        raise Refusal(
            "command.key-used",
            _("Unter dieser Kennung wurde schon ein anderer Befehl gegeben."),
            cure=_("Nehmen Sie für jeden neuen Befehl eine neue."),
            field="key",
            status=409,
        )
    return held


def _expectation(effect: Effect | None) -> tuple[int | None, object]:
    return (effect.datastream, rules.expected(effect)) if effect else (None, None)


def _listening(device: Device, effect: Effect | None) -> Device:
    """The device, locked, if it can be told anything now."""
    held = Device.objects.select_for_update().filter(pk=device.pk, active=True).first()
    if held is None:
        raise Refusal("device.unknown", _("Ein Gerät mit dieser EUI ist nicht angemeldet."), status=404)
    if held.network_id is None:
        raise Refusal(
            "command.no-way-down",
            _("Bei diesem Gerät steht nicht, über welches Netz es Befehle bekommt."),
            cure=_("Tragen Sie beim Gerät die Verbindung ein und wie es dort heißt."),
            status=409,
        )
    if effect is not None and not held.feeds.filter(datastream=effect.datastream).exists():
        raise Refusal(
            "command.bad-effect",
            _("Dieses Gerät speist diese Messreihe nicht."),
            field="datastream",
            status=422,
        )
    if Command.objects.filter(device=held, state__in=rules.OPEN).count() >= rules.MOST_OPEN:
        raise Refusal(
            "command.queue-full",
            _("Für dieses Gerät warten schon 32 Befehle."),
            cure=_("Warten Sie, bis welche angekommen oder abgelaufen sind."),
            status=429,
        )
    return held


def _encoded(codec: Codec, made: Command) -> Raw:
    """What the vendor's codec makes of it."""
    body = data_input(made.wanted["data"])
    with SandboxNow() as sandbox:
        (output,) = sandbox.outputs(
            [(Script.of(codec.encoder or codec.script), Function.ENCODE_DOWNLINK, body)]
        )
    try:
        if isinstance(output, CodecFailed):
            raise output
        said = downlink(output)
    except CodecFailed as failure:
        raise _not_encoded(failure) from failure
    return Raw(said.f_port, said.payload)


def _not_encoded(failure: CodecFailed) -> Refusal:
    if failure.code == "codec.no-function":
        return Refusal(
            "command.no-encoder",
            _("Der Codec dieses Geräts kann keine Befehle schreiben."),
            cure=_("Holen Sie einen neueren Codec des Herstellers, oder geben Sie die Bytes selbst an."),
            field="data",
            status=409,
        )
    return Refusal(
        "command.not-encoded",
        _("Der Codec des Geräts nimmt diesen Befehl nicht an (%(code)s). %(told)s")
        % {"code": failure.code, "told": failure.told},
        field="data",
        status=422,
    )
