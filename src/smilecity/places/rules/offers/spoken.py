# SPDX-License-Identifier: EUPL-1.2
"""When an offer takes place, in words: `jeden Dienstag, 18:00 bis 20:00 Uhr, nicht am 24.12.2026`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.utils.translation import ngettext

from smilecity.core.problems import Sentence
from smilecity.places.rules.offers.recurrence import DAYS, parts, until_of

MOST_NAMED = 6
WEEKDAYS: tuple[Sentence, ...] = (
    _later("Montag"), _later("Dienstag"), _later("Mittwoch"), _later("Donnerstag"), _later("Freitag"),
    _later("Samstag"), _later("Sonntag"),
)  # fmt: skip
_NTH: dict[int, Sentence] = {
    1: _later("jeden ersten %(day)s im Monat"),
    2: _later("jeden zweiten %(day)s im Monat"),
    3: _later("jeden dritten %(day)s im Monat"),
    4: _later("jeden vierten %(day)s im Monat"),
    5: _later("jeden fünften %(day)s im Monat"),
    -1: _later("jeden letzten %(day)s im Monat"),
}


def said(
    rule: str, starts: datetime, minutes: int, extra: Sequence[str] = (), without: Sequence[str] = ()
) -> str:
    """When it takes place, in one line; `starts` is its first date in wall clock."""
    found = parts(rule)
    line = [_often(found, starts) if found else day(starts), clock_of(starts, minutes)]
    if "UNTIL" in found:
        line.append(_("bis %(day)s") % {"day": _date(until_of(found["UNTIL"]))})
    if "COUNT" in found:
        many = int(found["COUNT"])
        line.append(ngettext("%(many)d Termin", "%(many)d Termine", many) % {"many": many})
    for words, known in ((_("dazu am %(days)s"), extra), (_("nicht am %(days)s"), without)):
        if known:
            line.append(words % {"days": _several(known)})
    return ", ".join(line)


def day(moment: datetime) -> str:
    """The day with its weekday."""
    return f"{WEEKDAYS[moment.weekday()]}, {_date(moment)}"


def clock_of(starts: datetime, minutes: int) -> str:
    """From when to when; with the day if it ends on another."""
    ends = starts + timedelta(minutes=minutes)
    if starts.date() == ends.date() or ends - starts < timedelta(hours=12):
        return _("%(from)s bis %(to)s Uhr") % {"from": f"{starts:%H:%M}", "to": f"{ends:%H:%M}"}
    if starts.time() == ends.time() == starts.min.time() and ends - starts == timedelta(days=1):
        return _("ganztägig")
    return _("%(from)s Uhr bis %(day)s, %(to)s Uhr") % {
        "from": f"{starts:%H:%M}", "day": day(ends), "to": f"{ends:%H:%M}",
    }  # fmt: skip


def _often(found: dict[str, str], starts: datetime) -> str:
    many = int(found.get("INTERVAL", 1))
    if found["FREQ"] == "DAILY":
        if "BYDAY" in found:
            return _weekdays(found["BYDAY"])
        return _("täglich") if many == 1 else _("alle %(many)d Tage") % {"many": many}
    if found["FREQ"] == "WEEKLY":
        days = _weekdays(found.get("BYDAY", DAYS[starts.weekday()]))
        return days if many == 1 else _("alle %(many)d Wochen: %(days)s") % {"many": many, "days": days}
    if found["FREQ"] == "YEARLY":
        return _yearly(found, starts, many)
    monthly = _monthly(found, starts)
    return monthly if many == 1 else _("alle %(many)d Monate: %(days)s") % {"many": many, "days": monthly}


def _weekdays(text: str) -> str:
    names = [str(WEEKDAYS[DAYS.index(one)]) for one in sorted(set(text.split(",")), key=DAYS.index)]
    if len(names) == 7:
        return _("täglich")
    return _("jeden %(days)s") % {"days": _joined(names)}


def _monthly(found: dict[str, str], starts: datetime) -> str:
    if "BYDAY" not in found:
        days = [_month_day(int(one)) for one in found.get("BYMONTHDAY", str(starts.day)).split(",")]
        return _("jeden Monat %(days)s") % {"days": _joined(days)}
    position = found.get("BYSETPOS")
    return _joined(
        [
            _nth_day(int(position or one[:-2] or 0), str(WEEKDAYS[DAYS.index(one[-2:])]))
            for one in found["BYDAY"].split(",")
        ]
    )


def _nth_day(number: int, name: str) -> str:
    if not number:
        return _("jeden %(days)s") % {"days": name}
    if number in _NTH:
        return str(_NTH[number]) % {"day": name}
    return _("den %(nth)d. %(day)s vor dem Monatsende") % {"nth": -number, "day": name}


def _month_day(number: int) -> str:
    if number == -1:
        return _("am letzten Tag")
    if number < 0:
        return _("am %(nth)d. Tag vor dem Monatsende") % {"nth": -number}
    return _("am %(nth)d.") % {"nth": number}


def _yearly(found: dict[str, str], starts: datetime, many: int) -> str:
    often = _("jedes Jahr") if many == 1 else _("alle %(many)d Jahre") % {"many": many}
    if "BYMONTH" not in found:
        return _("%(often)s am %(day)s") % {"often": often, "day": f"{starts:%d.%m.}"}
    months = _joined([f"{int(one)}." for one in found["BYMONTH"].split(",")])
    days = _monthly(found, starts)
    return _("%(often)s im %(months)s Monat: %(days)s") % {"often": often, "months": months, "days": days}


def _several(known: Sequence[str]) -> str:
    days = sorted({datetime.fromisoformat(one).date() for one in known})
    named = [f"{one:%d.%m.%Y}" for one in days[:MOST_NAMED]]
    if len(days) > MOST_NAMED:
        named.append(_("%(many)d weiteren Tagen") % {"many": len(days) - MOST_NAMED})
    return _joined(named)


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s und %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def _date(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y}"
