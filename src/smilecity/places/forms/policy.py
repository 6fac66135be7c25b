# SPDX-License-Identifier: EUPL-1.2
"""The rules of booking as fields, a part of a place, and a season: what its keepers type."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.places.forms.booking import RefusableForm
from smilecity.places.models import Unit
from smilecity.places.rules.booking import Policy
from smilecity.places.rules.booking import policy as policies

_NEEDED = {"required": _("Hier fehlt etwas."), "invalid": _("Das ist nicht zu verstehen.")}
_WHO = (
    (policies.EVERYONE, _("alle mit einem Konto")),
    (policies.RESIDENTS, _("Menschen, die in der Stadt wohnen, und Vereine")),
    (policies.MEMBERS, _("Mitglieder derer, die den Ort pflegen")),
)
_APPROVAL = (
    (policies.NEVER, _("nie: Was frei ist, kann man buchen")),
    (policies.ALWAYS, _("immer: Jemand sieht sich jede Anfrage an")),
    (policies.LONGER, _("wenn es länger dauert als unten gesagt")),
    (policies.OUTSIDE, _("außerhalb der Öffnungszeiten")),
)
# Kept in minutes, typed in hours where nobody thinks in minutes.
_HOURS = {"soonest": 60, "cancel_until": 60}


def _number(label: Any, least: int, most: int, *, needed: bool = True, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=needed, help_text=hint, error_messages=_NEEDED
    )


class PolicyForm(RefusableForm):
    """All of `rules.booking.Policy`, in the units in which people think."""

    shown_at: ClassVar[Mapping[str, str]] = {
        "person": "person_open", "person.open": "person_open", "person.minutes": "person_minutes",
        "organisation": "organisation_open", "organisation.open": "organisation_open",
        "organisation.minutes": "organisation_minutes", "fees": "fee_person", "fees.person": "fee_person",
        "fees.club": "fee_club", "fees.business": "fee_business", "fee_text": "fee_text_de",
    }  # fmt: skip

    name = forms.CharField(label=_("Name der Regeln"), max_length=200, error_messages=_NEEDED,
                           help_text=_("Nur Sie lesen ihn, zum Beispiel: Hallenzeiten."))  # fmt: skip
    who = forms.ChoiceField(label=_("Wer darf buchen?"), choices=_WHO)
    age_from = _number(_("Ab welchem Alter?"), 0, 120, needed=False)
    alone_from = _number(_("Ab welchem Alter ohne Einverständnis der Eltern?"), 0, 120, needed=False)
    people = _number(_("Wie viele Menschen höchstens?"), 1, 32_000, needed=False)
    step = _number(
        _("Raster in Minuten"),
        5,
        1440,
        hint=_("Wann eine Buchung beginnen kann: 30 heißt jede halbe Stunde."),
    )
    shortest = _number(_("Kürzeste Dauer in Minuten"), 5, 20_160)
    longest = _number(_("Längste Dauer in Minuten"), 5, 20_160)
    gap = _number(_("Minuten frei nach jeder Buchung"), 0, 1440, hint=_("Zum Aufräumen und Lüften."))
    latest_days = _number(_("Wie viele Tage im Voraus?"), 1, 731)
    soonest = _number(_("Spätestens wie viele Stunden vorher?"), 0, 1440, hint=_("0 heißt: bis zum Beginn."))
    cancel_until = _number(_("Absagen bis wie viele Stunden vorher?"), 0, 1440)
    hours = forms.CharField(
        label=_("Nur zu diesen Zeiten"), required=False, max_length=400,
        help_text=_("Wie die Öffnungszeiten geschrieben. Leer heißt: wann immer der Ort offen ist."),
    )  # fmt: skip
    person_open = _number(
        _("Buchungen je Mensch, die noch kommen"), 1, 1000, needed=False, hint=_("Leer heißt: ohne Grenze.")
    )
    person_minutes = _number(_("Minuten je Mensch und Woche"), 1, 10_080, needed=False)
    organisation_open = _number(_("Buchungen je Organisation, die noch kommen"), 1, 1000, needed=False)
    organisation_minutes = _number(_("Minuten je Organisation und Woche"), 1, 10_080, needed=False)
    approval = forms.ChoiceField(label=_("Wann entscheidet ein Mensch?"), choices=_APPROVAL)
    approval_over = _number(
        _("Länger als wie viele Minuten?"), 0, 20_160, hint=_("Gilt nur, wenn oben die Dauer entscheidet.")
    )
    hold = _number(_("Minuten zum Bestätigen"), 1, 1440)
    grace = _number(
        _("Nach wie vielen Minuten wird frei, wenn niemand kommt?"),
        1,
        1440,
        needed=False,
        hint=_("Leer heißt: nie."),
    )
    fee_person = forms.DecimalField(
        label=_("Euro je Stunde für Einzelne"), min_value=0, max_value=9999, decimal_places=2
    )
    fee_club = forms.DecimalField(
        label=_("Euro je Stunde für Vereine"), min_value=0, max_value=9999, decimal_places=2
    )
    fee_business = forms.DecimalField(
        label=_("Euro je Stunde für Unternehmen"), min_value=0, max_value=9999, decimal_places=2
    )
    fee_text_de = forms.CharField(label=_("Warum kostet es das?"), required=False, max_length=400)
    fee_text_en = forms.CharField(label=_("Dasselbe auf Englisch"), required=False, max_length=400)

    def __init__(self, sent: Any, *, policy: Policy, name: str) -> None:
        super().__init__(sent, initial={"name": name, **_typed(policy)})

    def groups(self) -> Iterable[tuple[Any, list[forms.BoundField]]]:
        """The fields in the order in which they are asked, with a heading for each group."""
        for title, names in _GROUPS:
            yield title, [self[one] for one in names]

    def rules(self) -> dict[str, Any]:
        """What was typed, as `rules.booking.checked` takes it."""
        typed = self.cleaned_data
        same = ("who", "age_from", "alone_from", "people", "step", "shortest", "longest", "gap", "latest_days", "hours",
                "approval", "approval_over", "hold", "grace")  # fmt: skip
        return {
            **{one: typed[one] for one in same},
            **{one: typed[one] * by for one, by in _HOURS.items()},
            "person": {"open": typed["person_open"], "minutes": typed["person_minutes"]},
            "organisation": {"open": typed["organisation_open"], "minutes": typed["organisation_minutes"]},
            "fees": {one: int(typed[f"fee_{one}"] * 100) for one in policies.GROUPS},
            "fee_text": {one: text for one in ("de", "en") if (text := typed[f"fee_text_{one}"])},
        }


_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Wer"), ("name", "who", "age_from", "alone_from", "people")),
    (
        _("Wann und wie lange"),
        ("step", "shortest", "longest", "gap", "latest_days", "soonest", "cancel_until", "hours"),
    ),
    (_("Wie viel"), ("person_open", "person_minutes", "organisation_open", "organisation_minutes")),
    (_("Was dann geschieht"), ("approval", "approval_over", "hold", "grace")),
    (_("Was es kostet"), ("fee_person", "fee_club", "fee_business", "fee_text_de", "fee_text_en")),
)


class UnitForm(RefusableForm):
    """A part of a place: what it is called, what it is part of, and by which rules it is booked."""

    shown_at: ClassVar[Mapping[str, str]] = {"name": "name_de"}

    key = forms.SlugField(label=_("Schlüssel"), max_length=50, error_messages=_NEEDED,
                          help_text=_("Kleine Buchstaben, Ziffern, Bindestriche. Er bleibt für immer."))  # fmt: skip
    name_de = forms.CharField(label=_("Name"), max_length=200, error_messages=_NEEDED)
    name_en = forms.CharField(label=_("Name auf Englisch"), max_length=200, required=False)
    room_for = _number(_("Für wie viele Menschen ist Platz?"), 1, 32_000, needed=False)
    kind = forms.ChoiceField(label=_("Art"), required=False)
    parent = forms.TypedChoiceField(
        label=_("Teil von"), required=False, coerce=int, empty_value=None,
        help_text=_("Wer das Ganze bucht, bucht alle Teile mit, und umgekehrt."),
    )  # fmt: skip
    policy = forms.TypedChoiceField(
        label=_("Gebucht nach den Regeln"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self, sent: Any, *, unit: Unit | None, parents: list[Any], policies: list[Any], kinds: list[Any]
    ) -> None:
        first = {
            "name_de": unit.name.get("de", ""), "name_en": unit.name.get("en", ""), "room_for": unit.room_for,
            "kind": unit.kind, "parent": unit.parent_id, "policy": unit.booked_by_id,
        } if unit else {}  # fmt: skip
        super().__init__(sent, initial=first)
        if unit is not None:
            del self.fields["key"]
        self._others = (
            {one: text for one, text in unit.name.items() if one not in ("de", "en")} if unit else {}
        )
        for name, choices in (
            ("kind", kinds), ("parent", [("", _("nichts: es steht für sich")), *parents]),
            ("policy", [("", _("gar nicht: kommen und nutzen")), *policies]),
        ):  # fmt: skip
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def names(self) -> dict[str, str]:
        """The name by language; languages that have no field here stay as they are."""
        typed = {one: self.cleaned_data[f"name_{one}"] for one in ("de", "en")}
        return {**self._others, **{one: text for one, text in typed.items() if text}}


class SeasonForm(RefusableForm):
    """A season for which clubs ask."""

    name = forms.CharField(label=_("Name der Saison"), max_length=200, error_messages=_NEEDED,
                           help_text=_("Zum Beispiel: Hallensaison 2027."))  # fmt: skip
    starts_on = forms.DateField(
        label=_("Erster Tag"), widget=forms.DateInput(attrs={"type": "date"}), error_messages=_NEEDED
    )
    ends_on = forms.DateField(
        label=_("Letzter Tag"), widget=forms.DateInput(attrs={"type": "date"}), error_messages=_NEEDED
    )
    ask_until = forms.DateField(
        label=_("Anfragen bis"), widget=forms.DateInput(attrs={"type": "date"}), error_messages=_NEEDED,
        help_text=_("Bis zum Ende dieses Tages. Danach entscheiden Sie."),
    )  # fmt: skip

    def until(self, zone: Any) -> datetime:
        """The last moment of the day until which one can ask."""
        return datetime.combine(self.cleaned_data["ask_until"], time(23, 59, 59), zone)


def _typed(policy: Policy) -> dict[str, Any]:
    """The policy as the fields show it."""
    found = policy.as_json()
    for one, by in _HOURS.items():
        found[one] = -(-found[one] // by)
    for one in ("person", "organisation"):
        quota = found.pop(one)
        found |= {f"{one}_open": quota["open"], f"{one}_minutes": quota["minutes"]}
    found |= {f"fee_{one}": f"{policy.fees.get(one, 0) / 100:.2f}" for one in policies.GROUPS}
    return found | {f"fee_text_{one}": policy.fee_text.get(one, "") for one in ("de", "en")}
