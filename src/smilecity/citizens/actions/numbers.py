# SPDX-License-Identifier: EUPL-1.2
"""The months in figures, reckoned by the clock."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Aggregate, Count, F, FloatField, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from smilecity.citizens import rights
from smilecity.citizens.models import AbuseReport, Comment, Moderated, MonthFigures, Need
from smilecity.citizens.rules import DUE_DAYS, FRESH_DAYS
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

# Of the months before only these are reckoned again: later nothing comes to them any more.
AGAIN = 3
DAY_SECONDS = 86_400.0


class _Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM %(expressions)s))"


def reckon_months(who: Who) -> int:
    """Reckon this month and the last ones, and all that were never reckoned; returns how many. Lock: each month's row.

    What the city owes is counted in a month that still runs, and then stays as it was at its end.
    """
    if not rights.may_reckon(who):
        raise Refusal("numbers.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    first = Need.objects.aggregate(at=Min("said_at"))["at"]
    this = timezone.localdate(clock.now()).replace(day=1)
    known = set(MonthFigures.objects.values_list("month", flat=True))
    months = _months(timezone.localdate(first).replace(day=1), this) if first else [this]
    wanted = [month for n, month in enumerate(reversed(months)) if n < AGAIN or month not in known]
    for month in wanted:
        with transaction.atomic():
            row, _made = MonthFigures.objects.select_for_update().get_or_create(
                month=month, defaults={"figures": {}}
            )
            owed = _owed() if month == this else row.figures.get("owed", {})
            row.figures, row.reckoned_at = {**_figures(month), "owed": owed}, clock.now()
            row.save()
    return len(wanted)


def _months(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] < last:
        found.append(_next(found[-1]))
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _figures(month: date) -> dict[str, Any]:
    since, until = _starts(month), _starts(_next(month))
    said = Need.objects.filter(said_at__gte=since, said_at__lt=until)
    decided = Need.objects.filter(state=Need.CLOSED, answered_at__gte=since, answered_at__lt=until)
    acts = Moderated.objects.filter(at__gte=since, at__lt=until)
    took = _Median(F("answered_at") - F("said_at"), output_field=FloatField())
    seconds = decided.aggregate(took=took)["took"]
    return {
        "said": said.count(),
        "kinds": _by(said, "kind"),
        "doors": _by(said, "door"),
        "decisions": _by(decided, "decision"),
        "days": round(seconds / DAY_SECONDS, 1) if seconds is not None else None,
        "comments": Comment.objects.filter(at__gte=since, at__lt=until).count(),
        "reports": AbuseReport.objects.filter(at__gte=since, at__lt=until).count(),
        "acts": acts.count(),
        "hidden": _by(acts.filter(act__in=("hidden", "need-hidden")), "rule"),
        "appeals": _by(acts.filter(act__in=("shown-again", "kept-hidden")), "act"),
    }


def _owed() -> dict[str, int]:
    now = clock.now()
    fresh, due = now - timedelta(days=FRESH_DAYS), now - timedelta(days=DUE_DAYS)
    return dict(
        Need.objects.filter(state__in=Need.OWED).aggregate(
            fresh=Count("pk", filter=Q(said_at__gt=fresh)),
            due=Count("pk", filter=Q(said_at__lte=fresh, said_at__gt=due)),
            late=Count("pk", filter=Q(said_at__lte=due)),
        )
    )


def _by(rows: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(rows.order_by(column).values_list(column).annotate(count=Count("pk")))


def _starts(month: date) -> datetime:
    return timezone.make_aware(datetime(month.year, month.month, 1))  # noqa: DTZ001 - of the city's zone
