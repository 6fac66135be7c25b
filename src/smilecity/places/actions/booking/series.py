# SPDX-License-Identifier: EUPL-1.2
"""Series: the same slot again and again, asked for by clubs, granted by who keeps the place, alone or in a season."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.booking import claims
from smilecity.places.actions.booking.changing import checked_reason
from smilecity.places.actions.booking.keeping import kept_place
from smilecity.places.actions.booking.taking import checked_what, must_book, must_see
from smilecity.places.models import Booking, Season, Series
from smilecity.places.reads.booking.looking import Look
from smilecity.places.reads.booking.seasons import dates_of
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking import series as expanding
from smilecity.places.rules.booking import times

LONGEST_NAME = 200
LONGEST_SEASON_DAYS = 400


def ask_series(
    who: Who,
    unit: int,
    starts: datetime,
    minutes: int,
    rule: str,
    *,
    organisation: int | None = None,
    what: str = "",
    season: int | None = None,
) -> Series:
    """Ask for a slot again and again, from `starts` (the city's wall clock) on; nothing is taken until it is granted.

    In a season only an organisation asks, only until its end of asking, and only for its days. No lock: one row.
    """
    must_book(who, organisation)
    zone = settings.SMILE.zone
    first = times.moment(starts, zone)
    if not 0 < minutes <= 14 * 24 * 60:
        raise Refusal("booking.length", _("So lange kann man nicht buchen."), field="minutes", status=422)
    said = expanding.dates(rule, first.astimezone(zone).replace(tzinfo=None))
    span = (first, first + timedelta(minutes=minutes))
    with transaction.atomic():
        seen = must_see(who, unit, span, organisation=organisation)
        _must_fit(seen, span)
        if season is not None:
            _must_be_asked_for(season, seen.place, organisation, said)
        made = Series.objects.create(
            unit_id=unit, season_id=season, organisation_id=organisation, account_id=who.account, starts_at=first,
            duration=timedelta(minutes=minutes), rule=rule.strip(), what=checked_what(what),
        )  # fmt: skip
        _tell(who, facts.SERIES_ASKED, made, seen.place)
        return made


def grant_series(who: Who, series_id: int) -> Series:
    """Book every date of the series that can be had, by who keeps the place; the others are left out, with a code.

    All its dates or none are written. Lock: the unit's tree, then the series.
    """
    with transaction.atomic():
        place = _asked(who, series_id).unit.place_id
        claims.lock_roots([_look(who, _asked(who, series_id)).root])
        series = _asked(who, series_id, lock=True)
        _grant(who, series, place)
        return series


def refuse_series(who: Who, series_id: int, reason: str) -> Series:
    """Refuse the series, by who keeps the place, with a reason that is told. Lock: the series."""
    reason = checked_reason(reason)
    with transaction.atomic():
        series = _asked(who, series_id, lock=True)
        series.state, series.reason = Series.REFUSED, reason
        series.save(update_fields=["state", "reason"])
        _tell(who, facts.SERIES_REFUSED, series, series.unit.place_id)
        return series


def open_season(
    who: Who, place: int, name: str, *, starts_on: date, ends_on: date, ask_until: datetime
) -> Season:
    """Let organisations ask for regular slots until a moment, by who keeps the place. Lock: the place's noun."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise Refusal("season.name", _("Geben Sie der Saison einen Namen."), field="name", status=422)
    if not timedelta(0) <= ends_on - starts_on <= timedelta(days=LONGEST_SEASON_DAYS):
        raise Refusal(
            "season.days", _("Eine Saison endet nach ihrem Anfang und dauert höchstens 400 Tage."),
            field="ends_on", status=422,
        )  # fmt: skip
    with transaction.atomic():
        kept_place(who, place)
        if ask_until <= clock.now():
            raise Refusal(
                "season.ask-until", _("Bis dahin kann niemand mehr anfragen."), field="ask_until", status=422
            )
        made = Season.objects.create(
            place_id=place, name=name, starts_on=starts_on, ends_on=ends_on, ask_until=ask_until
        )
        log.append(who, facts.SEASON_OPENED, noun=place, data={"season": made.id})
        return made


def rank_series(who: Who, series_id: int, rank: int) -> Series:
    """Say who comes first (a smaller number) where wishes of a season meet, by who keeps the place. Lock: the series."""
    if not -1000 <= rank <= 1000:
        raise Refusal(
            "series.rank", _("Der Rang ist eine Zahl von -1000 bis 1000."), field="rank", status=422
        )
    with transaction.atomic():
        series = _asked(who, series_id, lock=True)
        series.rank = rank
        series.save(update_fields=["rank"])
        return series


def decide_season(who: Who, season_id: int) -> Season:
    """Grant what is asked for in the season, in order of rank and then of asking; nobody can ask from then on.

    Where two wishes meet, the later one loses those dates only. Lock: the season, then all trees, then the series.
    """
    with transaction.atomic():
        season = (
            Season.objects.select_for_update().filter(id=season_id).first()
            if 0 < season_id < 1 << 63
            else None
        )
        if season is None:
            raise _no_season()
        kept_place(who, season.place_id)
        if season.state == Season.DECIDED:
            return season
        if clock.now() < season.ask_until:
            raise Refusal(
                "season.still-asking", _("Noch können Vereine anfragen."), status=409,
                cure=_("Entscheiden Sie, wenn die Frist vorbei ist."),
            )  # fmt: skip
        wishes = Series.objects.select_for_update(of=("self",)).select_related("unit")
        asked = list(wishes.filter(season=season, state=Series.ASKED).order_by("rank", "made_at", "id"))
        claims.lock_roots([_look(who, one).root for one in asked])
        for series in asked:
            _grant(who, series, season.place_id)
        season.state = Season.DECIDED
        season.save(update_fields=["state"])
        log.append(who, facts.SEASON_DECIDED, noun=season.place_id, data={"season": season.id})
        return season


def _grant(who: Who, series: Series, place: int) -> None:
    """Take what can be had of the series; its tree is locked."""
    seen = _look(who, series)
    if seen.stale:
        claims.expire(seen.stale)
    taken = list(seen.facts.taken)
    left_out: list[dict[str, str]] = []
    for day in dates_of(series):
        code = _take_date(series, seen, day, taken, who)
        if code:
            left_out.append({"date": f"{day:%Y-%m-%dT%H:%M}", "code": code})
    series.state, series.left_out = Series.GRANTED, left_out
    series.save(update_fields=["state", "left_out"])
    _tell(who, facts.SERIES_GRANTED, series, place, left_out=len(left_out))


def _take_date(series: Series, seen: Look, day: datetime, taken: list[times.Span], who: Who) -> str:
    """Book one date; the code of why not, if it cannot be had."""
    try:
        start = times.moment(day, settings.SMILE.zone)
    except Refusal as refusal:
        return refusal.code
    span = (start, start + series.duration)
    code = rules.why_not(seen.policy, rules.Asked(*span), seen.facts, taken)
    if code:
        return code
    claims.take(
        seen, span, Booking.BOOKED, key=uuid5(NAMESPACE_URL, f"urn:smilecity:series:{series.id}:{day.isoformat()}"),
        account=series.account_id, organisation=series.organisation_id, series=series.id, what=series.what,
        decided_by=who.label, fee_cents=rules.fee_cents(seen.policy, rules.Asked(*span), seen.facts.group),
    )  # fmt: skip
    taken.append(rules.claimed(seen.policy, *span))
    return ""


def _look(who: Who, series: Series) -> Look:
    """What is known of the unit for the whole time of the series."""
    dates = dates_of(series)
    first = series.starts_at
    days = (dates[-1].date() - first.date()).days + 3 if dates else 1
    return must_see(
        who, series.unit_id, (first, first + series.duration), organisation=series.organisation_id, days=days
    )


def _asked(who: Who, series_id: int, *, lock: bool = False) -> Series:
    """A series that waits to be decided, for those who keep its place."""
    rows = Series.objects.select_for_update(of=("self",)) if lock else Series.objects.all()
    found = (
        rows.select_related("unit__place__noun", "season").filter(id=series_id).first()
        if 0 < series_id < 1 << 63
        else None
    )
    noun = found.unit.place.noun if found else None
    if found is None or noun is None or not rights.may_write(who, noun.area_id, noun.keeper_id):
        raise Refusal("series.unknown", _("Diese Serie gibt es nicht."), status=404)
    if found.state != Series.ASKED:
        raise Refusal("series.state", _("Über diese Serie ist schon entschieden."), status=409)
    return found


def _must_fit(seen: Look, span: times.Span) -> None:
    """Refuses a slot that the policy never has, whatever the date."""
    code = rules.why_not(seen.policy, rules.Asked(*span), seen.facts, [])
    if code in ("booking.length", "booking.grid"):
        raise rules.decide(seen.policy, rules.Asked(*span), seen.facts).refusal()
    if code == "booking.past":
        raise Refusal(code, _("Diese Zeit ist schon vorbei."), field="starts", status=422)


def _must_be_asked_for(season_id: int, place: int, organisation: int | None, dates: list[datetime]) -> None:
    season = (
        Season.objects.select_for_update().filter(id=season_id, place=place).first()
        if 0 < season_id < 1 << 63
        else None
    )
    if season is None:
        raise _no_season()
    if season.state != Season.ASKING or clock.now() >= season.ask_until:
        raise Refusal(
            "season.over", _("Für diese Saison kann man nicht mehr anfragen."), field="season", status=409
        )
    if organisation is None:
        raise Refusal(
            "season.organisation", _("In einer Saison fragen Vereine und andere Organisationen an."),
            field="organisation", status=422,
        )  # fmt: skip
    if not any(season.starts_on <= one.date() <= season.ends_on for one in dates):
        raise Refusal(
            "season.dates", _("Keiner dieser Termine liegt in der Saison."), field="rule", status=422
        )


def _no_season() -> Refusal:
    return Refusal("season.unknown", _("Diese Saison gibt es nicht."), field="season", status=404)


def _tell(who: Who, verb: str, series: Series, place: int, **more: Any) -> None:
    data = {"series": series.id, "unit": series.unit_id, "account": series.account_id, **more}
    log.append(who, verb, noun=place, about=[series.unit_id], data=data)
