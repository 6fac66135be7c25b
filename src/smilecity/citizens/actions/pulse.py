# SPDX-License-Identifier: EUPL-1.2
"""The pulse: keeping a question, answering it without leaving a trace, opening and closing its rounds by the clock."""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, rights
from smilecity.citizens.models import Pulse, PulseCount, PulseMark, PulseRound
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules import hiding, pulse
from smilecity.citizens.rules.hiding import Cell
from smilecity.core import clock, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.space import reads as space

Key = tuple[int | None, str]  # area and age

# Shared: who answers never waits for others who do, only for the round that closes.
_HOLD = "SELECT 1 FROM citizens_pulseround WHERE id = %s FOR SHARE"
_MARK = "INSERT INTO citizens_pulsemark (mark, round_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_COUNT = """
INSERT INTO citizens_pulsecount (round_id, area_id, age, counts) VALUES (%(round)s, %(area)s, %(age)s, %(first)s)
ON CONFLICT (round_id, area_id, age) DO UPDATE
SET counts[%(step)s] = citizens_pulsecount.counts[%(step)s] + 1
"""


def keep_pulse(
    who: Who, slug: str, asking: pulse.Asking, *, area: int | None = None, public: bool = False
) -> Pulse:
    """Ask this of the people of an area (`None`: of all), or change it; an empty `slug` is a new question.

    Once a round was opened, what is compared stays: question, answers, area and rhythm. A public question whose day it
    is opens at once. Lock: the question's row, for a new one its address.
    """
    kept = pulse.checked(asking)
    with transaction.atomic():
        known = _taken(who, slug) if slug else None
        _ask(who, area)
        if known is not None and reads.was_asked(who, known):
            _compared(known, kept, area)
        noun = nouns.put(
            "pulse",
            known.noun.address if known else f"pulse/{_free(kept.title)}",
            kept.title,
            text=kept.text,
            area=area,
            visibility=Noun.PUBLIC if public else Noun.DRAFT,
        )
        row = _row(noun, kept)
        log.append(who, facts.PULSE_KEPT, noun=noun.pk)
        _open_due(row)
        return row


def answer_pulse(
    who: Who, round_id: int, *, form: UUID, value: int, area: int | None = None, age: str = ""
) -> None:
    """Count an answer, once for an account; without one, once for a form. Refuses the second with `pulse.answered`.

    Nothing is kept of the answer but that one number is higher by one, and nothing comes into the log. Lock: the round,
    shared, so that it closes with all answers or none; the unique mark is the proof.
    """
    value, age = pulse.checked_answer(value, age)
    if not rights.may_answer_pulse(who, without_account=settings.SMILE.pulse_without_account):
        raise Refusal(
            "pulse.sign-in", _("Dafür brauchen Sie ein Konto."), status=403,
            cure=_("Melden Sie sich an. Ihre Antwort steht trotzdem nirgends bei Ihrem Namen."),
        )  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOLD, [round_id])
        one = _answerable(round_id)
        if area is not None and area not in {part.id for part in reads.parts(NODE, one.pulse)}:
            raise Refusal(
                "pulse.area", _("Dieses Gebiet gehört nicht dazu."), field="area", status=422,
                cure=_("Wählen Sie eines aus der Liste, oder keins."),
            )  # fmt: skip
        cursor.execute(_MARK, [reads.mark(one, who, form), one.pk])
        if not cursor.rowcount:
            raise Refusal("pulse.answered", _("Ihre Antwort in dieser Runde ist schon gezählt."), status=409)
        first = [int(step == value) for step in range(1, pulse.STEPS + 1)]
        cursor.execute(_COUNT, {"round": one.pk, "area": area, "age": age, "first": first, "step": value})


def turn_rounds(who: Who) -> int:
    """Close the rounds whose time is over and open those whose day has come; how many. Again it changes nothing.

    Lock: each round's row, then each question's.
    """
    if not rights.may_turn_rounds(who):
        raise Refusal("pulse.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        over = PulseRound.objects.filter(closed_at=None, closes_at__lte=clock.now())
        rounds = list(over.select_for_update(of=("self",)).select_related("pulse__noun").order_by("id"))
        for one in rounds:
            close(one)
        running = Pulse.objects.filter(noun__visibility=Noun.PUBLIC).select_related("noun")
        opened = [_open_due(one) for one in running.select_for_update(of=("self",)).order_by("pk")]
        return len(rounds) + sum(opened)


def close(one: PulseRound) -> None:
    """Make the round's result and destroy all else, in the caller's transaction, which holds the round."""
    counted = {(row.area_id, row.age): tuple(row.counts) for row in one.counts.all()}
    one.result = hiding.result(_by_area(one, counted), _by_age(counted), one.threshold)
    one.closed_at, one.secret = clock.now(), None
    one.save(update_fields=["result", "closed_at", "secret"])
    PulseMark.objects.filter(round=one).delete()
    PulseCount.objects.filter(round=one).delete()
    log.append(NODE, facts.PULSE_CLOSED, noun=one.pulse_id)


def midnight(day: date) -> datetime:
    """When a day begins in the city."""
    return datetime.combine(day, time.min, tzinfo=settings.SMILE.zone)


def open_round(of: Pulse, number: int) -> PulseRound:
    """Open this round, in the caller's transaction, which holds the question."""
    opens = pulse.opening(of.since, of.rhythm, number)
    return PulseRound.objects.create(
        pulse=of,
        number=number,
        threshold=of.threshold,
        opens_at=midnight(opens),
        closes_at=midnight(opens + timedelta(days=of.days)),
        secret=secrets.token_bytes(32),
    )


