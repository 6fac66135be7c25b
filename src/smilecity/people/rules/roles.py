# SPDX-License-Identifier: EUPL-1.2
"""What roles are called, and what each may, in plain words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class RoleWords:
    """What a role is called, and what someone who holds it may do."""

    title: Sentence
    may: Sentence


ROLES: dict[str, RoleWords] = {
    "steward": RoleWords(
        _("Verantwortlich für ein Gebiet"),
        _(
            "Pflegt Orte und Organisationen des Gebiets, liest und beantwortet Anliegen, gibt Menschen Rollen"
            " und nimmt sie zurück."
        ),
    ),
    "clerk": RoleWords(
        _("Sachbearbeitung"),
        _("Pflegt und veröffentlicht Orte des Gebiets, liest, beantwortet und entscheidet Anliegen."),
    ),
    "planner": RoleWords(
        _("Planung"),
        _("Schreibt und veröffentlicht Projekte des Gebiets und sieht, was dort nur intern sichtbar ist."),
    ),
    "trainer": RoleWords(
        _("Pflegt die Orte der eigenen Organisation"),
        _("Schreibt Änderungen an den Orten der Organisation; die Stadt sieht sie an, bevor alle sie lesen."),
    ),
    "moderator": RoleWords(
        _("Moderation"),
        _(
            "Liest und beantwortet Anliegen des Gebiets, entscheidet über gemeldete Beiträge und sieht Entwürfe."
        ),
    ),
    OPERATOR: RoleWords(
        _("Betrieb"),
        _("Betreibt die Plattform: verwaltet Schlüssel, Gebiete, Sensoren und alle Rollen, überall."),
    ),
    "council": RoleWords(
        _("Mitglied eines Beirats"),
        _("Sieht auch, was im eigenen Gebiet nur intern sichtbar ist. Ändert keine Einträge."),
    ),
}


def checked_role(role: str, area: int | None) -> str:
    """A role that there is; operators are operators of the whole node."""
    if role not in ROLES:
        raise Refusal(
            "role.unknown", _("Diese Rolle gibt es nicht."), cure=_("Wählen Sie eine aus."), field="role"
        )
    if role == OPERATOR and area is not None:
        raise Refusal(
            "role.operator-everywhere",
            _("Wer die Plattform betreibt, tut das überall."),
            cure=_("Lassen Sie das Gebiet leer."),
            field="area",
        )
    return role
