# SPDX-License-Identifier: EUPL-1.2
"""The rules of booking as data: what a keeper may set, checked before it is kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.places.rules import hours

EVERYONE, MEMBERS, RESIDENTS = "everyone", "members", "residents"
WHO = (EVERYONE, MEMBERS, RESIDENTS)
NEVER, ALWAYS, LONGER, OUTSIDE = "never", "always", "longer", "outside"
APPROVAL = (NEVER, ALWAYS, LONGER, OUTSIDE)
PERSON, CLUB, BUSINESS = "person", "club", "business"
GROUPS = (PERSON, CLUB, BUSINESS)
DAY = 24 * 60
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Quota:
    """How many bookings still to come, and how many minutes in a week, one may have; None is no limit."""

    open: int | None = None
    minutes: int | None = None

    def limits(self) -> bool:
        """Whether anything is limited, so that bookings have to be counted at all."""
        return self.open is not None or self.minutes is not None


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may book what and how. Times are minutes, unless the name says days; None is no limit.

    A slot begins on the wall clock's multiples of `step` and lasts `shortest` to `longest`, by `step`. It is booked
    at least `soonest` and at most `latest_days` ahead. `hours` (as OSM writes them) are when it can be booked, on
    top of the place's own. Below `age_from` nobody books, below `alone_from` only with a guardian's consent. `gap`
    is kept free after each booking. `approval` says when a person decides: `longer` than `approval_over`, or
    `outside` the hours. Who does not come within `grace` loses the slot. `fees` are cents an hour by group, with
    `fee_text` saying why. It can be cancelled until `cancel_until` before it begins.
    """

    who: str = EVERYONE
    step: int = 30
    shortest: int = 60
    longest: int = 120
    soonest: int = 0
    latest_days: int = 28
    hours: str = ""
    person: Quota = field(default_factory=Quota)
    organisation: Quota = field(default_factory=Quota)
    age_from: int | None = None
    alone_from: int | None = None
    gap: int = 0
    approval: str = NEVER
    approval_over: int = 120
    hold: int = 10
    grace: int | None = None
    fees: Mapping[str, int] = field(default_factory=dict)
    fee_text: Mapping[str, str] = field(default_factory=dict)
    cancel_until: int = 0
    people: int | None = None

    def as_json(self) -> dict[str, Any]:
        """What `checked` reads back as the same policy."""
        return {**asdict(self), "fees": dict(self.fees), "fee_text": dict(self.fee_text)}


# The least and the most of each number; those in `OPTIONAL` may be left open.
_BOUNDS = {
    "step": (5, DAY),
    "shortest": (5, 14 * DAY),
    "longest": (5, 14 * DAY),
    "soonest": (0, 60 * DAY),
    "latest_days": (1, 731),
    "age_from": (0, 120),
    "alone_from": (0, 120),
    "gap": (0, DAY),
    "approval_over": (0, 14 * DAY),
    "hold": (1, DAY),
    "grace": (1, DAY),
    "cancel_until": (0, 60 * DAY),
    "people": (1, 32_000),
}
OPTIONAL = frozenset({"age_from", "alone_from", "grace", "people"})
_NAMES = frozenset(one.name for one in fields(Policy))
_MOST = 1_000_000


def checked(rules: Mapping[str, Any]) -> Policy:
    """The policy that these rules say; what is not said is as `Policy` has it. Refuses what makes no sense."""
    for name in rules:
        if name not in _NAMES:
            raise _wrong(str(name)[:40], _("Diese Regel kennen wir nicht."))
    said: dict[str, Any] = dict(rules)
    for name, (least, most) in _BOUNDS.items():
        if name in said:
            _check_number(name, said[name], least, most)
    for name, known in (("who", WHO), ("approval", APPROVAL)):
        if said.get(name, known[0]) not in known:
            raise _wrong(name, _("Möglich sind: %(known)s.") % {"known": ", ".join(known)})
    for name in ("person", "organisation"):
        if name in said:
            said[name] = _quota(name, said[name])
    said["fees"], said["fee_text"] = _fees(said.get("fees", {})), _texts(said.get("fee_text", {}))
    said["hours"] = hours.checked(_text("hours", said.get("hours", "")), "hours")
    policy = Policy(**said)
    _check_together(policy)
    return policy


def _check_together(policy: Policy) -> None:
    if policy.shortest > policy.longest:
        raise _wrong("longest", _("Die längste Dauer ist kürzer als die kürzeste."))
    if DAY % policy.step:
        raise _wrong(
            "step", _("Das Raster muss einen Tag ohne Rest teilen, zum Beispiel 15, 30 oder 60 Minuten.")
        )
    if policy.shortest % policy.step or policy.longest % policy.step:
        raise _wrong("shortest", _("Die Dauern müssen Vielfache des Rasters sein."))
    if policy.soonest >= policy.latest_days * DAY:
        raise _wrong(
            "soonest", _("So könnte niemand buchen: Der späteste Zeitpunkt liegt vor dem frühesten.")
        )
    if None not in (policy.age_from, policy.alone_from) and policy.age_from > policy.alone_from:  # type: ignore[operator]
        raise _wrong("alone_from", _("Allein darf niemand buchen, der noch gar nicht buchen darf."))


def _check_number(name: str, value: Any, least: int, most: int) -> None:
    if value is None and name in OPTIONAL:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _wrong(
            name,
            _("Hier steht eine ganze Zahl von %(least)d bis %(most)d.") % {"least": least, "most": most},
        )


def _quota(name: str, value: Any) -> Quota:
    if not isinstance(value, Mapping) or not set(value) <= {"open", "minutes"}:
        raise _wrong(name, _("Ein Kontingent hat die Zahlen open und minutes."))
    for key, one in value.items():
        if one is not None:
            _check_number(f"{name}.{key}", one, 1, _MOST)
    return Quota(**value)


def _fees(value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping) or not set(value) <= set(GROUPS):
        raise _wrong("fees", _("Möglich sind: %(known)s.") % {"known": ", ".join(GROUPS)})
    for name, cents in value.items():
        _check_number(f"fees.{name}", cents, 0, _MOST)
    return dict(value)


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > 20:
        raise _wrong("fee_text", _("Hier steht ein Text je Sprache."))
    return {_text("fee_text", name): _text("fee_text", text) for name, text in value.items()}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or "\0" in value or len(value) > 400:
        raise _wrong(name, _("Hier steht ein Text von höchstens 400 Zeichen."))
    return value.strip()


def _wrong(field_name: str, sentence: Any) -> Refusal:
    return Refusal("policy.wrong", sentence, field=field_name, status=422)
