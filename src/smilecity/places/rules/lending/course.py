# SPDX-License-Identifier: EUPL-1.2
"""The course of a loan: what happened on its way, and where it stands by that; what a late one brings with it.

A loan stands where its evidence says, in whatever order that came: nothing counts as back that nobody has seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from smilecity.places.rules.lending.terms import Terms

OPENING, OUT, RETURNING, CHECKING = "opening", "out", "returning", "checking"
RETURNED, FAILED, LOST = "returned", "failed", "lost"
OPEN = (OPENING, OUT, RETURNING, CHECKING)
COMPLETE, MISSING = "complete", "missing"
# Who opens again so soon has forgotten something; who opens later brings it back.
FORGOTTEN = timedelta(minutes=10)
# So far may the clock of a box be off before it is set.
CLOCKS = timedelta(seconds=30)
# After so long without a kit we no longer wait for it.
GIVEN_UP = timedelta(days=28)
# How long after it was due each reminder goes out: friendly, and ever further apart.
REMINDERS = (timedelta(minutes=30), timedelta(days=1), timedelta(days=5))
CHORE_EVERY = {"clean": timedelta(days=28), "fill": timedelta(days=7)}


# What was reported of a door: by the controller's own number, for clocks differ and lines overtake; when; and what.
Word = tuple[int, datetime, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a loan: when the door was reported open and shut, and what was said, by whom.

    `first` is the first opening, `opened` the last one, `shut` whether it was reported shut after that. `taken`:
    the borrower says that they have it.
    `giving`: they bring it back. `said`: complete, missing, or nothing; `sensor`: the same by the compartment.
    `counter`: who keeps the place has it in hand, so no door is asked. `given_up`: the borrower no longer wants it.
    """

    first: datetime | None = None
    opened: datetime | None = None
    shut: bool = False
    taken: datetime | None = None
    giving: datetime | None = None
    said: str = ""
    sensor: str = ""
    counter: datetime | None = None
    given_up: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """As a loan keeps it; what is not known is not there."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in found.items()
            if value
        }

    @property
    def is_shut(self) -> bool:
        """Whether the door was reported open since the kit is on its way back, and shut after that."""
        if self.giving is None or self.opened is None:
            return False
        return self.shut and self.opened >= self.giving - CLOCKS


def read(kept: dict[str, Any]) -> Evidence:
    """The evidence that a loan keeps."""
    times = {name: datetime.fromisoformat(kept[name]) for name in _TIMES if kept.get(name)}
    return Evidence(
        **times, shut=kept.get("shut", False), said=kept.get("said", ""), sensor=kept.get("sensor", "")
    )


def seen(known: Evidence, doors: Iterable[Word]) -> Evidence:
    """The evidence with all that was reported of the door since the loan began, in whatever order it came.

    Who opens again within ten minutes has forgotten something; who opens later brings the kit back.
    """
    words = sorted(set(doors))
    opened = [(counter, at) for counter, at, what in words if what == "opened"]
    if not opened:
        return known
    for _counter, at in opened:
        start = known.first or known.taken
        if known.giving is None and start is not None and at - start > FORGOTTEN:
            known = replace(known, giving=at)
        known = replace(known, first=known.first or at)
    last, at = opened[-1]
    shut = any(counter > last for counter, _at, what in words if what == "closed")
    return replace(known, opened=at, shut=shut)


def gives_back(known: Evidence, now: datetime) -> Evidence:
    """From now on a shut door counts; the opening by which the kit was taken never does, however short ago it was."""
    if known.giving is not None:
        return known
    taken = known.opened + CLOCKS + timedelta.resolution if known.opened else now
    return replace(known, giving=max(now, taken))


def stands(state: str, known: Evidence) -> str:
    """Where a loan stands by what is known. What has ended stays so."""
    if state not in OPEN:
        return state
    if known.giving is None:
        return OUT if state == OUT or known.first or known.taken else state
    if known.counter is None and not known.is_shut:
        return RETURNING
    if MISSING in (known.said, known.sensor):
        return CHECKING
    return RETURNED if COMPLETE in (known.said, known.sensor) else CHECKING


def reminders_due(due: datetime, now: datetime) -> int:
    """How many reminders should have gone out by now."""
    return sum(now >= due + one for one in REMINDERS)


def is_given_up(due: datetime, now: datetime) -> bool:
    """Whether a kit that was due then counts as lost."""
    return now >= due + GIVEN_UP


def pause(terms: Terms, due: datetime, now: datetime) -> timedelta:
    """How long somebody borrows nothing who is so late; nothing below a day, for anybody can be a bit late."""
    days = max((now - due).days, 0) * terms.pause_days
    return timedelta(days=min(days, terms.longest_pause))


def told(state: str, known: Evidence, *, asked: str = "", reason: str = "", box: bool = True) -> str:
    """Where a loan stands, for its borrower; never more than was reported.

    `asked` is the state of the last wish to open, `reason` why it was refused; `box` says whether there is a door.
    """
    if state == OPENING and known.given_up is not None:
        return _("Sie nehmen es doch nicht. Es ist frei, sobald sich die Box wieder gemeldet hat.")
    if state == OPENING and not box:
        return _("Liegt für Sie bereit. Holen Sie es am Tresen ab.")
    if state == OPENING:
        return _asked(asked, reason)
    if state == OUT and known.first is None and box:
        return _("Sie sagen, dass Sie es haben. Die Box hat noch keine offene Tür gemeldet.")
    if state == RETURNING:
        return _returning(known, box)
    if state == CHECKING and known.said == MISSING:
        return _("Zurück. Sie sagen, dass etwas fehlt oder kaputt ist; der Verein sieht nach.")
    return {
        OUT: _("Sie haben es."),
        CHECKING: _("Die Tür ist zu. Sagen Sie noch, ob alles da ist."),
        RETURNED: _("Zurück, danke!"),
        FAILED: _("Doch nicht genommen. Es ist wieder frei.")
        if known.given_up
        else _("Nicht abgeholt. Es ist wieder frei."),
        LOST: _("Nicht zurückgekommen."),
    }[state]


def _asked(asked: str, reason: str) -> str:
    if asked in ("refused", "expired"):
        said = _("Die Box hat nicht geöffnet.") if asked == "refused" else _("Die Box hat nicht geantwortet.")
        return f"{said} {reason}".strip()
    return {
        "": _("Liegt für Sie bereit. Öffnen Sie, wenn Sie vor der Box stehen."),
        "received": _(
            "Öffnen angefordert, die Box hat es gehört. Ob die Tür offen ist, hat sie noch nicht gemeldet."
        ),
        "done": _("Die Box sagt, das Schloss ist auf. Die Tür hat sie noch nicht als offen gemeldet."),
    }.get(asked, _("Öffnen angefordert, die Box hat noch nicht geantwortet."))


def _returning(known: Evidence, box: bool) -> str:
    if not box:
        return _("Geben Sie es am Tresen ab. Dort wird es für Sie ausgetragen.")
    if known.opened is not None and known.giving is not None and known.opened >= known.giving - CLOCKS:
        return _(
            "Die Tür ist noch offen gemeldet. Legen Sie alles hinein, und drücken Sie sie zu, bis es klickt."
        )
    return _(
        "Öffnen angefordert. Legen Sie alles hinein, drücken Sie die Tür zu, und sagen Sie, ob alles da ist."
    )


_TIMES = ("first", "opened", "taken", "giving", "counter", "given_up")
