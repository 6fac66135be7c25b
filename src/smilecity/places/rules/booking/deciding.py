# SPDX-License-Identifier: EUPL-1.2
"""The one decision about a slot: it draws the calendar and it guards the write.

It is told which times are taken, never by whom; so neither can anybody learn it from an answer.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules.booking import policy as policies
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.policy import Policy, Quota
from smilecity.places.rules.booking.times import Span
from smilecity.places.rules.openness import joined

ALLOWED, ASK, REFUSED = "allowed", "ask", "refused"
TAKEN = "booking.taken"
# How many free slots are offered to one who was refused, and how far ahead they are looked for.
MOST_POSSIBLE = 3
DAYS_LOOKED = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish, in UTC. `age` and `guardian` (that a guardian consents) are what the person says; nobody keeps them."""

    start: datetime
    end: datetime
    people: int | None = None
    age: int | None = None
    guardian: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known when a slot is decided about.

    `open` and `taken` are spans in UTC in order that do not touch each other, `taken` with the gaps for cleaning, of this
    unit and whatever shares ground with it; both cover the asked slot and the days after it. `closed` are exceptional
    closings with the reason that residents read. `group` pays, `member` works for the keeper, `resident` has a home area
    (asked only where the policy is for residents), `keeps` says that the person keeps the place. `open_now` and `minutes`
    count what the person (or the organisation, if booked `for_organisation`) has already: still to come, and in that
    week.
    """

    now: datetime
    zone: ZoneInfo
    open: tuple[Span, ...] = ()
    taken: tuple[Span, ...] = ()
    closed: tuple[tuple[Span, str], ...] = ()
    group: str = policies.PERSON
    for_organisation: bool = False
    member: bool = False
    resident: bool = False
    keeps: bool = False
    open_now: int = 0
    minutes: int = 0
    room_for: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`verdict` with a code and a sentence if it is not simply allowed; `possible` are free slots of this length."""

    verdict: str
    code: str = ""
    sentence: Sentence = ""
    cure: Sentence = ""
    field: str = ""
    fee_cents: int = 0
    possible: tuple[Span, ...] = ()

    def refusal(self) -> "BookingRefusal":
        """The same, to be raised."""
        status = 409 if self.code == TAKEN else 422
        return BookingRefusal(
            self.code, self.sentence, cure=self.cure, field=self.field, status=status, possible=self.possible
        )


