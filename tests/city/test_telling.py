# SPDX-License-Identifier: EUPL-1.2
"""From the log to inboxes: everyone whom it concerns hears of it once, and nobody else."""

import asyncio
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from smilecity.citizens.facts import FOR_AUTHORS
from smilecity.city import telling
from smilecity.core import log, nouns, words
from smilecity.core.models import LogEntry, LogReader, Noun
from smilecity.core.numberer import number_once
from smilecity.core.who import NODE, Who
from smilecity.people import actions, reads
from smilecity.people.models import Account, Notice, Organisation
from smilecity.people.reads import who_is
from tests.conftest import Person
from tests.core.numbering import number_entries

pytestmark = pytest.mark.django_db

Organisations = Callable[..., Organisation]


def area(slug: str, above: Noun | None = None) -> Noun:
    with transaction.atomic():
        return nouns.put(
            "area", f"areas/{slug}", {"de": slug}, area=above.pk if above else None, visibility="public"
        )


def place(slug: str, visibility: str = "public", **more: int | None) -> Noun:
    with transaction.atomic():
        return nouns.put("place", f"places/{slug}", {"de": slug}, visibility=visibility, **more)


def happened(who: Who, verb: str, noun: Noun | None = None, **data: object) -> None:
    with transaction.atomic():
        log.append(who, verb, noun=noun.pk if noun else None, data=data)


def told() -> dict[str, list[str]]:
    """What everybody was told by now: pseudonym -> verbs, in order."""
    number_entries()
    telling.tell_waiting()
    found: dict[str, list[str]] = {}
    for name, verb in Notice.objects.order_by("entry").values_list("account__pseudonym", "verb"):
        found.setdefault(name, []).append(verb)
    return found


def test_followers_hear_of_news_but_not_of_what_is_not_ready(person: Person) -> None:
    anna, court = person("anna"), place("court")
    actions.follow(who_is(anna), court.pk)
    for verb in ("change-begun", "change-sent", "change-returned", "sense-kept", "place-given"):
        happened(NODE, verb, court)
    assert told() == {}
    happened(NODE, "change-published", court)
    happened(NODE, "place-kept", court)
    assert told() == {"Anna": ["place-kept"]}  # several ways to change it are one piece of news


def test_nobody_hears_of_what_they_did_themselves(person: Person) -> None:
    anna, bert, court = person("anna"), person("bert"), place("court")
    for one in (anna, bert):
        actions.follow(who_is(one), court.pk)
    happened(who_is(anna), "place-kept", court)
    happened(who_is(anna), "role-given", None, account=anna.pk, role="clerk")
    assert told() == {"Bert": ["place-kept"]}


def test_followers_of_what_was_hidden_hear_nothing_more(person: Person, organisation: Organisations) -> None:
    city = area("city")
    department = organisation("department", "Amt", city.pk)
    anna, carla = person("anna"), person("carla", ("clerk", department, city.pk))
    court = place("court", area=city.pk)
    for one in (anna, carla):
        actions.follow(who_is(one), court.pk)
    hidden = place("court", "draft", area=city.pk)
    happened(NODE, "place-kept", hidden)
    assert told() == {"Carla": ["place-kept"]}


def test_a_need_reaches_its_keeper_and_those_who_look_after_the_area(
    person: Person, organisation: Organisations
) -> None:
    city, other = area("city"), area("other")
    district = area("district", city)
    club, rival = organisation("club", "SV Hafen", district.pk), organisation("club", "TSV", district.pk)
    office = organisation("department", "Amt", city.pk)
    for name, *role in (
        ("karim", "trainer", club, district.pk),
        ("tina", "trainer", rival, district.pk),
        ("petra", "clerk", office, city.pk),
        ("stefan", "steward", office, city.pk),
        ("nils", "clerk", office, other.pk),
        ("paul", "planner", office, city.pk),
        ("olga", "operator", office, None),
    ):
        person(name, tuple(role))
    person("anna")
    need = place("need", "draft", area=district.pk, keeper=club.pk)
    happened(NODE, "need-said", need)
    assert told() == {"Karim": ["need-said"], "Petra": ["need-said"], "Stefan": ["need-said"]}


