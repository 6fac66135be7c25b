# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a connector's JSON: said row by row, tried on an example, and only then kept."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things.actions import connectors as actions
from smilecity.things.actions.desk import keeper
from smilecity.things.forms.connectors import (
    SPARE_ROWS,
    MappingForm,
    RuleForm,
    rows_of,
    typed_mapping,
    typed_rule,
)
from smilecity.things.models import Connector
from smilecity.things.pages.connectors import found, trail
from smilecity.things.pages.sections import sections
from smilecity.things.pages.troubles import Trouble, in_words
from smilecity.things.reads import connectors as reads
from smilecity.things.rules.mapping import MOST_RULES, read_mapping
from smilecity.things.rules.mapping.trying import ABSENT, ELSEWHERE, MADE, Finding, Source, tried

MOST_CHOICES = 1000
MOST_SHOWN = 3  # findings of one row
CHOSEN = re.compile(r"(?:^|· )([0-9]{1,16})\s*$")


@dataclass(slots=True)
class Row:
    """One rule as it is typed, and what it finds in the example."""

    form: RuleForm
    findings: list[dict[str, Any]]
    more: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def mapping(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/things/connectors/<number>/mapping/; POST with do=try, more or save."""
    who = who_asks(request)
    keeper(who)
    one = found(who, number).connector
    if one.kind != Connector.JSON:
        raise actions.unknown()
    if request.method != "POST":
        form, rows = _as_kept(who, one)
        return _page(request, one, form, rows)
    form = MappingForm(request.POST)
    rows = [_row(request, index) for index in range(rows_of(request.POST))]
    if request.POST.get("do") == "more":
        spare = range(len(rows), min(len(rows) + SPARE_ROWS, MOST_RULES))
        rows += [Row(RuleForm(prefix=f"r{index}"), []) for index in spare]
        return _page(request, one, MappingForm(initial=request.POST.dict()), rows)
    tried_well = _tried(who, one, form, rows)
    if tried_well and request.POST.get("do") == "save" and _kept(who, one, form, rows):
        messages.success(request, _("Gespeichert. Ab jetzt gilt diese Zuordnung."))
        return redirect("things-desk:connector", number)
    return _page(request, one, form, rows, tried_well=tried_well, status=200 if tried_well else 422)


def _row(request: HttpRequest, index: int) -> Row:
    """A row as it was sent; an empty one is not wrong."""
    form = RuleForm(request.POST, prefix=f"r{index}")
    return Row(RuleForm(prefix=f"r{index}") if form.is_empty() else form, [])


def _as_kept(who: Who, one: Connector) -> tuple[MappingForm, list[Row]]:
    rules = one.mapping.get("rules", [])
    names = reads.datastreams_named(who, among=[rule["datastream"] for rule in rules])
    initial = [
        typed_rule(rule, _choice(rule["datastream"], names.get(rule["datastream"], ""))) for rule in rules
    ]
    spare: list[dict[str, Any]] = [{}] * (1 if rules else SPARE_ROWS)
    forms = [RuleForm(initial=said, prefix=f"r{index}") for index, said in enumerate([*initial, *spare])]
    return MappingForm(initial=typed_mapping(one.mapping)), [Row(form, []) for form in forms]


def _tried(who: Who, one: Connector, form: MappingForm, rows: list[Row]) -> bool:
    """Try what is typed on the example; what is wrong is shown in its place. True if a value would be stored."""
    said, filled = _said(who, form, rows), [row for row in rows if not row.form.is_empty()]
    if said is None:
        return False
    try:
        sample = _sample(form)
        mapping = read_mapping(said)
        expected = reads.expected_of(who, {rule.datastream for rule in mapping.rules})
        findings = tried(mapping, sample, clock.now(), expected, Source(one.id))
    except Refusal as refusal:
        _show(refusal, form, filled)
        return False
    for index, row in enumerate(filled):
        own = [finding for finding in findings if finding.rule == index]
        row.findings = [_told(finding) for finding in own[:MOST_SHOWN]]
        row.more = len(own) - len(row.findings)
    made = any(finding.outcome == MADE for finding in findings)
    if not made:
        form.add_error(
            None,
            _("Aus diesem Beispiel wird so kein einziger Messwert. Sehen Sie bei jedem Wert nach, warum."),
        )
    return made


def _kept(who: Who, one: Connector, form: MappingForm, rows: list[Row]) -> bool:
    said = _said(who, form, rows)
    try:
        actions.map_connector(who, one.id, said, _sample(form))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        _show(refusal, form, [row for row in rows if not row.form.is_empty()])
        return False
    return True


def _said(who: Who, form: MappingForm, rows: list[Row]) -> dict[str, Any] | None:
    """The mapping as it is typed; None if a field is wrong by itself."""
    filled = [row.form for row in rows if not row.form.is_empty()]
    well = [form.is_valid(), *(one.is_valid() for one in filled)]
    if not filled:
        form.add_error(None, _("Sagen Sie mindestens einen Wert und seine Messreihe."))
    if not all(well) or not filled:
        return None
    return {
        **form.said(),
        "rules": [one.said(_chosen(who, one.cleaned_data["datastream"])) for one in filled],
    }


def _sample(form: MappingForm) -> Any:
    try:
        return orjson.loads(form.cleaned_data["sample"])
    except (orjson.JSONDecodeError, RecursionError) as error:
        where = f" ({error})" if isinstance(error, orjson.JSONDecodeError) else ""
        raise Refusal(
            "mapping.bad-sample", _("Das ist kein JSON.") + where, field="sample", status=422
        ) from error


def _show(refusal: Refusal, form: MappingForm, filled: list[Row]) -> None:
    """A refusal where it belongs."""
    words = in_words(refusal.code, str(refusal.sentence))
    said = Refusal(refusal.code, words.sentence, cure=words.cure or refusal.cure, field=refusal.field)
    head, _dot, rest = refusal.field.partition(".")
    number = rest.partition(".")[0]
    if head == "rules" and number.isdecimal() and int(number) < len(filled):
        filled[int(number)].form.show(said)
        form.add_error(None, _("Bei Wert %(number)d stimmt etwas noch nicht.") % {"number": int(number) + 1})
    else:
        form.show(said)


def _told(finding: Finding) -> dict[str, Any]:
    """What the page says of a finding."""
    trouble: Trouble | None = None
    if finding.outcome == ABSENT:
        trouble = Trouble(_("Hier steht nichts."))
    elif finding.outcome == ELSEWHERE:
        trouble = Trouble(_("Gilt nicht für diese Messung: dort steht etwas anderes."))
    elif finding.refusal is not None:
        trouble = in_words(finding.refusal.code, str(finding.refusal.sentence))
    made = finding.observation
    return {
        "value": _short(finding.value),
        "trouble": trouble,
        "soft": finding.outcome in (ABSENT, ELSEWHERE),
        "at": made.start if made else None,
        "result": made.number if made and made.number is not None else made.value if made else None,
    }


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 120 else f"{text[:120]}…"


def _choice(number: int, name: str) -> str:
    return f"{name} · {number}" if name else str(number)


def _chosen(who: Who, text: str) -> int | None:
    """The datastream that is meant: by the number at the end, or a name that only one has."""
    number = CHOSEN.search(text.strip())
    if number:
        return int(number[1])
    named = reads.datastreams_named(who, named=text.strip(), most=2) if text.strip() else {}
    return next(iter(named)) if len(named) == 1 else None


def _page(
    request: HttpRequest,
    one: Connector,
    form: MappingForm,
    rows: list[Row],
    *,
    tried_well: bool = False,
    status: int = 200,
) -> HttpResponse:
    names = reads.datastreams_named(who_asks(request), most=MOST_CHOICES)
    context = {
        "one": one,
        "form": form,
        "rows": rows,
        "tried_well": tried_well,
        "choices": [_choice(number, name) for number, name in names.items()],
        "full": len(rows) >= MOST_RULES,
        "sections": sections(request),
        "path": [
            *trail(one.name)[:-1],
            {"title": one.name, "url": reverse("things-desk:connector", args=[one.id])},
            {"title": _("Zuordnung")},
        ],
    }
    return render(request, "things/connector_mapping.html", context, status=status)
