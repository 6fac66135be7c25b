# SPDX-License-Identifier: EUPL-1.2
"""An offer as its organiser types it: German first, English below it; how often it takes place without knowing RRULE."""

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.places.rules import difference
from smilecity.places.rules import offers as rules
from smilecity.places.rules.offers import repeating, spoken
from smilecity.places.rules.words import LANGUAGES

_UNKNOWN = ("", _("nicht bekannt"))
TEXTS = ("title", "text", "plain", "cost", "bring")
AS_IT_IS = "as-it-is"
_EVERY = (
    ("", _("einmal")),
    (repeating.DAILY, _("jeden Tag")),
    (repeating.WEEKLY, _("jede Woche")),
    (repeating.MONTHLY_DAY, _("jeden Monat am selben Tag, wie am 15.")),
    (repeating.MONTHLY_NTH, _("jeden Monat am selben Wochentag, wie am zweiten Dienstag")),
    (repeating.YEARLY, _("jedes Jahr")),
)
_SHOWN_AT = {**{name: f"{name}_de" for name in TEXTS}, "rule": "every", "minutes": "ends"}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def _text(
    label: Any, *, rows: int = 0, needed: bool = False, hint: Any = "", lang: str = "de"
) -> forms.CharField:
    widget = (
        forms.Textarea(attrs={"rows": rows, "lang": lang}) if rows else forms.TextInput(attrs={"lang": lang})
    )
    return forms.CharField(
        label=label, required=needed, widget=widget, help_text=hint, max_length=10_000,
        error_messages={"required": _("Hier fehlt ein Text.")},
    )  # fmt: skip


def _moment(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=40, help_text=hint, widget=forms.TextInput(attrs={"type": "datetime-local"}),
        error_messages={"required": _("Hier fehlen Tag und Uhrzeit.")},
    )  # fmt: skip


