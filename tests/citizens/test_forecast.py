# SPDX-License-Identifier: EUPL-1.2
"""How long things take: as a plain reckoning says, with what is still open counted as "longer than until now"."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens import actions, reads
from smilecity.citizens.models import Category, Need, Usual
from smilecity.citizens.rules import KeptCategory, Spread, still, usually
from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import ANYONE, NODE
from tests.citizens.town import noun

DECIDED = ("done", "done", "refused", "answered", "accepted", "merged", "referred", "")
DAYS = st.floats(0, 400, allow_nan=False)


def kaplan_meier(cases: list[tuple[float, bool]], share: float) -> float | None:
    """After how many days this share has ended; nothing if it never comes to that."""
    left = 1.0
    for moment in sorted({days for days, _ended in cases}):
        at_risk = sum(days >= moment for days, _ended in cases)
        left *= 1 - sum(ended for days, ended in cases if days == moment) / at_risk
        if left <= 1 - share + 1e-9:
            return moment
    return None


def keep(category: Category, area: int, cases: list[tuple[int, str]]) -> None:
    """Needs that were decided after so many days; with an empty decision they wait since then."""
    now = clock.now()
    for number, (days, decision) in enumerate(cases):
        said = now - timedelta(days=days if not decision else 360)
        form = uuid4()
        kept = noun("need", f"needs/{form}", f"N{number}", area_id=area)
        Need.objects.create(
            noun=kept, kind="problem", words="x", language="de", form=form, category=category, said_at=said,
            state="closed" if decision else "open", decision=decision, answer="Ja." if decision else "",
            answered_at=said + timedelta(days=days) if decision else None,
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_spread_is_as_reckoned_by_hand(db: None, seed: int) -> None:
    drawn = random.Random(seed)
    category = actions.keep_category(NODE, KeptCategory("lampe", {"de": "Lampe"}))
    city = noun("area", "areas/c", "C").id
    quarters = [noun("area", f"areas/q{one}", "Q", area_id=city).id for one in range(2)]
    every: dict[int, list[tuple[int, str]]] = {}
    for area in quarters:
        every[area] = [(drawn.randint(1, 40), drawn.choice(DECIDED)) for _ in range(drawn.randint(4, 30))]
        keep(category, area, every[area])
    actions.reckon_usual(NODE)
    groups = {quarters[0]: every[quarters[0]], quarters[1]: every[quarters[1]]}
    groups[city] = groups[quarters[0]] + groups[quarters[1]]
    for area, said in [*groups.items(), (None, groups[city])]:
        cases = [(float(days), decision not in ("", "merged", "referred")) for days, decision in said]
        ended, slow = sum(end for _days, end in cases), kaplan_meier(cases, 0.75)
        found = Usual.objects.filter(category=category, area=area).first()
        assert (found is not None) == (ended >= 10 and slow is not None)
        if found is not None:
            expected = [kaplan_meier(cases, share) for share in (0.25, 0.5, 0.75)]
            assert [found.quick, found.median, found.slow] == pytest.approx(expected, abs=1e-3)
            assert found.count == ended


def test_the_nearest_area_of_which_enough_is_known_answers(db: None) -> None:
    category = actions.keep_category(NODE, KeptCategory("lampe", {"de": "Lampe"}))
    city = noun("area", "areas/c", "C").id
    quarter = noun("area", "areas/q", "Q", area_id=city).id
    assert reads.usual(ANYONE, category, quarter) is None
    everywhere, there = (Usual(category=category, count=20, quick=1, median=2, slow=days) for days in (9, 5))
    everywhere.save()
    assert reads.usual(ANYONE, category, quarter) == Spread(1, 2, 9)
    there.area = Noun.objects.get(id=city)
    there.save()
    assert reads.usual(ANYONE, category, quarter) == Spread(1, 2, 5)
    assert reads.usual(ANYONE, category) == Spread(1, 2, 9)


@given(days=st.tuples(DAYS, DAYS, DAYS), waited=DAYS)
def test_sentences_never_promise_nothing_or_less(days: tuple[float, float, float], waited: float) -> None:
    spread = Spread(*sorted(days))
    for sentence in (usually(spread), still(spread, waited)):
        assert sentence and " 0 " not in sentence and "-" not in sentence


def test_what_is_said_of_a_spread() -> None:
    assert usually(Spread(2.2, 4.8, 8.1)).startswith("Die Hälfte solcher Meldungen ist nach 3 bis 9 Tagen")
    assert "Wochen" in usually(Spread(20, 40, 70))
    assert still(Spread(3, 5, 9), 1) == "Wahrscheinlich dauert es noch 2 bis 8 Tage."
    assert still(Spread(3, 5, 9), 8.5) == "Wahrscheinlich dauert es noch höchstens 1 Tag."
    assert "länger" in still(Spread(3, 5, 9), 9)
