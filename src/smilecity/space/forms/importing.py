# SPDX-License-Identifier: EUPL-1.2
"""Taking over areas: the file, and how it is to be read."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.space import rules
from smilecity.space.actions import Plan
from smilecity.space.rules.reading import SYSTEMS, Wish


class ImportForm(forms.Form):
    """A GeoJSON file with areas of one level."""

    file = forms.FileField(
        label=_("Datei mit Gebieten"),
        help_text=_("GeoJSON, eine FeatureCollection mit Flächen. Größere Dateien: smile space import."),
        error_messages={"required": _("Wählen Sie eine Datei.")},
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )
    level = forms.ChoiceField(label=_("Ebene"), choices=list(rules.LEVELS.items()), initial="district")
    parent = forms.CharField(
        label=_("Schlüssel des Gebiets darüber"),
        required=False,
        help_text=_("Zum Beispiel der Gemeindeschlüssel, wenn die Datei Stadtteile enthält."),
    )
    key_field = forms.CharField(label=_("Feld mit dem Schlüssel"), initial="key")
    name_field = forms.CharField(label=_("Feld mit dem deutschen Namen"), initial="name")
    name_field_en = forms.CharField(label=_("Feld mit dem englischen Namen"), required=False)
    system = forms.ChoiceField(
        label=_("Koordinatensystem"),
        required=False,
        choices=[
            ("", _("wie in der Datei angegeben")),
            *((n, f"EPSG:{n} {name}") for n, name in SYSTEMS.items()),
        ],
    )
    valid_from = forms.DateField(
        label=_("Gilt seit"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Mit einem Tag bleibt der Stand davor erhalten. Ohne wird er berichtigt."),
    )

    def plan(self, *, accept: bool = False) -> Plan:
        """What is to become of the file."""
        return plan_of(self.as_data(), accept=accept)

    def as_data(self) -> dict[str, Any]:
        """What was typed, without the file, so that it can be confirmed later."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        return said | {"valid_from": said["valid_from"].isoformat() if said["valid_from"] else ""}

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, f"{refusal.sentence} {refusal.cure}".strip())


def plan_of(said: dict[str, Any], *, accept: bool) -> Plan:
    """The plan out of what `as_data` kept."""
    names = {"de": said["name_field"]}
    if said["name_field_en"]:
        names["en"] = said["name_field_en"]
    return Plan(
        said["level"],
        Wish(said["key_field"], names, int(said["system"]) if said["system"] else None),
        said["parent"],
        date.fromisoformat(said["valid_from"]) if said["valid_from"] else None,
        accept=accept,
    )
