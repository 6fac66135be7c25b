# SPDX-License-Identifier: EUPL-1.2
"""The months in figures, for everybody: what was said, how it was decided, and what the moderation did."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.citizens import rules
from smilecity.citizens.reads.numbers import months
from smilecity.citizens.rules.numbers import FEW, GROUPS, Figures
from smilecity.citizens.rules.talk import HOUSE
from smilecity.core.problems import Sentence
from smilecity.people.reads import who_asks

MONTHS = 24


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """GET /needs/numbers/?month=2026-11: the last two years, and one month in full."""
    found = months(who_asks(request), MONTHS)
    asked = request.GET.get("month", "")
    one = next((each for each in found if f"{each.month:%Y-%m}" == asked), found[0] if found else None)
    context = {
        "months": [_row(each) for each in found],
        "one": _row(one) if one else None,
        "groups": _groups(one) if one else [],
        "few": FEW,
        "path": [{"title": _("Anliegen"), "url": reverse("needs:list")}, {"title": _("In Zahlen")}],
    }
    return render(request, "citizens/numbers.html", context)


@require_safe
def numbers_json(request: HttpRequest) -> HttpResponse:
    """GET /needs/numbers.json: all months; null is fewer than `few`, or would give such a number away."""
    body = {"few": FEW, "months": [_plain(each) for each in months(who_asks(request))]}
    return HttpResponse(orjson.dumps(body), content_type="application/json")


@require_safe
def numbers_csv(request: HttpRequest) -> HttpResponse:
    """GET /needs/numbers.csv: one number a row: month, group, code, count."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["month", "group", "code", "count"])
    for each in months(who_asks(request)):
        plain = _plain(each)
        for name in ("said", "decided", "days", "comments", "reports", "acts"):
            table.writerow([plain["month"], name, "", _cell(plain[name])])
        for name in GROUPS:
            table.writerows([plain["month"], name, code, _cell(n)] for code, n in plain[name].items())
    answer = HttpResponse(out.getvalue().encode(), content_type="text/csv; charset=utf-8; header=present")
    answer["Content-Disposition"] = 'attachment; filename="needs-numbers.csv"'
    return answer


def _plain(one: Figures) -> dict[str, Any]:
    return {
        "month": f"{one.month:%Y-%m}",
        "said": one.said,
        "decided": one.decided,
        "days": one.days,
        "comments": one.comments,
        "reports": one.reports,
        "acts": one.acts,
        **{name: dict(one.groups[name]) for name in GROUPS},
    }


def _cell(count: float | None) -> str:
    return "" if count is None else str(count)


def _row(one: Figures) -> dict[str, Any]:
    return {
        "code": f"{one.month:%Y-%m}",
        "name": _month(one.month),
        "said": _said(one.said),
        "decided": _said(one.decided),
        "days": "–" if one.days is None else one.days,
        "comments": _said(one.comments),
        "acts": _said(one.acts),
        "reports": _said(one.reports),
    }


def _groups(one: Figures) -> list[tuple[Sentence, list[tuple[str, str]]]]:
    """What a month's counts are called, and each of them."""
    names: Mapping[str, tuple[Sentence, Mapping[str, Sentence]]] = {
        "kinds": (_("Gesagt, nach Art"), rules.KINDS),
        "doors": (_("Gesagt, nach dem Weg"), rules.DOORS),
        "decisions": (_("Entschieden"), rules.DECISIONS),
        "owed": (_("Ohne Antwort"), _owed()),
        "hidden": (_("Verborgen, nach Regel"), {code: name for code, (name, _text) in HOUSE.items()}),
        "appeals": (_("Noch einmal entschieden"), _appeals()),
    }
    return [
        (title, [(str(labels.get(code, code)), _said(count)) for code, count in one.groups[name].items()])
        for name, (title, labels) in names.items()
    ]


def _owed() -> dict[str, Sentence]:
    return {"fresh": _("unter 7 Tagen"), "due": _("7 bis 28 Tage"), "late": _("länger als 28 Tage")}


def _appeals() -> dict[str, Sentence]:
    return {"shown-again": _("wieder gezeigt"), "kept-hidden": _("bleibt verborgen")}


def _said(count: int | None) -> str:
    return _("unter %(few)d") % {"few": FEW} if count is None else str(count)


def _month(month: date) -> str:
    return date_format(month, "F Y")