class BookingRefusal(Refusal):
    """A refusal that knows which slots (in UTC) could be had instead."""

    def __init__(
        self,
        code: str,
        sentence: Sentence,
        *,
        cure: Sentence = "",
        field: str = "",
        status: int = 422,
        possible: tuple[Span, ...] = (),
    ) -> None:
        super().__init__(code, sentence, cure=cure, field=field, status=status)
        self.possible = possible

    def problem(self) -> dict[str, object]:
        """Problem details with what would be possible."""
        said = [{"start": start.isoformat(), "end": end.isoformat()} for start, end in self.possible]
        return {**super().problem(), "possible": said}


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a calendar and what one who asked for it would be told."""

    start: datetime
    end: datetime
    decision: Decision


def decide(policy: Policy, asked: Asked, facts: Facts, *, offer: bool = True) -> Decision:
    """Whether this slot can be had: allowed, asked of a person, or refused, with what could be had if we `offer` that."""
    no = _about_the_wish(policy, asked, facts) or _about_the_person(policy, asked, facts)
    if no is not None:
        return no
    no = _about_the_time(policy, asked, facts)
    if no is not None:
        return replace(no, possible=next_free(policy, asked, facts)) if offer else no
    no = _about_the_quota(policy, asked, facts)
    if no is not None:
        return no
    return approval(policy, asked, facts)


def approval(policy: Policy, asked: Asked, facts: Facts) -> Decision:
    """Of a slot that can be had: whether a person has a look first, and what it costs."""
    why = "" if facts.keeps else _needs_approval(policy, asked, facts)
    fee = fee_cents(policy, asked, facts.group)
    if not why:
        return Decision(ALLOWED, fee_cents=fee)
    return Decision(ASK, f"booking.approval-{why}", _APPROVAL[why], fee_cents=fee)


def why_not(policy: Policy, asked: Asked, facts: Facts, taken: Sequence[Span]) -> str:
    """The code of why a person could not grant this slot, empty if they can: who and how far ahead is theirs to say."""
    granted = replace(facts, keeps=True, taken=tuple(joined(taken)))
    no = _about_the_wish(policy, asked, granted) or _about_the_time(policy, asked, granted)
    return no.code if no is not None else ""


def free(policy: Policy, day: date, facts: Facts, minutes: int | None = None) -> list[Slot]:
    """The slots of a day, each as long as `minutes` (or the shortest there is), with the decision about it."""
    lasts = timedelta(minutes=minutes or policy.shortest)
    return [
        Slot(
            start, start + lasts, decide(policy, Asked(start, start + lasts, age=_GROWN), facts, offer=False)
        )
        for start in times.starts(day, policy.step, facts.zone)
    ]


def next_free(policy: Policy, asked: Asked, facts: Facts) -> tuple[Span, ...]:
    """The next free slots as long as the one asked for, from its own beginning on: at most three, in three days."""
    lasts = asked.end - asked.start
    if not _on_grid(policy, asked, facts.zone):
        lasts = timedelta(minutes=policy.shortest)
    found: list[Span] = []
    anyway = policy.approval == policies.OUTSIDE
    moment = max(asked.start, facts.now)
    for start in _starts_from(moment, policy.step, facts.zone):
        if start < moment:
            continue
        slot = (start, start + lasts)
        moment = times.free_from(slot, facts.taken)
        if moment > start or not (anyway or times.within(slot, facts.open)):
            continue  # most of a day is over this quickly
        if _about_the_time(policy, Asked(*slot), facts) is None:
            found.append(slot)
            if len(found) == MOST_POSSIBLE:
                break
    return tuple(found)


def claimed(policy: Policy, start: datetime, end: datetime) -> Span:
    """The time that a booking takes: its own, and the gap for cleaning after it."""
    return start, end + timedelta(minutes=policy.gap)


def fee_cents(policy: Policy, asked: Asked, group: str) -> int:
    """What it costs, rounded up to a cent: told, never taken here."""
    return -(-policy.fees.get(group, 0) * times.minutes(asked.start, asked.end) // 60)


# Whether somebody is old enough is asked when they book, not while they look at a calendar.
_GROWN = 150
_APPROVAL: dict[str, Sentence] = {
    policies.ALWAYS: _("Wer den Ort pflegt, sieht sich jede Anfrage an und sagt Ihnen Bescheid."),
    policies.LONGER: _("Weil es so lange dauert, sieht es sich jemand an und sagt Ihnen Bescheid."),
    policies.OUTSIDE: _(
        "Weil es außerhalb der Zeiten liegt, sieht es sich jemand an und sagt Ihnen Bescheid."
    ),
}


def _about_the_wish(policy: Policy, asked: Asked, facts: Facts) -> Decision | None:
    most = min((one for one in (policy.people, facts.room_for) if one is not None), default=None)
    if asked.people is not None and (asked.people < 1 or (most is not None and asked.people > most)):
        return _no(
            "people", _("So viele Menschen passen hier nicht hin."), "people",
            cure=_("Höchstens %(most)d Menschen.") % {"most": most} if most else "",
        )  # fmt: skip
    if not policy.shortest <= times.minutes(asked.start, asked.end) <= policy.longest:
        return _no(
            "length", _("So lange oder so kurz kann man hier nicht buchen."), "end",
            cure=_("Möglich sind %(least)d bis %(most)d Minuten.")
            % {"least": policy.shortest, "most": policy.longest},
        )  # fmt: skip
    if not _on_grid(policy, asked, facts.zone):
        return _no(
            "grid", _("Zu dieser Uhrzeit beginnt oder endet hier nichts."), "start",
            cure=_("Wählen Sie eine Zeit im Raster von %(step)d Minuten.") % {"step": policy.step},
        )  # fmt: skip
    return None


def _about_the_person(policy: Policy, asked: Asked, facts: Facts) -> Decision | None:
    if facts.keeps:
        return None
    if policy.who == policies.MEMBERS and not facts.member:
        return _no("members", _("Hier buchen nur Mitglieder derer, die den Ort pflegen."), cure=_ASK_THEM)
    if policy.who == policies.RESIDENTS and not (facts.resident or facts.for_organisation):
        return _no(
            "residents", _("Hier buchen nur Menschen, die in der Stadt wohnen."),
            cure=_("Tragen Sie in Ihrem Konto ein, wo Sie wohnen."),
        )  # fmt: skip
    return None if facts.for_organisation else _about_the_age(policy, asked)


def _about_the_age(policy: Policy, asked: Asked) -> Decision | None:
    if not (policy.age_from or policy.alone_from):
        return None
    if asked.age is None:
        return _no(
            "age-needed",
            _("Hier kommt es auf das Alter an."),
            "age",
            cure=_("Sagen Sie uns, wie alt Sie sind."),
        )
    if policy.age_from is not None and asked.age < policy.age_from:
        return _no(
            "too-young", _("Hier buchen Menschen ab %(age)d Jahren.") % {"age": policy.age_from}, "age"
        )
    if policy.alone_from is not None and asked.age < policy.alone_from and not asked.guardian:
        return _no(
            "guardian", _("Dafür müssen Ihre Eltern oder die, die für Sie sorgen, einverstanden sein."), "guardian",
            cure=_("Fragen Sie sie, und kreuzen Sie dann an, dass sie einverstanden sind."),
        )  # fmt: skip
    return None


_ASK_THEM = _("Fragen Sie dort nach, oder suchen Sie einen anderen Ort.")


def _about_the_time(policy: Policy, asked: Asked, facts: Facts) -> Decision | None:
    if asked.start < facts.now:
        return _no("past", _("Diese Zeit ist schon vorbei."), "start")
    if not facts.keeps:
        ahead = asked.start - facts.now
        if ahead < timedelta(minutes=policy.soonest):
            return _no("too-soon", _("So kurz vorher kann man nicht mehr buchen."), "start")
        if ahead > timedelta(days=policy.latest_days):
            return _no(
                "too-late", _("So weit im Voraus kann man noch nicht buchen."), "start",
                cure=_("Möglich ist es bis %(days)d Tage vorher.") % {"days": policy.latest_days},
            )  # fmt: skip
    takes = claimed(policy, asked.start, asked.end)
    if times.meets(takes, facts.taken):
        return Decision(REFUSED, TAKEN, _("Diese Zeit ist schon vergeben."), _CHOOSE_OTHER, "start")
    reason = next((why for span, why in facts.closed if times.overlaps(span, (asked.start, asked.end))), None)
    if reason is not None or not (_is_open(asked, facts) or policy.approval == policies.OUTSIDE):
        return _no("closed", reason or _("Zu dieser Zeit ist nicht offen."), "start", cure=_CHOOSE_OTHER)
    return None


_CHOOSE_OTHER = _("Wählen Sie eine andere Zeit.")


def _about_the_quota(policy: Policy, asked: Asked, facts: Facts) -> Decision | None:
    quota: Quota = policy.organisation if facts.for_organisation else policy.person
    if facts.keeps:
        return None
    if quota.open is not None and facts.open_now >= quota.open:
        return _no(
            "quota-open", _("Mehr Buchungen auf einmal gehen hier nicht, damit alle drankommen."),
            cure=_("Sagen Sie eine andere ab, oder warten Sie, bis eine vorbei ist."),
        )  # fmt: skip
    if quota.minutes is not None and facts.minutes + times.minutes(asked.start, asked.end) > quota.minutes:
        return _no(
            "quota-week",
            _("In dieser Woche wären es mehr als %(most)d Minuten.") % {"most": quota.minutes},
            cure=_("Buchen Sie kürzer oder in einer anderen Woche."),
        )
    return None


def _needs_approval(policy: Policy, asked: Asked, facts: Facts) -> str:
    if policy.approval == policies.ALWAYS:
        return policies.ALWAYS
    if policy.approval == policies.LONGER and times.minutes(asked.start, asked.end) > policy.approval_over:
        return policies.LONGER
    if policy.approval == policies.OUTSIDE and not _is_open(asked, facts):
        return policies.OUTSIDE
    return ""


def _is_open(asked: Asked, facts: Facts) -> bool:
    return times.within((asked.start, asked.end), facts.open)


def _on_grid(policy: Policy, asked: Asked, zone: ZoneInfo) -> bool:
    local = asked.start.astimezone(zone)
    whole = asked.end - asked.start
    if local.second or local.microsecond or (local.hour * 60 + local.minute) % policy.step:
        return False
    return not whole % timedelta(minutes=policy.step)


def _starts_from(moment: datetime, step: int, zone: ZoneInfo) -> Iterator[datetime]:
    first = moment.astimezone(zone).date()
    days: Iterable[date] = (first + timedelta(days=n) for n in range(DAYS_LOOKED))
    whole = (times.starts(day, step, zone) for day in days)
    return (start for starts in whole for start in starts[bisect_left(starts, moment) :])


def _no(code: str, sentence: Sentence, field: str = "", *, cure: Sentence = "") -> Decision:
    return Decision(REFUSED, f"booking.{code}", sentence, cure, field)
