# SPDX-License-Identifier: EUPL-1.2
"""What states a need goes through, and how it is decided."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.citizens.rules.words import MOST_NAME, cleaned
from smilecity.core.problems import Refusal, Sentence

STATES: dict[str, Sentence] = {
    "new": _("wird gelesen"),
    "open": _("gelesen"),
    "in_progress": _("in Arbeit"),
    "answered": _("beantwortet"),
    "closed": _("entschieden"),
    "reopened": _("wieder offen"),
}
# Into these a need is brought by hand; into the others by an answer, a decision or an objection.
STEPS = ("open", "in_progress")

DECISIONS: dict[str, Sentence] = {
    "accepted": _("angenommen"),
    "done": _("erledigt"),
    "merged": _("zusammengeführt"),
    "refused": _("abgelehnt"),
    "referred": _("weitergegeben"),
    "answered": _("beantwortet"),
}
# What can become of many needs at once: nothing that points to something for each of them.
FOR_MANY = ("answered", "accepted", "done", "refused")
# By what a need may be answered, and what may follow from the other decisions.
TARGETS = {"accepted": ("project", "place", "offer"), "merged": ("need",), "referred": ("organisation",)}

Target = int | str | None
"""A noun's id; the name of an authority that is not on this node; or nothing."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a decision points to: a noun of this node, or an authority outside by name."""

    noun: int | None = None
    outside: str = ""


def checked_decision(decision: str, target: Target) -> Aim:
    """What the decision points to, if it is one of ours and what it needs was given."""
    if decision not in DECISIONS:
        raise _refused("need.unknown-decision", _("Wählen Sie, was daraus wird."), "decision")
    if isinstance(target, str) and not cleaned(target):
        target = None
    if isinstance(target, str):
        return _outside(decision, target)
    if target is None and decision == "merged":
        raise _refused("need.target-missing", _("Mit welchem Anliegen wird es zusammengeführt?"), "target")
    if target is None and decision == "referred":
        raise _refused("need.target-missing", _("An wen wird es weitergegeben?"), "target")
    if target is not None and decision not in TARGETS:
        raise _refused("need.target-unwanted", _("Zu dieser Entscheidung gehört keine Seite."), "target")
    return Aim(noun=target)


def _outside(decision: str, name: str) -> Aim:
    if decision != "referred":
        raise _refused(
            "need.target-unwanted", _("Eine Stelle außerhalb gehört nur zum Weitergeben."), "target"
        )
    name = " ".join(cleaned(name).split())
    if len(name) > MOST_NAME:
        raise _refused("need.outside-too-long", _("Dieser Name ist zu lang."), "target")
    return Aim(outside=name)


def checked_step(state: str) -> str:
    """A state into which a need is brought by hand."""
    if state not in STEPS:
        raise _refused("need.unknown-step", _("Wählen Sie, wie es jetzt steht."), "state")
    return state


def may_appeal(state: str, *, appealed: bool) -> bool:
    """Whether its author may have it reopened: once, and only what is decided."""
    return state == "closed" and not appealed


def unknown() -> Refusal:
    """The refusal of a need that is not there, or not for this person."""
    return Refusal("need.unknown", _("Dieses Anliegen gibt es hier nicht."), status=404)


def _refused(code: str, sentence: Sentence, field: str) -> Refusal:
    return Refusal(code, sentence, field=field, status=422)