def _open_due(of: Pulse) -> bool:
    number = pulse.due(reads.asking(of), space.today())
    taken = PulseRound.objects.filter(pulse=of)
    if not number or of.noun.visibility != Noun.PUBLIC:
        return False
    if taken.filter(number=number).exists() or taken.filter(closed_at=None).exists():
        return False
    open_round(of, number)
    log.append(NODE, facts.PULSE_OPENED, noun=of.pk)
    return True


def _answerable(round_id: int) -> PulseRound:
    """The round, if it can be answered in now."""
    found = PulseRound.objects.select_related("pulse__noun").filter(pk=round_id).first()
    now = clock.now()
    if found is None or found.pulse.noun.visibility != Noun.PUBLIC:
        raise Refusal("pulse.unknown", _("Diese Frage gibt es nicht."), status=404)
    if found.closed_at is not None or not found.opens_at <= now < found.closes_at:
        raise Refusal(
            "pulse.closed", _("Diese Runde ist vorbei."), status=409,
            cure=_("Sehen Sie sich das Ergebnis an. Wir fragen bald wieder."),
        )  # fmt: skip
    return found


def _by_area(one: PulseRound, counted: Mapping[Key, hiding.Counts]) -> Cell:
    """All answers by area: quarters in their districts; those who did not say, and areas of former days, beside them."""
    known = {part.id: part for part in reads.parts(NODE, one.pulse)}
    above: dict[int | None, list[Cell]] = {}
    for area in dict.fromkeys((*known, *(area for area, _age in counted), None)):
        leaf = _sum(str(area or ""), (counts for (where, _a), counts in counted.items() if where == area))
        part = known.get(area or 0)
        above.setdefault(part.above if part else None, []).append(leaf)
    alone = above.pop(None, [])
    districts = [hiding.together(str(key), tuple(leaves), pulse.STEPS) for key, leaves in above.items()]
    return hiding.together("all", (*districts, *alone), pulse.STEPS)


def _by_age(counted: Mapping[Key, hiding.Counts]) -> Cell:
    leaves = [
        _sum(age, (counts for (_area, group), counts in counted.items() if group == age))
        for age in (*pulse.AGES, "")
    ]
    return hiding.together("all", tuple(leaves), pulse.STEPS)


def _sum(key: str, counts: Iterable[hiding.Counts]) -> Cell:
    return Cell(key, hiding.added(counts, pulse.STEPS))


def _taken(who: Who, slug: str) -> Pulse:
    """The question, held, if this person may change it; else as if it were not there."""
    found = Pulse.objects.select_for_update(of=("self",)).select_related("noun")
    known = found.filter(noun__address=f"pulse/{slug}").first()
    if known is None or not rights.may_ask(who, known.noun.area_id):
        raise Refusal("pulse.unknown", _("Diese Frage gibt es nicht."), status=404)
    return known


def _ask(who: Who, area: int | None) -> None:
    if not rights.may_ask(who, area):
        raise Refusal(
            "pulse.not-yours", _("Die Menschen dieses Gebiets fragen andere."), field="area", status=403
        )
    if area is not None and not Noun.objects.filter(pk=area, kind="area").exists():
        raise Refusal("pulse.area", _("Dieses Gebiet gibt es nicht."), field="area", status=422)


def _compared(known: Pulse, kept: pulse.Asking, area: int | None) -> None:
    if known.noun.area_id != area or reads.asking(known).compared() != kept.compared():
        raise Refusal(
            "pulse.compared",
            _("Diese Frage ist schon gestellt: Frage, Antworten, Gebiet, Rhythmus und erster Tag bleiben."),
            cure=_("Sonst ließen sich die Runden nicht vergleichen. Setzen Sie ein Ende, und stellen Sie eine neue."),
            status=409,
        )  # fmt: skip


def _row(noun: Noun, kept: pulse.Asking) -> Pulse:
    row, _created = Pulse.objects.update_or_create(
        noun=noun,
        defaults={
            "labels": {language: list(words) for language, words in kept.labels.items()},
            "rhythm": kept.rhythm,
            "days": kept.days,
            "level": kept.level,
            "threshold": kept.threshold,
            "since": kept.since,
            "until": kept.until,
        },
    )
    row.noun = noun
    return row


def _free(title: pulse.Texts) -> str:
    """The last part of a new question's address, made of its words."""
    words = re.sub(r"[^a-z0-9]+", "-", nouns.sort_key(next(iter(title.values()))))[:60].strip("-") or "puls"
    taken = set(Noun.objects.filter(address__startswith=f"pulse/{words}").values_list("address", flat=True))
    taken |= {"pulse/results", "pulse/new"}  # pages of their own
    free = (f"{words}-{n}" if n else words for n in range(len(taken) + 2) if n != 1)
    return next(slug for slug in free if f"pulse/{slug}" not in taken)
