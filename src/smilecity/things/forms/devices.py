# SPDX-License-Identifier: EUPL-1.2
"""What is typed about devices: registered, replaced, noted, taken out of service; and about gateways."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.things.actions import FeedSpec
from smilecity.things.models import Connector, Datastream, DeviceNote, Feed

MOST_TEXT = 2000
FIELD, SCALE, OFFSET = "field", "scale", "offset"
KINDS: tuple[tuple[str, Sentence], ...] = (
    (DeviceNote.NOTE, _("Notiz")),
    (DeviceNote.BATTERY, _("Neue Batterie")),
    (DeviceNote.FIRMWARE, _("Neue Firmware")),
    (DeviceNote.INSTALLED, _("Montiert")),
)


class DeskForm(forms.Form):
    """A form that shows a refusal where it belongs."""

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        sentence = f"{refusal.sentence} {refusal.cure}".strip()
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence)


def _eui(label: Sentence) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        help_text=_("16 Stellen, sie stehen auf dem Gerät, oft als DevEUI."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _moment(label: Sentence, hint: Sentence) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class WhichForm(DeskForm):
    """Which device it is, whose, and read by which codec."""

    eui = _eui(_("EUI"))
    model = forms.CharField(
        label=_("Modell"), max_length=200, required=False, help_text=_("Wie Menschen es nennen.")
    )
    thing = forms.ChoiceField(label=_("Zu welchem Sensor gehört es?"))
    codec = forms.TypedChoiceField(
        label=_("Codec"),
        coerce=int,
        help_text=_("Er liest, was das Gerät sendet. Neue kommen mit „smile things import-codecs“."),
    )

    def __init__(
        self,
        *args: Any,
        things: Sequence[tuple[str, str]],
        codecs: Sequence[tuple[int, str]],
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self.fields["thing"].choices = [("", _("Bitte wählen")), *things]  # type: ignore[attr-defined]
        self.fields["codec"].choices = [("", _("Bitte wählen")), *codecs]  # type: ignore[attr-defined]


class FeedsForm(DeskForm):
    """For each datastream the field that feeds it: three inputs, by the datastream's id."""

    def __init__(
        self,
        *args: Any,
        streams: Iterable[Datastream],
        offered: Mapping[str, Any],
        fed: Iterable[Feed] = (),
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self.streams = list(streams)
        held = {one.datastream_id: one for one in fed}
        for stream in self.streams:
            now = held.get(stream.id)
            self._add(stream, now, self._choices(offered, now))

    def _choices(self, offered: Mapping[str, Any], now: Feed | None) -> list[tuple[str, Any]]:
        shown = [(path, f"{path} = {str(value)[:30]}") for path, value in offered.items()]
        kept = [(now.field, now.field)] if now is not None and now.field not in offered else []
        return [("", _("wird nicht gespeist")), *kept, *shown]

    def _add(self, stream: Datastream, now: Feed | None, choices: list[tuple[str, Any]]) -> None:
        symbol = stream.unit.get("symbol") if isinstance(stream.unit, dict) else ""
        label = f"{stream.name} ({symbol})" if symbol else stream.name
        if len(choices) > 1:
            field: forms.Field = forms.ChoiceField(label=label, required=False, choices=choices)
        else:
            field = forms.CharField(
                label=label, required=False, max_length=200, help_text=_("Der Name des Feldes, mit Punkten.")
            )
        field.initial = now.field if now else ""
        self.fields[f"{FIELD}_{stream.id}"] = field
        self.fields[f"{SCALE}_{stream.id}"] = forms.FloatField(
            label=_("mal"), required=False, initial=now.scale if now else 1
        )
        self.fields[f"{OFFSET}_{stream.id}"] = forms.FloatField(
            label=_("plus"), required=False, initial=now.offset if now else 0
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The inputs of each datastream."""
        return [
            {name: self[f"{name}_{stream.id}"] for name in (FIELD, SCALE, OFFSET)} for stream in self.streams
        ]

    def specs(self) -> list[FeedSpec]:
        """What was typed, as the action takes it; an empty factor is one."""
        given = self.cleaned_data
        return [
            FeedSpec(
                given[f"{FIELD}_{one.id}"],
                one.id,
                1.0 if given[f"{SCALE}_{one.id}"] is None else given[f"{SCALE}_{one.id}"],
                given[f"{OFFSET}_{one.id}"] or 0.0,
            )
            for one in self.streams
            if given[f"{FIELD}_{one.id}"]
        ]


class ReplaceForm(DeskForm):
    """Another device in its place; for each feed, how the new one calls the field."""

    new_eui = _eui(_("EUI des neuen Geräts"))
    at = _moment(
        _("Wann wurde getauscht?"),
        _("Was das neue Gerät davor gesendet hat, zählt nicht. Leer: alles zählt, was es gesendet hat."),
    )
    model = forms.CharField(label=_("Modell, wenn es ein anderes ist"), max_length=200, required=False)
    codec = forms.TypedChoiceField(label=_("Codec"), coerce=int)
    reason = forms.CharField(
        label=_("Warum?"), required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, codecs: Sequence[tuple[int, str]], fed: Iterable[Feed], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self.fields["codec"].choices = codecs  # type: ignore[attr-defined]
        self.fed = list(fed)
        for feed in self.fed:
            self.fields[f"{FIELD}_{feed.pk}"] = forms.CharField(
                label=_("Feld für %(name)s") % {"name": feed.datastream.name},
                max_length=200,
                initial=feed.field,
            )

    @property
    def names(self) -> list[Any]:
        """The inputs that say how the new device calls its fields."""
        return [self[f"{FIELD}_{feed.pk}"] for feed in self.fed]

    def renamed(self) -> dict[str, str]:
        """The fields that the new device calls otherwise."""
        said = {feed.field: self.cleaned_data[f"{FIELD}_{feed.pk}"].strip() for feed in self.fed}
        return {before: now for before, now in said.items() if before != now}


class NoteForm(DeskForm):
    """What was done to a device."""

    kind = forms.ChoiceField(label=_("Was ist geschehen?"), choices=KINDS)
    at = _moment(_("Wann?"), _("Leer: gerade eben."))
    text = forms.CharField(
        label=_("Was ist zu merken?"),
        required=False,
        max_length=MOST_TEXT,
        help_text=_("Bei neuer Firmware deren Version."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RetireForm(DeskForm):
    """Out of service."""

    reason = forms.CharField(
        label=_("Warum?"), required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )


class NetworkForm(DeskForm):
    """By which network a device is told things, and how that network calls it."""

    network = forms.TypedChoiceField(label=_("Netz"), required=False, coerce=int, empty_value=None)
    known_as = forms.CharField(
        label=_("Wie nennt das Netz es?"),
        required=False,
        max_length=200,
        help_text=_("The Things Stack: anwendung@mandant/gerät. ChirpStack: die ID der Anwendung."),
    )

    def __init__(self, *args: Any, networks: Iterable[Connector], **named: Any) -> None:
        super().__init__(*args, **named)
        choices = [("", _("Keines: Es wird nur gehört.")), *((one.id, one.name) for one in networks)]
        self.fields["network"].choices = choices  # type: ignore[attr-defined]


class GatewayForm(DeskForm):
    """What people call a gateway, and when it counts as silent."""

    name = forms.CharField(
        label=_("Name"), required=False, max_length=100, help_text=_("Zum Beispiel: Rathausdach.")
    )
    hours = forms.FloatField(
        label=_("Nach wie vielen Stunden ohne Nachricht gilt es als stumm?"),
        required=False,
        min_value=0.1,
        max_value=8760,
        help_text=_("Leer: nach einer Stunde."),
    )

    def silent_after(self) -> timedelta | None:
        """What was typed."""
        hours = self.cleaned_data["hours"]
        return None if hours is None else timedelta(hours=hours)
