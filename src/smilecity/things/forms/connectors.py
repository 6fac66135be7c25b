# SPDX-License-Identifier: EUPL-1.2
"""What is typed about connectors, and about what becomes of their JSON."""

import math
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.things.actions.connectors import Said
from smilecity.things.forms.devices import DeskForm
from smilecity.things.models import Connector
from smilecity.things.rules.connectors import MOST_NAME, MOST_TEXT
from smilecity.things.rules.mapping import FORMS, ISO, MILLISECONDS, MOST_RULES, NOW, SECONDS
from smilecity.things.rules.mapping.paths import MOST_CHARACTERS

MOST_SAMPLE = 200_000
SPARE_ROWS = 2

_EXACT = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_TIMES = {
    NOW: _("Es steht keine darin: es gilt, wann die Nachricht kommt"),
    ISO: _("als Datum und Uhrzeit mit Zeitzone, wie 2026-11-22T09:00:00Z"),
    SECONDS: _("als Sekunden seit 1970"),
    MILLISECONDS: _("als Millisekunden seit 1970"),
}


class ConnectorForm(DeskForm):
    """A connector; which fields there are depends on its `kind`."""

    name = forms.CharField(
        label=_("Name"), max_length=MOST_NAME, help_text=_("So heißt sie auf unserem Schreibtisch.")
    )
    address = forms.CharField(label=_("Adresse"), max_length=MOST_TEXT, widget=forms.TextInput(attrs=_EXACT))
    user = forms.CharField(
        label=_("Benutzername"), max_length=MOST_TEXT, required=False, widget=forms.TextInput(attrs=_EXACT)
    )
    secret = forms.CharField(
        label=_("Kennwort"),
        max_length=MOST_TEXT,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    forget = forms.BooleanField(label=_("Das gespeicherte Kennwort löschen"), required=False)
    topic = forms.CharField(
        label=_("Thema (Topic)"), max_length=MOST_TEXT, required=False, widget=forms.TextInput(attrs=_EXACT)
    )

    def __init__(self, *args: Any, kind: str, has_secret: bool = False, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["address"].required = kind != Connector.JSON
        self.fields["address"].help_text = _ADDRESSES[kind]
        self.fields["topic"].help_text = _TOPICS.get(kind, "")
        self.fields["user"].help_text = _USERS.get(kind, "")
        if kind == Connector.MIRROR:
            del self.fields["topic"]
        if has_secret:
            self.fields["secret"].help_text = _(
                "Es ist gespeichert und wird nie gezeigt. Leer lassen: es bleibt."
            )
        else:
            del self.fields["forget"]

    def said(self) -> Said:
        """What was typed, as the action takes it."""
        typed = self.cleaned_data
        secret = "" if typed.get("forget") else None
        return Said(
            name=typed["name"],
            address=typed["address"],
            user=typed["user"],
            secret=typed["secret"] or secret,
            topic=typed.get("topic", ""),
        )


_ADDRESSES = {
    Connector.CHIRPSTACK: _("Die des Brokers von ChirpStack, zum Beispiel mqtts://example.org:8883."),
    Connector.TTS: _("Zum Beispiel mqtts://eu1.cloud.thethings.network."),
    Connector.JSON: _("Die des Brokers. Leer lassen, wenn uns die Nachrichten per HTTP geschickt werden."),
    Connector.MIRROR: _("Die des anderen SensorThings-Dienstes, zum Beispiel https://example.org/v1.1."),
}
_TOPICS = {
    Connector.CHIRPSTACK: _(
        "Leer lassen, außer Ihr Broker stellt etwas davor: application/+/device/+/event/+"
    ),
    Connector.TTS: _("Leer lassen: gehört werden alle Geräte der Anwendung."),
    Connector.JSON: _("Was wir bei dem Broker hören sollen, zum Beispiel sensoren/+/messwert."),
}
_USERS = {Connector.TTS: _("Der Anwendung, wie er bei The Things Stack unter MQTT steht: anwendung@mandant.")}


def typed(one: Connector) -> dict[str, str]:
    """The connector as its form shows it."""
    return {"name": one.name, "address": one.address, "user": one.user, "topic": one.topic}


class MappingForm(DeskForm):
    """Where things are in a message, but for the values."""

    sample = forms.CharField(
        label=_("Eine Nachricht als Beispiel"),
        max_length=MOST_SAMPLE,
        help_text=_("JSON, so wie es kommt. Das Beispiel wird nicht gespeichert."),
        widget=forms.Textarea(attrs={"rows": 8, **_EXACT}),
    )
    readings = forms.CharField(
        label=_("Pfad zu den Messungen"),
        max_length=MOST_CHARACTERS,
        required=False,
        help_text=_("Nur wenn eine Nachricht mehrere enthält, zum Beispiel $.readings[*]."),
        widget=forms.TextInput(attrs=_EXACT),
    )
    form = forms.ChoiceField(
        label=_("Wie steht die Zeit darin?"), choices=[(one, _TIMES[one]) for one in FORMS]
    )
    time = forms.CharField(
        label=_("Pfad zur Zeit"),
        max_length=MOST_CHARACTERS,
        required=False,
        help_text=_("Zum Beispiel $.time."),
        widget=forms.TextInput(attrs=_EXACT),
    )
    identity = forms.CharField(
        label=_("Pfade zu dem, was eine Messung unverwechselbar macht"),
        max_length=MOST_CHARACTERS * 4,
        required=False,
        help_text=_("Je Zeile einer, zum Beispiel $.id. Ohne sie zählen die Zeit und alle Werte."),
        widget=forms.Textarea(attrs={"rows": 2, **_EXACT}),
    )

    def said(self) -> dict[str, Any]:
        """What was typed, as a mapping without its rules."""
        given = self.cleaned_data
        return {
            "readings": given["readings"].strip(),
            "time": {"form": given["form"], "path": given["time"].strip()},
            "identity": given["identity"].split("\n") if given["identity"].strip() else [],
        }

    def show(self, refusal: Refusal) -> None:
        """As every form, but `time.path` is `time` here."""
        names = {"time.path": "time", "time.form": "form"}
        field = names.get(refusal.field, refusal.field)
        super().show(
            Refusal(refusal.code, refusal.sentence, cure=refusal.cure, field=field, status=refusal.status)
        )


class RuleForm(DeskForm):
    """One value and its datastream. An empty one is none."""

    use_required_attribute = False
    path = forms.CharField(
        label=_("Pfad zum Wert"),
        max_length=MOST_CHARACTERS,
        widget=forms.TextInput(attrs={**_EXACT, "placeholder": "$.temperature"}),
    )
    datastream = forms.CharField(
        label=_("Messreihe"),
        max_length=400,
        help_text=_("Tippen Sie einen Teil des Namens, und wählen Sie aus."),
        widget=forms.TextInput(attrs={"list": "messreihen", "autocomplete": "off"}),
    )
    scale = forms.FloatField(
        label=_("Faktor"),
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    offset = forms.FloatField(
        label=_("Zuschlag"),
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    only_path = forms.CharField(
        label=_("Nur wenn unter diesem Pfad"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.TextInput(attrs=_EXACT),
    )
    only_equals = forms.CharField(
        label=_("… das hier steht"), max_length=200, required=False, widget=forms.TextInput(attrs=_EXACT)
    )

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)

    def said(self, datastream: int | None) -> dict[str, Any]:
        """What was typed, as a rule of a mapping."""
        given = self.cleaned_data
        said: dict[str, Any] = {"path": given["path"], "datastream": datastream}
        said["scale"] = 1.0 if given["scale"] is None else given["scale"]
        said["offset"] = given["offset"] or 0.0
        if given["only_path"].strip() or given["only_equals"].strip():
            said["only"] = {"path": given["only_path"], "equals": _constant(given["only_equals"])}
        return said

    def show(self, refusal: Refusal) -> None:
        """As every form; `rules.2.only.path` is `only_path` here."""
        field = "_".join(refusal.field.split(".")[2:])
        super().show(
            Refusal(refusal.code, refusal.sentence, cure=refusal.cure, field=field, status=refusal.status)
        )


def typed_mapping(said: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as `MappingForm` shows it."""
    time = said.get("time") or {}
    return {
        "readings": said.get("readings", ""),
        "form": time.get("form", NOW),
        "time": time.get("path", ""),
        "identity": "\n".join(said.get("identity") or ()),
    }


def typed_rule(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A rule as `RuleForm` shows it; `name` is its datastream's."""
    only = said.get("only") or {}
    scale, offset = said.get("scale", 1.0), said.get("offset", 0.0)
    return {
        "path": said["path"],
        "datastream": name,
        "scale": None if scale == 1 else scale,
        "offset": None if offset == 0 else offset,
        "only_path": only.get("path", ""),
        "only_equals": _shown(only.get("equals", "")),
    }


def rows_of(data: Mapping[str, Any]) -> int:
    """How many rules the sent form has room for."""
    count = str(data.get("rows", ""))
    return min(int(count), MOST_RULES) if count.isdecimal() and len(count) < 4 else SPARE_ROWS


def _constant(text: str) -> Any:
    """A number or truth is meant as such, unless it stands in quotation marks."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _shown(constant: Any) -> str:
    if isinstance(constant, bool):
        return "true" if constant else "false"
    if isinstance(constant, str):
        return (
            constant
            if _constant(constant) == constant and isinstance(_constant(constant), str)
            else f'"{constant}"'
        )
    return repr(constant).removesuffix(".0")