class OfferForm(forms.Form):
    """All that is said of an offer; `seen` is the mark of what was shown when the form was opened."""

    title_de = _text(_("Titel"), needed=True)
    title_en = _text(_("Titel auf Englisch"), lang="en")
    kind = forms.ChoiceField(label=_("Was ist es?"), choices=lambda: list(rules.KINDS.items()))
    category = forms.ChoiceField(label=_("Worum geht es?"), choices=lambda: list(rules.CATEGORIES.items()))
    text_de = _text(_("Beschreibung"), rows=5)
    text_en = _text(_("Beschreibung auf Englisch"), rows=5, lang="en")
    plain_de = _text(_("In einfacher Sprache"), rows=4, hint=_("Kurze Sätze, ein Gedanke je Satz."))
    plain_en = _text(_("In einfacher Sprache, auf Englisch"), rows=4, lang="en")
    place = forms.ChoiceField(label=_("An welchem Ort?"), required=False)
    where = _text(_("Oder wo sonst?"), hint=_("Nur wenn der Ort nicht in der Liste steht."))
    starts = _moment(_("Erster Termin: Beginn"))
    ends = _moment(_("Erster Termin: Ende"))
    every = forms.ChoiceField(label=_("Wie oft?"), required=False, choices=_EVERY)
    interval = forms.IntegerField(
        label=_("Abstand"), required=False, min_value=1, max_value=12, initial=1,
        help_text=_("2 heißt: nur jede zweite Woche, jeden zweiten Monat."),
    )  # fmt: skip
    days = forms.MultipleChoiceField(
        label=_("An welchen Wochentagen?"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(str(number), name) for number, name in enumerate(spoken.WEEKDAYS)],
    )  # fmt: skip
    until = forms.DateField(
        label=_("Letzter Tag"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Ohne Angabe geht es weiter, bis Sie es ändern."),
    )  # fmt: skip
    without = _text(_("Fällt aus am"), rows=2, hint=_("Ein Tag je Zeile, zum Beispiel 24.12.2026."))
    extra = _text(_("Zusätzlich am"), rows=2, hint=_("Ein Tag je Zeile; es beginnt zur selben Uhrzeit."))
    age_from = forms.IntegerField(label=_("Alter von"), required=False, min_value=0, max_value=120)
    age_to = forms.IntegerField(label=_("Alter bis"), required=False, min_value=0, max_value=120)
    free = forms.ChoiceField(
        label=_("Kostenlos"), required=False, choices=[_UNKNOWN, ("yes", _("ja")), ("no", _("nein"))]
    )
    cost_de = _text(_("Was es kostet"))
    cost_en = _text(_("Was es kostet, auf Englisch"), lang="en")
    bring_de = _text(_("Was soll man mitbringen?"))
    bring_en = _text(_("Was soll man mitbringen, auf Englisch"), lang="en")
    registration = forms.ChoiceField(label=_("Anmeldung"), choices=lambda: list(rules.REGISTRATION.items()))
    capacity = forms.IntegerField(label=_("Plätze"), required=False, min_value=1, max_value=100_000)
    register_at = forms.CharField(label=_("Webadresse der Anmeldung"), required=False, max_length=1000)
    whole_series = forms.BooleanField(label=_("Man meldet sich für alle Termine zusammen an"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Sprachen"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(difference.SPOKEN.items()),
    )  # fmt: skip
    website = forms.CharField(label=_("Webseite"), required=False, max_length=1000)
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=100)

    def __init__(
        self,
        *given: Any,
        places: Iterable[tuple[int, str]],
        offer: Mapping[str, Any] | None = None,
        **named: Any,
    ) -> None:
        """`places` are those to choose from; `offer` is what is shown when the form is opened."""
        self.known = offer or rules.plain({})
        if offer is not None:
            named["initial"] = {**_typed(offer), **named.get("initial", {})}
        super().__init__(*given, **named)
        for key, (label, answers) in rules.ACCESS.items():
            self.fields[f"access_{key}"] = forms.ChoiceField(
                label=label, required=False, choices=[_UNKNOWN, *answers.items()]
            )
        chosen, every = (
            cast("forms.ChoiceField", self.fields["place"]),
            cast("forms.ChoiceField", self.fields["every"]),
        )
        chosen.choices = [
            ("", _("an keinem aus der Liste")),
            *((str(number), name) for number, name in places),
        ]
        if offer is not None and _repeat(offer) is None:
            every.choices = [(AS_IT_IS, _("wie eingelesen: so lassen")), *_EVERY]

    def clean_starts(self) -> str:
        """The beginning, as a browser sends it."""
        return _moment_of(self.cleaned_data["starts"])

    def clean_ends(self) -> str:
        """The end, likewise."""
        return _moment_of(self.cleaned_data["ends"])

    def clean_without(self) -> list[str]:
        """The starts that are left out, at the hour of the first."""
        return self._times("without")

    def clean_extra(self) -> list[str]:
        """Further starts, at the hour of the first."""
        return self._times("extra")

    def clean(self) -> dict[str, Any]:
        """How long it lasts, from its beginning and its end."""
        typed = self.cleaned_data
        if "starts" in typed and "ends" in typed:
            typed["minutes"] = _minutes(typed["starts"], typed["ends"])
        return typed

    def said(self) -> rules.Said:
        """What was typed, as the actions take it."""
        typed = self.cleaned_data
        texts = {name: _by_language(typed, name) for name in TEXTS}
        found: rules.Said = rules.Said(
            **texts,  # type: ignore[typeddict-item]
            kind=typed["kind"],
            category=typed["category"],
            place=int(typed["place"]) if typed["place"] else None,
            unit=self.known["unit"] if typed["place"] == str(self.known["place"]) else None,
            where=typed["where"],
            starts=typed["starts"],
            minutes=typed["minutes"],
            rule=self._rule(),
            extra=typed["extra"],
            without=typed["without"],
            age_from=typed["age_from"],
            age_to=typed["age_to"],
            capacity=typed["capacity"],
            registration=typed["registration"],
            register_at=typed["register_at"],
            whole_series=typed["whole_series"],
            free={"yes": True, "no": False}.get(typed["free"]),
            access={key: typed[f"access_{key}"] for key in rules.ACCESS if typed[f"access_{key}"]},
            languages=tuple(typed["languages"]),
            website=typed["website"],
        )
        return found

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        name = refusal.field.replace("access.", "access_")
        name = _SHOWN_AT.get(name, name)
        self.add_error(name if name in self.fields else None, f"{refusal.sentence} {refusal.cure}".strip())

    def access(self) -> Iterable[forms.BoundField]:
        """The questions of accessibility, for the template."""
        return [self[f"access_{key}"] for key in rules.ACCESS]

    def _rule(self) -> str:
        typed = self.cleaned_data
        if typed["every"] == AS_IT_IS:
            return str(self.known["rule"])
        repeat = rules.Repeat(
            every=typed["every"],
            interval=typed["interval"] or 1,
            days=tuple(int(one) for one in typed["days"]),
            until=typed["until"],
            count=self._count(),
        )
        return rules.rule_of(repeat, datetime.fromisoformat(typed["starts"]))

    def _count(self) -> int | None:
        """A number of dates that an imported rule ends after: the form does not show it, and keeps it."""
        known = _repeat(self.known) if self.known["rule"] else None
        return known.count if known is not None and self.cleaned_data["until"] is None else None

    def _times(self, name: str) -> list[str]:
        hour = str(self.cleaned_data.get("starts", ""))[11:16] or "00:00"
        found = []
        for line in self.cleaned_data[name].split("\n"):
            text = line.strip().rstrip(",;")
            german = _GERMAN_DAY.fullmatch(text)
            day = f"{german[3]}-{int(german[2]):02}-{int(german[1]):02}" if german else text
            if day:
                found.append(day.replace(" ", "T") if "T" in day or " " in day else f"{day}T{hour}")
        return found


class NewOfferForm(OfferForm):
    """An offer that is not there yet: besides, who offers it."""

    keeper = forms.ChoiceField(label=_("Wer bietet es an?"), required=False)

    def __init__(self, *given: Any, keepers: Iterable[tuple[int, str]], **named: Any) -> None:
        """`keepers` are organisations to choose from; without one, one may only look for others to join."""
        super().__init__(*given, **named)
        mine = [(str(number), name) for number, name in keepers]
        chosen = cast("forms.ChoiceField", self.fields["keeper"])
        chosen.choices = [*mine, ("", _("ich selbst"))]
        if not mine:
            kind = cast("forms.ChoiceField", self.fields["kind"])
            kind.choices = [(rules.JOIN, rules.KINDS[rules.JOIN])]


class ReasonForm(forms.Form):
    """A sentence that says why."""

    reason = forms.CharField(
        label=_("Warum?"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Alle, die sich angemeldet haben, lesen diesen Satz."),
    )  # fmt: skip


class ImportForm(forms.Form):
    """A calendar or a table, as a file or at an address, and for whom."""

    file = forms.FileField(
        label=_("Datei"), required=False, help_text=_("Ein Kalender (.ics) oder eine Tabelle (.csv).")
    )
    address = forms.CharField(
        label=_("Oder Adresse eines Kalenders"),
        required=False,
        max_length=1000,
        help_text=_("Sie beginnt mit https://"),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    keeper = forms.ChoiceField(label=_("Für wen?"))
    category = forms.ChoiceField(label=_("Worum geht es?"), choices=lambda: list(rules.CATEGORIES.items()))
    place = forms.ChoiceField(label=_("An welchem Ort?"), required=False)

    def __init__(
        self, *given: Any, keepers: Iterable[tuple[int, str]], places: Iterable[tuple[int, str]], **named: Any
    ) -> None:
        """`keepers` are organisations, `places` are places to choose from."""
        super().__init__(*given, **named)
        for name, first, known in (
            ("keeper", [], keepers),
            ("place", [("", _("wie es im Termin steht"))], places),
        ):
            chosen = cast("forms.ChoiceField", self.fields[name])
            chosen.choices = [*first, *((str(number), title) for number, title in known)]

    def clean_kept(self) -> str:
        """What was looked at before, as it was sent along."""
        try:
            base64.b64decode(self.cleaned_data["kept"], validate=True)
        except ValueError as error:
            raise forms.ValidationError(_("Wählen Sie die Datei noch einmal aus.")) from error
        return str(self.cleaned_data["kept"])

    def keep(self, body: bytes) -> None:
        """Carry what was looked at along, so that nobody has to choose the file twice."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["kept"], data["address"] = base64.b64encode(body).decode(), ""
        self.data = data

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form."""
        name = refusal.field if refusal.field in self.fields else None
        self.add_error(name, f"{refusal.sentence} {refusal.cure}".strip())


def _typed(offer: Mapping[str, Any]) -> dict[str, Any]:
    """The offer as the fields show it."""
    found: dict[str, Any] = {
        name: offer[name] for name in rules.FIELDS if name not in (*TEXTS, "access", "rule", "minutes")
    }
    for name in TEXTS:
        for language in LANGUAGES:
            found[f"{name}_{language}"] = offer[name].get(language, "")
    for key in rules.ACCESS:
        found[f"access_{key}"] = offer["access"].get(key, "")
    for name in ("extra", "without"):
        found[name] = "\n".join(_day_of(one, offer["starts"]) for one in offer[name])
    found["free"] = {True: "yes", False: "no"}.get(offer["free"], "")
    found["seen"] = rules.mark(offer)
    if offer["starts"]:
        starts = datetime.fromisoformat(offer["starts"])
        found["ends"] = f"{starts + timedelta(minutes=offer['minutes']):%Y-%m-%dT%H:%M}"
        repeat = _repeat(offer)
        found["every"] = repeat.every if repeat else AS_IT_IS
        if repeat:
            found |= {
                "interval": repeat.interval,
                "until": repeat.until,
                "days": [str(one) for one in repeat.days],
            }
    return found


def _repeat(offer: Mapping[str, Any]) -> rules.Repeat | None:
    return (
        rules.repeat_of(offer["rule"], datetime.fromisoformat(offer["starts"]))
        if offer["starts"]
        else rules.Repeat()
    )


def _moment_of(text: str) -> str:
    try:
        return f"{rules.checked_time(text[:16], 'starts'):%Y-%m-%dT%H:%M}"
    except Refusal as refusal:
        raise forms.ValidationError(f"{refusal.sentence} {refusal.cure}") from refusal


def _day_of(moment: str, starts: str) -> str:
    """The day, with its hour if that is another than that of the first date."""
    day = datetime.fromisoformat(moment)
    return f"{day:%d.%m.%Y}" if moment[11:] == starts[11:] else moment


def _minutes(starts: str, ends: str) -> int:
    return int((datetime.fromisoformat(ends) - datetime.fromisoformat(starts)).total_seconds()) // 60


def _by_language(typed: Mapping[str, Any], name: str) -> dict[str, str]:
    texts = {one: typed[f"{name}_{one}"].replace("\r\n", "\n") for one in sorted(LANGUAGES)}
    return {language: text for language, text in texts.items() if text}
