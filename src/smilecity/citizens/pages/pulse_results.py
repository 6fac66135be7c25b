# SPDX-License-Identifier: EUPL-1.2
"""What came out of the pulse: for people as a page, for machines as JSON and CSV, with the same numbers hidden."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.citizens.models import Pulse, PulseRound
from smilecity.citizens.pages import pulse_shown as shown
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules import spread
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.people.reads import follows, who_asks

COLUMNS = (
    "question", "round", "opens_at", "closes_at", "of", "key", "name", "threshold", "answers", "step1", "step2", "step3",
    "step4", "step5", "mean", "mean_low", "mean_high", "good_share", "good_low", "good_high",
)  # fmt: skip


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """GET /pulse/results/?question=&round=&area=: one round in all areas, and one area in all rounds."""
    who = who_asks(request)
    found, rounds, at = _asked(request, who)
    path = [{"title": _("Puls der Stadt"), "url": reverse("needs:pulse")}, {"title": _("Ergebnisse")}]
    if found is None or not rounds:
        return render(request, "citizens/pulse_results.html", {"pulse": found, "path": path})
    one, before = rounds[at], rounds[at + 1] if at + 1 < len(rounds) else None
    areas = shown.by_area(who, found, one, before)
    area = next((line for line in areas if line.key and line.key == request.GET.get("area", "")), None)
    context = {
        "pulse": found,
        "noun": found.noun,
        "following": follows(who, found.pk),
        "slug": found.noun.address.removeprefix("pulse/"),
        "title": in_text(found.noun.title, shown.language()),
        "labels": list(reversed(list(enumerate(shown.labels_of(found), start=1)))),
        "round": one,
        "when": shown.when(one),
        "rounds": [(str(each.number), shown.when(each)) for each in rounds],
        "all": shown.whole(found, one, before, _("Alle zusammen")),
        "areas": areas,
        "number": str(one.number),
        "legend": shown.legend(),
        "outlined": bool(reads.outlines(who, {int(line.key) for line in areas if line.key})),
        "map_style": settings.SMILE.map_style,
        "chosen": area,
        "ages": shown.by_age(found, one),
        "time": shown.over_time(found, rounds, area.key if area else ""),
        "hidden": any(not line.pieces for line in areas),
        "path": path,
    }
    return render(request, "citizens/pulse_results.html", context)


@require_safe
def results_map(request: HttpRequest) -> HttpResponse:
    """GET /pulse/results.geojson?question=&round=: the areas of a round with what the list beside the map says."""
    who = who_asks(request)
    found, rounds, at = _asked(request, who)
    areas = shown.by_area(who, found, rounds[at], None) if found and rounds else []
    known = reads.outlines(who, {int(line.key) for line in areas if line.key})
    asked = {"question": request.GET.get("question", ""), "round": request.GET.get("round", "")}
    features = [
        _feature(line, known[int(line.key)], {key: text for key, text in asked.items() if text})
        for line in areas
        if line.key and int(line.key) in known
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return HttpResponse(body, content_type="application/geo+json")


@require_safe
def results_json(request: HttpRequest) -> HttpResponse:
    """GET /pulse/results.json?question=: all closed rounds; counts are null where they are hidden."""
    body = orjson.dumps({"items": list(_published(request))}, option=orjson.OPT_UTC_Z)
    return HttpResponse(body, content_type="application/json")


@require_safe
def results_csv(request: HttpRequest) -> HttpResponse:
    """GET /pulse/results.csv?question=: one number a row; cells are empty where they are hidden."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for one in _published(request):
        counts = one["counts"] or [""] * 5
        sure = [
            one[name][part] if one[name] else ""
            for name in ("mean", "good")
            for part in ("value", "low", "high")
        ]
        table.writerow([*(one[name] for name in COLUMNS[:8]), one["answers"], *counts, *sure])
    return HttpResponse(out.getvalue().encode(), content_type="text/csv; charset=utf-8")


def _feature(line: shown.Line, outline: Any, asked: dict[str, str]) -> dict[str, Any]:
    hidden = _("zu wenige Antworten")
    words = _("im Mittel %(mean)s von 5 (%(range)s)") % {"mean": line.mean, "range": line.mean_range}
    address = f"{reverse('needs:pulse-results')}?{urlencode({**asked, 'area': line.key})}"
    properties = {
        "id": int(line.key),
        "title": f"{line.name}: {words if line.step else hidden}",
        "url": address,
        "step": line.step,
        "label": line.mean or "–",
    }
    return {"type": "Feature", "id": int(line.key), "geometry": outline, "properties": properties}


def _asked(request: HttpRequest, who: Who) -> tuple[Pulse | None, list[PulseRound], int]:
    """The question, its closed rounds, and which of them is looked at: the latest, if none is named."""
    found = _question(request, who)
    rounds = reads.rounds(who, found) if found else []
    asked = request.GET.get("round", "")
    return found, rounds, next((n for n, one in enumerate(rounds) if str(one.number) == asked), 0)


def _question(request: HttpRequest, who: Who) -> Pulse | None:
    slug = request.GET.get("question", "")
    if not slug:
        return reads.asked(who)
    found = reads.pulse(who, slug)
    if found is None:
        raise Refusal("pulse.unknown", _("Diese Frage gibt es nicht."), status=404)
    return found


def _published(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Every number of every closed round, as anybody may see it."""
    found = _question(request, ANYONE)
    rounds = reads.rounds(ANYONE, found) if found else []
    keys = {str(row["key"]) for one in rounds for row in shown.rows_of(one, "areas")} - {""}
    known = reads.titles(ANYONE, {int(key) for key in keys})
    for one in rounds:
        yield _number(found, one, "all", "", "")
        for table, of in (("areas", "area"), ("ages", "age")):
            for row in shown.rows_of(one, table):
                key = str(row["key"])
                yield _number(
                    found, one, of, *_named(known, of, key), counts=shown.counts_of(one, table, key)
                )


def _named(known: dict[int, Noun], of: str, key: str) -> tuple[str, str]:
    """An area's address and German name; a group of age is its own name. Empty: not said."""
    if of == "age" or not key:
        return key, key
    noun = known.get(int(key))
    return (noun.address, in_text(noun.title, settings.LANGUAGE_CODE)) if noun else (key, "")


def _number(
    found: Pulse | None, one: PulseRound, of: str, key: str, name: str, counts: list[int] | None = None
) -> dict[str, Any]:
    given = shown.counts_of(one, "all", "") if of == "all" else counts
    return {
        "question": found.noun.address.removeprefix("pulse/") if found else "",
        "round": one.number,
        "opens_at": one.opens_at.isoformat(),
        "closes_at": one.closes_at.isoformat(),
        "of": of,
        "key": key,
        "name": name,
        "threshold": one.threshold,
        "answers": sum(given) if given else None,
        "counts": given,
        "mean": _sure(spread.mean(given)) if given else None,
        "good": _sure(spread.content(given)) if given else None,
    }


def _sure(found: spread.Sure) -> dict[str, float]:
    return {"value": round(found.value, 4), "low": round(found.low, 4), "high": round(found.high, 4)}
