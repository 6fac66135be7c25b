# SPDX-License-Identifier: EUPL-1.2
"""Who publishes without a look: granted, shown with since and by whom, and taken back with a reason."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from smilecity.core import links
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places import facts
from smilecity.places.actions import offers
from smilecity.places.reads import offers as reads
from smilecity.places.rules import offers as rules
from tests.house.town import Town, founded

pytestmark = pytest.mark.django_db
PAGE = "/desk/offers/trust/"


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    return founded()


def signed_in(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.accounts[name])
    return client


def text(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def said() -> list[dict[str, Any]]:
    return list(
        LogEntry.objects.filter(verb=facts.OFFERS_TRUSTED).order_by("id").values_list("data", flat=True)
    )


def test_it_is_granted_and_taken_back_with_a_reason(town: Town) -> None:
    petra, club = signed_in(town, "petra"), town.organisations["club-a"]
    assert "Noch keine" in text(petra.get(PAGE))
    assert petra.post(PAGE, {"then": "grant", "organisation": club.pk}).status_code == 302
    area = club.noun.area_id
    assert reads.is_trusted(NODE, club.pk, area)
    page = text(petra.get(PAGE))
    assert re.search(r"club-a town · seit \d\d\.\d\d\.\d{4} · durch \w+", page), page
    without = petra.post(PAGE, {"then": "withdraw", "organisation": club.pk})
    assert without.status_code == 422 and 'id="withdrawform_reason_error"' in without.content.decode()
    assert reads.is_trusted(NODE, club.pk, area)
    taken = petra.post(PAGE, {"then": "withdraw", "organisation": club.pk, "reason": "wrong"})
    assert taken.status_code == 302 and not reads.is_trusted(NODE, club.pk, area)
    assert "Angaben stimmten mehrmals nicht" in text(petra.get(PAGE))
    assert said() == [{"trusted": True}, {"trusted": False, "reason": "wrong"}]


def test_said_twice_it_is_once(town: Town) -> None:
    club = town.organisations["club-a"].pk
    for trusted in (True, True, False, False):
        offers.trust_organisation(NODE, club, trusted=trusted)
    assert said() == [{"trusted": True}, {"trusted": False}]


def test_taken_back_it_is_also_where_the_organisation_was_before(town: Town) -> None:
    club = town.organisations["club-a"]
    links.link(club.pk, rules.TRUSTED, town.area("region"))
    offers.trust_organisation(NODE, club.pk, trusted=False)
    assert not reads.is_trusted(NODE, club.pk, town.area("region"))


@pytest.mark.parametrize("name", ["rita", "karim", "mia"])
def test_only_those_of_an_area_decide(town: Town, name: str) -> None:
    assert signed_in(town, name).get(PAGE).status_code == 403


def test_of_another_area_nobody_decides_or_learns(town: Town) -> None:
    nils, club = signed_in(town, "nils"), town.organisations["club-a"]
    offers.trust_organisation(NODE, club.pk, trusted=True)
    assert "club-a" not in text(nils.get(PAGE))
    for then in ("grant", "withdraw"):
        answer = nils.post(PAGE, {"then": then, "organisation": club.pk, "reason": "other"})
        assert answer.status_code == 422
    assert reads.is_trusted(NODE, club.pk, club.noun.area_id)


@pytest.mark.parametrize("organisation", ["", "x", "987654321", "9" * 40])
def test_who_is_not_there_is_said_beside_the_field(town: Town, organisation: str) -> None:
    answer = signed_in(town, "petra").post(PAGE, {"then": "grant", "organisation": organisation})
    assert answer.status_code == 422
    assert 'id="trustform_organisation_error"' in answer.content.decode()
    assert said() == []


def test_a_reason_is_one_of_those_known(town: Town) -> None:
    with pytest.raises(Refusal) as caught:
        offers.trust_organisation(NODE, town.organisations["club-a"].pk, trusted=False, reason="<b>")
    assert caught.value.code == "offer.trust-reason"


def test_the_list_asks_a_constant_number_of_questions(
    town: Town, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for one in town.organisations.values():
        offers.trust_organisation(NODE, one.pk, trusted=True)
    with django_assert_max_num_queries(4):
        assert len(reads.trusts(town.who["petra"])) == 4
