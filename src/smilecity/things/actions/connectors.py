# SPDX-License-Identifier: EUPL-1.2
"""Writes: the connectors, and what becomes of what they hear."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log, sealing
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts
from smilecity.things.actions.desk import keeper
from smilecity.things.models import Connector, ConnectorState
from smilecity.things.reads.connectors import expected_of
from smilecity.things.rules import connectors as rules
from smilecity.things.rules.mapping import read_mapping
from smilecity.things.rules.mapping.trying import MADE, Source, tried


@dataclass(frozen=True, slots=True)
class Said:
    """A connector as it is typed. A `secret` of None stays as it is, an empty one is forgotten."""

    name: str
    address: str = ""
    user: str = ""
    secret: str | None = None
    topic: str = ""


def keep_connector(who: Who, said: Said, *, kind: str = "", number: int | None = None) -> Connector:
    """Set up a connector of this kind, or change the one of this number; its old troubles are forgotten.

    A password is sealed, and never goes to another host than the one it was typed for. From the commit on whoever runs
    connectors goes by it. Refuses `connector.taken` (409) a name that another has. Lock: the connector's row, the
    unique name.
    """
    keeper(who)
    try:
        with transaction.atomic():
            one = _found(number) if number is not None else Connector(kind=_kind(kind))
            _take(one, said)
            one.save()
            ConnectorState.objects.filter(connector=one).update(trouble="", sentence="", troubled_at=None)
            log.append(who, facts.CONNECTOR_KEPT, about=[one.id], data={"kind": one.kind})
    except IntegrityError as error:
        raise Refusal(
            "connector.taken",
            _("Eine Verbindung mit diesem Namen gibt es schon."),
            field="name",
            status=409,
        ) from error
    return one


def map_connector(who: Who, number: int, said: Any, sample: Any) -> Connector:
    """Say what becomes of a connector's JSON: only what makes at least one value of the sample is kept.

    Refuses (422) with the field at fault, such as `rules.2.path`. Lock: the connector's row.
    """
    keeper(who)
    mapping = read_mapping(said)
    expected = expected_of(who, {rule.datastream for rule in mapping.rules})
    for index, rule in enumerate(mapping.rules):
        if rule.datastream not in expected:
            raise rules.wrong(
                "mapping.unknown-datastream", _("Diese Messreihe gibt es nicht."), f"rules.{index}.datastream"
            )
    if not any(one.outcome == MADE for one in tried(mapping, sample, clock.now(), expected, Source(number))):
        raise rules.wrong(
            "mapping.makes-nothing",
            _("Aus diesem Beispiel wird so kein einziger Messwert."),
            "sample",
            _("Sehen Sie bei jedem Wert nach, warum."),
        )
    with transaction.atomic():
        one = _found(number)
        if one.kind != Connector.JSON:
            raise rules.wrong(
                "connector.needs-no-mapping", _("Diese Verbindung braucht keine Zuordnung."), ""
            )
        one.mapping = mapping.said()
        one.save(update_fields=["mapping"])
        ConnectorState.objects.filter(connector=one).update(trouble="", sentence="", troubled_at=None)
        log.append(who, facts.CONNECTOR_KEPT, about=[one.id], data={"kind": one.kind})
        return one


def pause_connector(who: Who, number: int, *, active: bool) -> Connector:
    """Let a connector rest, or go on. Lock: the connector's row."""
    keeper(who)
    with transaction.atomic():
        one = _found(number)
        one.active = active
        one.save(update_fields=["active"])
        log.append(who, facts.CONNECTOR_KEPT, about=[one.id], data={"active": active})
        return one


def remove_connector(who: Who, number: int) -> None:
    """Take a connector away, with its password; what came by it stays. Lock: the connector's row."""
    keeper(who)
    with transaction.atomic():
        one = _found(number)
        log.append(who, facts.CONNECTOR_GONE, about=[one.id], data={"kind": one.kind})
        one.delete()


def unknown() -> Refusal:
    """The refusal of a connector that is not there."""
    return Refusal("connector.unknown", _("Diese Verbindung gibt es nicht (mehr)."), status=404)


def _found(number: int) -> Connector:
    one = Connector.objects.select_for_update().filter(id=number).first()
    if one is None:
        raise unknown()
    return one


def _kind(kind: str) -> str:
    if kind not in rules.KINDS:
        raise rules.wrong("connector.bad-kind", _("Diese Art von Verbindung gibt es nicht."), "kind")
    return kind


def _take(one: Connector, said: Said) -> None:
    name = rules.checked_text(said.name, "name", rules.MOST_NAME)
    if not name:
        raise rules.wrong("connector.no-name", _("Geben Sie der Verbindung einen Namen."), "name")
    address = rules.checked_address(one.kind, said.address)
    if one.secret and said.secret is None and rules.host_of(address) != rules.host_of(one.address):
        raise rules.wrong(
            "connector.secret-again",
            _("Die Adresse ist eine andere. Geben Sie auch das Kennwort noch einmal ein."),
            "secret",
        )
    one.name, one.address = name, address
    one.user = rules.checked_text(said.user, "user")
    one.topic = rules.checked_topic(one.kind, said.topic, address)
    if said.secret is not None:
        if len(said.secret) > rules.MOST_TEXT:
            raise rules.wrong("connector.bad-text", _("Das Kennwort ist zu lang."), "secret")
        one.secret = sealing.seal(said.secret)