def test_a_change_reaches_those_who_may_publish_it(person: Person, organisation: Organisations) -> None:
    city = area("city")
    club, office = organisation("club", "SV Hafen", city.pk), organisation("department", "Amt", city.pk)
    karim = person("karim", ("trainer", club, city.pk))
    person("kollege", ("trainer", club, city.pk))
    person("petra", ("clerk", office, city.pk))
    court = place("court", area=city.pk, keeper=club.pk)
    happened(who_is(karim), "change-sent", court, change=1, author=karim.pk)
    assert told() == {"Petra": ["change-sent"]}


@pytest.mark.parametrize("verb", ["change-published", "change-returned", "need-answered"])
def test_authors_hear_what_became_of_it_once(person: Person, verb: str) -> None:
    anna, court = person("anna"), place("court")
    actions.follow(who_is(anna), court.pk)
    happened(NODE, verb, court, author=anna.pk)
    assert told() == {"Anna": [verb]}
    assert Notice.objects.get().data == {"mine": True}


def test_a_person_hears_of_their_roles(person: Person, organisation: Organisations) -> None:
    anna, club = person("anna"), organisation("club", "SV Hafen")
    for verb in ("role-given", "role-ended"):
        happened(NODE, verb, club.noun, account=anna.pk, role="trainer")
    assert told() == {"Anna": ["role-given", "role-ended"]}


@pytest.mark.parametrize("author", ["12", None, True, 10**12, {"id": 1}, [1]])
def test_entries_that_name_nobody_do_no_harm(person: Person, author: object) -> None:
    court = place("court")
    happened(NODE, "change-published", court, author=author)
    happened(NODE, "need-said")
    with transaction.atomic():
        log.append(NODE, "place-kept", noun=10**12)
    assert told() == {}


def test_those_who_left_are_told_nothing(person: Person) -> None:
    anna, court = person("anna"), place("court")
    actions.follow(who_is(anna), court.pk)
    Account.objects.update(is_active=False)
    happened(NODE, "place-kept", court)
    assert told() == {}


def test_a_reader_that_starts_again_tells_nothing_twice(person: Person) -> None:
    anna, court = person("anna"), place("court")
    actions.follow(who_is(anna), court.pk)
    happened(NODE, "place-kept", court)
    happened(NODE, "change-returned", court, author=anna.pk)
    first = told()
    actions.mark_read(who_is(anna))
    LogReader.objects.update(position=0)
    assert told() == first


def test_many_entries_cost_no_more_queries_than_few(person: Person, organisation: Organisations) -> None:
    city = area("city")
    office = organisation("department", "Amt", city.pk)
    people = [person(f"p{number}", ("clerk", office, city.pk)) for number in range(6)]

    def cost(size: int) -> int:
        for number in range(size):
            court = place(f"court-{size}-{number}", "draft" if number % 2 else "public", area=city.pk)
            for one in people:
                actions.follow(who_is(one), court.pk)
            with transaction.atomic():
                for verb in ("place-kept", "need-said", "change-sent"):
                    log.append(NODE, verb, noun=court.pk, data={"author": people[0].pk})
        entries = list(LogEntry.objects.order_by("-id")[: 3 * size])
        with CaptureQueriesContext(connection) as asked:
            telling.tell(entries)
        return len(asked)

    cost(1)
    assert cost(12) == cost(2)
    assert reads.unread(who_is(people[0])) > 30


@pytest.mark.django_db(transaction=True)
def test_it_wakes_by_itself_when_the_log_grows(person: Person, database_url: str) -> None:
    anna, court = person("anna"), place("court")
    actions.follow(who_is(anna), court.pk)

    def count() -> int:
        try:
            return Notice.objects.count()
        finally:
            connection.close()

    def grow() -> None:
        try:
            happened(NODE, "place-kept", court)
            number_once(database_url)
        finally:
            connection.close()

    async def scene() -> None:
        work = asyncio.create_task(telling.keep_telling(database_url))
        try:
            await asyncio.sleep(0.2)
            await asyncio.to_thread(grow)
            async with asyncio.timeout(10):
                while await asyncio.to_thread(count) == 0:
                    await asyncio.sleep(0.05)
        finally:
            work.cancel()

    asyncio.run(scene())


def test_whoever_is_told_as_a_needs_author_may_go_there() -> None:
    """Else what is told of a need that is not published would lead nowhere."""
    told = {
        verb for verb, person in telling.PERSON.items() if verb.startswith("need-") and person == "author"
    }
    assert told == FOR_AUTHORS
    assert all(words.is_for_author(verb) for verb in told)
