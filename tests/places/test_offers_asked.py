# SPDX-License-Identifier: EUPL-1.2
"""A wish in an address says the same as the wish; and the page shows what the rule says it should."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.places.models import Occasion
from smilecity.places.rules.difference import SPOKEN
from smilecity.places.rules.offers import CATEGORIES, KINDS, Wish, answers
from smilecity.places.rules.offers.addressing import ACCESS, WHOLE_DAY, asked, query, without
from tests.places.offers_ground import keep

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 26)

hours = st.tuples(st.integers(0, WHOLE_DAY - 1), st.integers(1, WHOLE_DAY)).filter(
    lambda one: one[0] < one[1]
)
slugs = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9})?", fullmatch=True)
whens: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.sampled_from(["", "now", "today", "tomorrow", "weekend"]).map(lambda when: {"when": when}),
    st.integers(0, 400).map(lambda ahead: {"when": "day", "day": TODAY + timedelta(days=ahead)}),
)
wishes = st.builds(
    lambda when, said: Wish(**when, **said),
    whens,
    st.fixed_dictionaries(
        {
            "q": st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(str.strip),
            "hours": st.none() | hours,
            "weekday": st.none() | st.integers(1, 7),
            "kind": st.sampled_from(["", *KINDS]),
            "category": st.sampled_from(["", *CATEGORIES]),
            "place": st.just("") | slugs,
            "area": st.just("") | slugs,
            "near": st.none() | st.tuples(st.integers(-90, 90), st.integers(-89, 89)).map(lambda p: (p[0] / 2, p[1] / 2)),
            "age": st.none() | st.integers(0, 120),
            "free": st.booleans(),
            "language": st.sampled_from(["", *SPOKEN]),
            "access": st.sets(st.sampled_from([*ACCESS])).map(
                lambda chosen: tuple(one for one in ACCESS if one in chosen)
            ),
            "organiser": st.just("") | slugs,
            "unknown": st.booleans(),
        }
    ),
)  # fmt: skip


@given(wishes)
def test_an_address_says_the_whole_wish(wish: Wish) -> None:
    assert asked(QueryDict(query(wish)), NOW, ZONE) == wish


@given(wishes)
def test_taking_every_part_away_leaves_nothing(wish: Wish) -> None:
    for name in Wish.__dataclass_fields__:
        for value in wish.access if name == "access" else ("",):
            wish = without(wish, name, value)
    assert wish == Wish()


@given(
    st.dictionaries(
        st.sampled_from([*Wish.__dataclass_fields__, "from", "to"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    )
)
def test_whatever_is_typed_is_a_wish_or_a_refusal(typed: dict[str, str]) -> None:
    given_query = QueryDict(mutable=True)
    given_query.update(typed)
    try:
        asked(given_query, NOW, ZONE).span(NOW, ZONE)
    except Refusal as refusal:
        assert refusal.field
        assert refusal.status < 500


def some_offers(chance: random.Random) -> None:
    for number in range(60):
        start = NOW + timedelta(hours=chance.randrange(-3, 24 * 9))
        ages = sorted((chance.randrange(0, 70), chance.randrange(0, 70)))
        keep(
            f"n{number}", start, hours=chance.choice((1, 2, 30)), weeks=chance.choice((0, 0, 3)),
            kind=chance.choice([*KINDS]), category=chance.choice(("sport", "culture")),
            age_from=chance.choice((None, ages[0])), age_to=chance.choice((None, ages[1])),
            free=chance.choice((None, True, False)), languages=chance.choice(([], ["de"], ["de", "uk"])),
            access=chance.choice(({}, {"step_free": "yes"}, {"sign_language": "yes", "step_free": "no"})),
        )  # fmt: skip


def a_wish(chance: random.Random) -> Wish:
    when = chance.choice(("", "now", "today", "tomorrow", "weekend", "day"))
    return Wish(
        when=when, day=TODAY + timedelta(days=chance.randrange(9)) if when == "day" else None,
        hours=chance.choice((None, None, (600, 900), (0, 1000))),
        weekday=chance.choice((None, None, chance.randrange(1, 8))),
        kind=chance.choice(("", *KINDS)), category=chance.choice(("", "", "sport")), age=chance.choice((None, 5, 40)),
        free=chance.random() < 0.3, language=chance.choice(("", "", "uk")),
        access=chance.choice(((), (), ("step_free",))), unknown=chance.random() < 0.5,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_page_shows_what_the_rule_says(client: Client) -> None:
    chance = random.Random(26)
    found = 0
    with clock.frozen(NOW):
        some_offers(chance)
        dates = list(Occasion.objects.select_related("offer__noun").order_by("id"))
        for _ in range(60):
            wish = a_wish(chance)
            expected = sorted(
                one.offer.noun.title["de"]
                for one in dates
                if answers(wish, vars(one.offer), (one.during.lower, one.during.upper), NOW, ZONE)
            )
            shown, after = [], ""
            while True:
                cache.clear()
                page = client.get(f"/offers/?{query(wish)}{after}").content.decode()
                shown += re.findall(r'smile-stretched" href="/offers/[^"]*">([^<]+)</a>', page)
                more = re.search(r'hx-get="\?[^"]*after=([^"&]+)', page)
                if more is None:
                    break
                after = f"&after={more[1]}"
            assert sorted(shown) == expected, query(wish)
            found += len(shown)
    assert found > 100  # the wishes did find something
