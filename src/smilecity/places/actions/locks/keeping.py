# SPDX-License-Identifier: EUPL-1.2
"""Boxes: their controllers and what their channels open."""

import re
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import log, sealing
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.locks import commanding
from smilecity.places.models import Compartment, Controller, Kit, Place, Unit
from smilecity.places.rules.locks import signing
from smilecity.things.models import Connector

KEY = re.compile(r"[a-z0-9][a-z0-9-]{1,47}")


def keep_controller(
    who: Who,
    place: int,
    key: str,
    name: str,
    *,
    transport: str = Controller.HTTP,
    connector: int | None = None,
    active: bool = True,
) -> tuple[Controller, str]:
    """A controller at this place (its noun's id), and its secret if it is new: said once, never again.

    By who keeps the place. Lock: the controller's row.
    """
    with transaction.atomic():
        there = Place.objects.select_related("noun").filter(noun=place).first()
        known = Controller.objects.select_for_update().filter(key=key).first()
        if (
            there is None
            or not rights.may_keep(who, there.noun.area_id)
            or (known and known.place_id != place)
        ):
            raise Refusal("controller.not-yours", _("Das tun die, die den Ort pflegen."), status=403)
        _checked(key, name, transport, connector)
        secret = "" if known else secrets.token_hex(signing.SECRET_BYTES)
        box = known or Controller(key=key, place=there, secret=sealing.seal(secret))
        box.name, box.transport, box.connector_id, box.active = name.strip(), transport, connector, active
        box.save()
        log.append(who, facts.CONTROLLER_KEPT, noun=place, about=[box.id], data={"controller": box.id})
        return box, secret


def renew_secret(who: Who, controller: int) -> str:
    """A new secret, said once: for a controller that was replaced, or whose secret got known. It counts from 1 again.

    By who keeps the place. Lock: the controller's row.
    """
    with transaction.atomic():
        found = Controller.objects.select_related("place__noun").filter(id=controller).first()
        if found is None or not rights.may_keep(who, found.place.noun.area_id):
            raise Refusal("controller.unknown", _("Diese Box gibt es nicht."), status=404)
        box = commanding.locked(controller)
        secret = secrets.token_hex(signing.SECRET_BYTES)
        box.secret, box.heard_counter, box.reported, box.boot = sealing.seal(secret), 0, {}, ""
        box.reported_at = None
        box.save()
        Compartment.objects.filter(controller=box).update(door="unknown", lock="unknown", reported_at=None)
        log.append(who, facts.CONTROLLER_KEPT, noun=box.place_id, about=[box.id], data={"controller": box.id})
        return secret


def keep_compartment(who: Who, controller: int, channel: int, unit: int) -> Compartment:
    """This channel opens this unit. By who keeps the place of both. Lock: the place's noun, the controller's row."""
    with transaction.atomic():
        found = Controller.objects.select_related("place__noun").filter(id=controller).first()
        part = Unit.objects.filter(id=unit).first()
        ours = found is not None and part is not None and part.place_id == found.place_id
        if found is None or not ours or not rights.may_keep(who, found.place.noun.area_id):
            raise Refusal(
                "controller.unknown", _("Diese Box oder diesen Teil des Ortes gibt es nicht."), status=404
            )
        if not 0 <= channel <= 255:
            raise Refusal(
                "compartment.channel", _("Kanäle haben Nummern von 0 bis 255."), field="channel", status=422
            )
        Noun.objects.select_for_update().get(
            id=found.place_id
        )  # so that nobody puts a second kit there meanwhile
        if Kit.objects.filter(unit=unit).exclude(state=Kit.LOST).count() > 1:
            raise Refusal(
                "compartment.kits", _("Hier liegen zwei Leihsachen. In einem Fach ist Platz für eine."),
                field="unit", status=409,
            )  # fmt: skip
        box = commanding.locked(controller)
        known = Compartment.objects.filter(unit=unit).first()
        taken = box.compartments.filter(channel=channel).exclude(unit=unit).exists()
        if taken or (known and (known.controller_id, known.channel) != (box.id, channel)):
            raise Refusal(
                "compartment.taken",
                _("Dieser Kanal öffnet schon etwas anderes."),
                field="channel",
                status=409,
            )
        made = known or Compartment.objects.create(controller=box, channel=channel, unit_id=unit)
        log.append(
            who,
            facts.CONTROLLER_KEPT,
            noun=box.place_id,
            about=[box.id, made.id],
            data={"controller": box.id},
        )
        return made


def _checked(key: str, name: str, transport: str, connector: int | None) -> None:
    if not KEY.fullmatch(key):
        raise Refusal(
            "controller.key", _("Der Name für Maschinen hat kleine Buchstaben, Ziffern und Bindestriche."),
            field="key", status=422, cure=_("2 bis 48 Zeichen, zum Beispiel sportbox-1."),
        )  # fmt: skip
    if not 1 <= len(name.strip()) <= 200 or "\0" in name:
        raise Refusal("controller.name", _("Geben Sie der Box einen Namen."), field="name", status=422)
    if transport not in (Controller.HTTP, Controller.MQTT):
        raise Refusal(
            "controller.transport", _("Wir sprechen HTTP oder MQTT."), field="transport", status=422
        )
    if (transport == Controller.MQTT) != (connector is not None) or (
        connector is not None and not Connector.objects.filter(id=connector).exists()
    ):
        raise Refusal(
            "controller.connector", _("Für MQTT wählen Sie eine Verbindung, für HTTP keine."),
            field="connector", status=422,
        )  # fmt: skip
