# SPDX-License-Identifier: EUPL-1.2
"""Writes: what residents are told of a thing, and who may see it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.things import facts, rights
from smilecity.things.actions.desk import refused
from smilecity.things.models import Thing
from smilecity.things.rules import declaration
from smilecity.things.rules.declaration import Declaration

LACKING: dict[str, Sentence] = {
    declaration.PURPOSE: _("wozu er misst"),
    declaration.OPERATOR: _("wer ihn betreibt"),
    declaration.RETENTION: _("wie lange die Messwerte bleiben"),
}
FIELDS = {
    declaration.PURPOSE: "purpose_de",
    declaration.OPERATOR: "operator",
    declaration.RETENTION: "days",
}


def declare(
    who: Who,
    noun_id: int,
    said: Declaration,
    *,
    visibility: str,
    keeper: int | None = None,
    seen: str = "",
) -> Thing:
    """Say what the thing is for, who runs it (an organisation by its noun's id, or a name) and how long values stay.

    Refuses to show it to all without these. `seen` is the noun's `changed_at` (ISO) as the writer saw it: what was
    changed since is not overwritten. Lock: the thing's noun.
    """
    said = replace(
        said,
        purpose=_texts(said.purpose),
        legal_basis=_texts(said.legal_basis),
        safeguard=_texts(said.safeguard),
        operator=said.operator.strip(),
    )
    with transaction.atomic():
        noun = Noun.objects.select_for_update().filter(id=noun_id, kind="thing").first()
        thing = Thing.objects.filter(noun=noun_id).first()
        if noun is None or thing is None or not rights.may_declare(who, noun.area_id):
            raise unknown()
        if seen and noun.changed_at.isoformat() != seen:
            raise refused(
                "thing.meanwhile",
                _("Inzwischen hat jemand anders diese Angaben geändert."),
                "",
                cure=_("Sehen Sie nach, was jetzt dort steht, und schicken Sie Ihre Fassung noch einmal ab."),
                status=409,
            )
        runs_it = _runs_it(said, keeper)
        _check(said, runs_it, visibility)
        noun.visibility, noun.keeper_id, noun.changed_at = visibility, keeper, clock.now()
        noun.save(update_fields=["visibility", "keeper", "changed_at"])
        for name, value in asdict(said).items():
            setattr(thing, name, value)
        thing.save(update_fields=list(asdict(said)))
        log.append(who, facts.THING_DECLARED, noun=noun.id, data={"visibility": visibility})
        return thing


def unknown() -> Refusal:
    """The refusal of a thing that is not there, or not for this person."""
    return Refusal(
        "thing.unknown",
        _("Diesen Sensor gibt es hier nicht."),
        cure=_("Vielleicht finden Sie ihn in der Liste der Sensoren."),
        status=404,
    )


def _texts(given: Mapping[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in given.items() if text.strip()}


def _runs_it(said: Declaration, keeper: int | None) -> str:
    """Who runs it, in words; refuses an organisation that is not there."""
    if keeper is None:
        return said.operator
    found = Noun.objects.filter(id=keeper, kind="organisation").first()
    if found is None:
        raise refused("thing.unknown-keeper", _("Diese Organisation gibt es nicht."), "keeper", status=422)
    return next(iter(found.title.values()), "")


def _check(said: Declaration, runs_it: str, visibility: str) -> None:
    if visibility not in declaration.VISIBILITIES:
        raise refused("thing.visibility", _("Diese Sichtbarkeit gibt es nicht."), "visibility", status=422)
    if said.retention is not None and not timedelta(0) < said.retention <= declaration.MOST_RETENTION:
        raise refused(
            "thing.retention",
            _("Messwerte bleiben mindestens einen Tag, höchstens hundert Jahre."),
            "days",
            status=422,
        )
    texts = (*said.purpose.values(), *said.legal_basis.values(), *said.safeguard.values(), said.operator)
    if any(len(text) > declaration.MOST_TEXT or "\0" in text for text in texts):
        raise refused(
            "thing.text-too-long",
            _("Das ist zu lang. Es passen %(most)d Zeichen.") % {"most": declaration.MOST_TEXT},
            "",
            status=422,
        )
    lacking = declaration.missing(said.purpose, runs_it, said.retention)
    if visibility == declaration.PUBLIC and lacking:
        raise refused(
            "thing.not-declared",
            _("Alle sehen einen Sensor erst, wenn gesagt ist: %(what)s.")
            % {"what": ", ".join(str(LACKING[one]) for one in lacking)},
            FIELDS[lacking[0]],
            status=422,
        )
