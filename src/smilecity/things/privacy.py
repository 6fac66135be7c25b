# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about those who look after sensors. Sensors never tell who it was."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.privacy import ForgetReport, Processing
from smilecity.things.models import Alarm, Command, DeviceNote, TableImport

TITLE = _("Sensoren")

REGISTER: tuple[Processing, ...] = (
    Processing(
        "alarms",
        _("Störungen an Sensoren"),
        _("Wissen, wer sich um eine Störung kümmert"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihr Konto, die Störung, wann Sie sie gesehen haben"),
        _("wer Sensoren betreibt oder für ihr Gebiet verantwortlich ist"),
        _("400 Tage nach dem Ende der Störung; Ihr Konto steht dabei, bis Sie es löschen"),
    ),
    Processing(
        "tables",
        _("Hochgeladene Tabellen mit Messwerten"),
        _("Wissen, woher Messwerte kommen"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihr Konto, der Name der Datei, wann Sie sie hochgeladen haben"),
        _("wer Sensoren betreibt"),
        _("bis die Tabelle aus der Liste genommen wird; Ihr Konto steht dabei, bis Sie es löschen"),
    ),
    Processing(
        "devices",
        _("Arbeit an Geräten"),
        _("Wissen, was an einem Gerät getan und ihm befohlen wurde"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihr Konto, was Sie wann vermerkt oder befohlen haben"),
        _("wer Sensoren betreibt"),
        _(
            "Befehle so lange wie Rohdaten, Vermerke so lange wie das Gerät; Ihr Konto steht dabei, bis Sie es löschen"
        ),
    ),
)


def export(account: int) -> dict[str, Any]:
    """The faults of which this person took note, the tables they brought, what they noted of devices and told them."""
    me = f"account/{account}"
    return {
        "alarms": [
            {"kind": one.kind, "since": _said(one.since), "seen_at": _said(one.seen_at)}
            for one in Alarm.objects.filter(seen_by=me).order_by("id")
        ],
        "tables": [
            {"name": one.name, "made_at": _said(one.made_at)}
            for one in TableImport.objects.filter(by=me).order_by("id")
        ],
        "device_notes": [
            {"kind": one.kind, "what": one.text, "at": _said(one.at)}
            for one in DeviceNote.objects.filter(by=me).order_by("id")
        ],
        "commands": [
            {"what": one.wanted, "state": one.state, "made_at": _said(one.made_at)}
            for one in Command.objects.filter(by=me).order_by("id")
        ],
    }


def forget(account: int) -> ForgetReport:
    """What somebody has noted, brought and ordered stays, who it was goes. Lock: the rows, in the order below."""
    me, nobody = f"account/{account}", "account"
    told = (
        (
            Alarm.objects.filter(seen_by=me).update(seen_by=nobody),
            _("Welche Störungen an Sensoren Sie gesehen haben"),
        ),
        (
            TableImport.objects.filter(by=me).update(by=nobody),
            _("Welche Tabellen mit Messwerten Sie hochgeladen haben"),
        ),
        (DeviceNote.objects.filter(by=me).update(by=nobody), _("Was Sie zu Geräten vermerkt haben")),
        (Command.objects.filter(by=me).update(by=nobody), _("Was Sie Geräten befohlen haben")),
    )
    return ForgetReport(pseudonymised=tuple(what for count, what in told if count))


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
