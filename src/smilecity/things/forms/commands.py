# SPDX-License-Identifier: EUPL-1.2
"""What a device is to do, as it is chosen or typed."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence
from smilecity.things.forms.devices import DeskForm
from smilecity.things.rules.commands import Effect, Raw, Wanted

DATA, BYTES = "data", "bytes"
MOST_TYPED = 4096
LASTS: tuple[tuple[int, Sentence], ...] = (
    (10, _("10 Minuten")),
    (60, _("eine Stunde")),
    (6 * 60, _("6 Stunden")),
    (24 * 60, _("einen Tag")),
    (7 * 24 * 60, _("7 Tage")),
)

Examples = Sequence[tuple[str, dict[str, Any]]]


class CommandForm(DeskForm):
    """A command: one of the vendor's examples, JSON of one's own, or bytes. `key` makes sending it twice one command."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(label=_("Was soll es tun?"), widget=forms.RadioSelect)
    data = forms.CharField(  # type: ignore[assignment]  # named as in refusals; Django takes it off the class
        label=_("Eigene Angaben"),
        required=False,
        max_length=MOST_TYPED,
        help_text=_("JSON, wie der Codec des Herstellers es erwartet."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    f_port = forms.IntegerField(
        label=_("Port"),
        required=False,
        min_value=1,
        max_value=223,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    payload = forms.CharField(
        label=_("Bytes"),
        required=False,
        max_length=1000,
        help_text=_("Hexadezimal, zum Beispiel 01 03."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    lasts = forms.TypedChoiceField(
        label=_("Wie lange gilt der Befehl?"),
        coerce=int,
        choices=LASTS,
        help_text=_("Was bis dahin nicht beim Gerät ist, gilt als abgelaufen."),
    )
    confirmed = forms.BooleanField(label=_("Das Gerät soll den Empfang bestätigen"), required=False)
    datastream = forms.TypedChoiceField(
        label=_("Welche Messreihe zeigt, dass es getan ist?"), required=False, coerce=int, empty_value=None
    )
    value = forms.CharField(
        label=_("Mit welchem Wert?"),
        required=False,
        max_length=200,
        help_text=_("Zum Beispiel 1, true oder offen."),
    )

    def __init__(
        self, *args: Any, examples: Examples, streams: Sequence[tuple[int, str]], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self.initial = {"key": uuid4(), "what": "0" if examples else DATA, "lasts": 60}
        self._examples = examples
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            *((str(number), label) for number, (label, _data) in enumerate(examples)),
            (DATA, _("Eigene Angaben (JSON)")),
            (BYTES, _("Bytes")),
        ]
        self.fields["datastream"].choices = [("", _("Keine")), *streams]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What was chosen as `wanted` and `effect`, and `lasts` as a duration."""
        typed: dict[str, Any] = super().clean() or {}
        if "what" in typed:
            typed["wanted"] = self._wanted(typed)
        if "lasts" in typed:
            typed["lasts"] = timedelta(minutes=typed["lasts"])
        if typed.get("datastream") is not None:
            if typed.get("value"):
                typed["effect"] = Effect(typed["datastream"], _json_or_text(typed["value"]))
            else:
                self.add_error("value", _("Sagen Sie, welcher Wert erwartet wird."))
        return typed

    def _wanted(self, typed: dict[str, Any]) -> Wanted | None:
        if typed["what"] == BYTES:
            return self._raw(typed)
        if typed["what"] != DATA:
            return self._examples[int(typed["what"])][1]
        try:
            data = json.loads(typed.get("data", ""))
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            self.add_error(
                "data", _("Das ist kein JSON-Objekt. Es beginnt mit { und Namen stehen in Anführungszeichen.")
            )
            return None
        return data

    def _raw(self, typed: dict[str, Any]) -> Raw | None:
        if typed.get("f_port") is None and "f_port" not in self.errors:
            self.add_error("f_port", _("An welchen Port?"))
        try:
            payload = bytes.fromhex(typed.get("payload", ""))
        except ValueError:
            self.add_error("payload", _("Schreiben Sie jedes Byte mit zwei Zeichen von 0 bis 9 und A bis F."))
            return None
        return Raw(typed["f_port"], payload) if typed.get("f_port") is not None else None


def _json_or_text(text: str) -> Any:
    """`1` and `true` are JSON, what is none is a text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
