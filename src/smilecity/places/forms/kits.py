# SPDX-License-Identifier: EUPL-1.2
"""What is lent and by which terms: what those type who keep it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from smilecity.places.forms.booking import RefusableForm
from smilecity.places.models import Kit
from smilecity.places.rules.lending import terms

_NEEDED = {"required": _("Hier fehlt etwas."), "invalid": _("Das ist nicht zu verstehen.")}
_WHO = (
    (terms.EVERYONE, _("alle mit einem Konto oder einer Karte")),
    (terms.RESIDENTS, _("Menschen, die hier wohnen")),
    (terms.MEMBERS, _("Mitglieder derer, die es pflegen")),
)
_UNITS = ((1440, _("Tage")), (60, _("Stunden")), (1, _("Minuten")))
SPARE_ROWS = 3


def _number(label: Any, least: int, most: int, *, needed: bool = True, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=needed, help_text=hint, error_messages=_NEEDED
    )


def _name(label: Any, *, needed: bool = False, lang: str = "de") -> forms.CharField:
    widget = forms.TextInput(attrs={"lang": lang})
    return forms.CharField(
        label=label, max_length=120, required=needed, widget=widget, error_messages=_NEEDED
    )


class KitForm(RefusableForm):
    """A kit with what belongs to it and its terms; rows of things are added by leaving some empty and saving."""

    shown_at: ClassVar[Mapping[str, str]] = {
        "name": "name_de", "items": "item0_de", "minutes": "length", "key": "name_de"
    }  # fmt: skip

    name_de = _name(_("Name"), needed=True)
    name_en = _name(_("Name auf Englisch"), lang="en")
    unit = forms.TypedChoiceField(label=_("Wo liegt es?"), required=False, coerce=int, empty_value=None)
    partner = forms.TypedChoiceField(
        label=_("Wer kümmert sich darum?"), required=False, coerce=int, empty_value=None
    )
    order = _number(_("Platz in der Liste"), 0, 1000, hint=_("Kleinere Zahlen stehen weiter oben."))
    length = _number(_("Wie lange darf man es behalten?"), 1, 86_400)
    length_unit = forms.TypedChoiceField(label=_("Gezählt in"), coerce=int, choices=_UNITS)
    at_once = _number(_("Wie viele Sachen auf einmal?"), 1, 50)
    who = forms.ChoiceField(label=_("Wer darf ausleihen?"), choices=_WHO)
    age_from = _number(_("Ab welchem Alter?"), 0, 120, needed=False, hint=_("Leer heißt: in jedem Alter."))
    alone_from = _number(_("Ab welchem Alter ohne Einverständnis der Eltern?"), 0, 120, needed=False)
    wait = _number(_("Minuten, bis es geöffnet sein muss"), 1, 60)
    hold = _number(_("Minuten, die es zurückgelegt bleibt"), 1, 720, hint=_("Für alle, die mit PIN öffnen."))
    pause_days = _number(_("Tage Pause für jeden Tag Verspätung"), 0, 28)
    longest_pause = _number(_("Längste Pause in Tagen"), 0, 365)

    def __init__(
        self,
        sent: Any,
        *,
        kit: Kit | None,
        units: Iterable[tuple[int, str]],
        partners: Iterable[tuple[int, str]],
    ) -> None:
        """`units` and `partners` are to choose from, by id; `kit` is what is changed, if it is there already."""
        super().__init__(sent, initial=_typed(kit))
        for name, first, known in (
            ("unit", _("am Tresen"), units),
            ("partner", _("niemand sonst"), partners),
        ):
            self.fields[name].choices = [("", first), *known]  # type: ignore[attr-defined]
        self.count = min(_count(sent, kit), terms.MOST_ITEMS)
        for number in range(self.count):
            what = format_lazy(_("{number}. Ding"), number=number + 1)
            self.fields[f"item{number}_de"] = _name(what)
            self.fields[f"item{number}_en"] = _name(
                format_lazy(_("{what} auf Englisch"), what=what), lang="en"
            )
            self.fields[f"item{number}_count"] = _number(
                format_lazy(_("{what}: Anzahl"), what=what), 1, terms.MOST_COUNT, needed=False
            )

    def groups(self) -> Iterator[tuple[Any, list[list[forms.BoundField]]]]:
        """The fields in the order in which they are asked, in rows, with a heading for each group."""
        yield _("Was es ist"), [self._row("name_de", "name_en", "unit", "partner", "order")]
        things = [
            self._row(*(f"item{n}_{part}" for part in ("de", "en", "count"))) for n in range(self.count)
        ]
        yield _("Was dazugehört"), things
        yield (
            _("Wer und wie lange"),
            [self._row("length", "length_unit", "at_once", "who", "age_from", "alone_from")],
        )
        yield _("Wenn es länger dauert"), [self._row("wait", "hold", "pause_days", "longest_pause")]

    def _row(self, *names: str) -> list[forms.BoundField]:
        return [self[one] for one in names]

    def names(self) -> dict[str, str]:
        """The name by language."""
        return _by_language(self.cleaned_data, "name")

    def items(self) -> list[dict[str, Any]]:
        """The things that have a name, one of each if no number is said."""
        typed = self.cleaned_data
        named = [
            (_by_language(typed, f"item{n}"), typed.get(f"item{n}_count") or 1) for n in range(self.count)
        ]
        return [{"name": names, "count": count} for names, count in named if names]

    def rules(self) -> dict[str, Any]:
        """The terms, as `rules.lending.terms.checked` takes them."""
        typed = self.cleaned_data
        same = ("at_once", "who", "age_from", "alone_from", "wait", "hold", "pause_days", "longest_pause")
        return {"minutes": typed["length"] * typed["length_unit"], **{one: typed[one] for one in same}}


class LiabilityForm(RefusableForm):
    """A new version of the terms that are accepted before borrowing."""

    shown_at: ClassVar[Mapping[str, str]] = {"text": "text_de"}

    text_de = forms.CharField(
        label=_("Bedingungen"), max_length=4000, widget=forms.Textarea(attrs={"rows": 8}), error_messages=_NEEDED,
        help_text=_("Kurz und so, dass es alle verstehen. Eine leere Zeile trennt Absätze."),
    )  # fmt: skip
    text_en = forms.CharField(
        label=_("Bedingungen auf Englisch"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 8, "lang": "en"}),
    )  # fmt: skip

    def texts(self) -> dict[str, str]:
        """The text by language, with line ends as they are kept."""
        return {
            key: text.replace("\r\n", "\n") for key, text in _by_language(self.cleaned_data, "text").items()
        }


def _typed(kit: Kit | None) -> dict[str, Any]:
    """The kit as the fields show it; a new one as its terms are if nothing is said."""
    rules = terms.checked(kit.rules if kit else {})
    unit = next(unit for unit, _title in _UNITS if rules.minutes % unit == 0)
    things = kit.items if kit else []
    found = {**rules.as_json(), "length": rules.minutes // unit, "length_unit": unit, "order": 0}
    for number, one in enumerate(things):
        found |= {f"item{number}_{key}": text for key, text in one["name"].items()}
        found[f"item{number}_count"] = one["count"]
    if kit is not None:
        found |= {f"name_{key}": text for key, text in kit.name.items()}
        found |= {"unit": kit.unit_id, "partner": kit.partner_id, "order": kit.order}
    return found


def _count(sent: Any, kit: Kit | None) -> int:
    """How many rows of things the page had, and a few more if all of them are full."""
    shown = len(kit.items if kit else ()) + SPARE_ROWS
    typed = str(sent.get("rows", "")) if sent is not None else ""
    rows = (
        int(typed)
        if typed.isascii() and typed.isdigit() and 0 < int(typed[:4]) <= terms.MOST_ITEMS
        else shown
    )
    full = sent is not None and str(sent.get(f"item{rows - 1}_de", "")).strip() != ""
    return rows + SPARE_ROWS if full else rows


def _by_language(typed: Mapping[str, Any], name: str) -> dict[str, str]:
    return {one: text for one in ("de", "en") if (text := (typed.get(f"{name}_{one}") or "").strip())}
