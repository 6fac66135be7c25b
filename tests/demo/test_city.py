# SPDX-License-Identifier: EUPL-1.2
"""What stands in the demo city when it has moved in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from smilecity.citizens.models import Need
from smilecity.city import identity, telling
from smilecity.city.boot import Node
from smilecity.city.demo import founding
from smilecity.city.settings import Settings
from smilecity.core.models import LogEntry, LogHead, LogReader, Noun
from smilecity.people import demo as people
from smilecity.people import reads
from smilecity.people.models import Account, Follow, Notice, RoleHeld
from smilecity.people.reads import who_is
from smilecity.places import demo as places
from smilecity.places.models import Change, Place
from smilecity.things.demo.fleet import FLEET
from smilecity.things.models import Device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city_looked_up_anew() -> Iterator[None]:
    identity.forget()
    yield
    identity.forget()


@pytest.fixture(scope="module")
def city(founded: tuple[str, Path], django_db_setup: None) -> Iterator[Node]:
    name, folder = founded
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", name)
        yield Node(Settings(), folder, os.environ["DATABASE_URL"])
        connection.close()


def test_the_city_is_there_with_its_people(city: Node) -> None:
    assert identity.identity().demo
    assert Place.objects.count() == len(places.PLACES)
    assert Device.objects.filter(active=True).count() == len(FLEET)
    assert set(Account.objects.values_list("email", flat=True)) == {one.email for one in people.PEOPLE}
    for one in people.PEOPLE:
        held = RoleHeld.objects.filter(account__email=one.email, ended_at=None)
        got = {(h.role, h.organisation.noun.address.removeprefix("organisations/")) for h in held}
        assert got == {(role, organisation) for role, organisation, _area in one.roles}
    assert founding.key_file(city).stat().st_mode & 0o777 == 0o600


def test_everyone_gets_in_with_the_password_of_the_page(city: Node) -> None:
    for account in Account.objects.all():
        assert account.check_password(people.PASSWORD)
        address = account.emailaddress_set.get()  # type: ignore[attr-defined]
        assert (address.email, address.verified, address.primary) == (account.email, True, True)
        assert account.consents.filter(purpose="terms", withdrawn_at=None).count() == 1


def test_there_is_something_to_do_at_the_desk(city: Node) -> None:
    change = Change.objects.get()
    assert change.state == Change.REVIEW
    assert (change.place.noun.address, change.author_id) == (
        "places/hafensport",
        Account.objects.get(pseudonym="Karim").pk,
    )
    states = {"new", "open", "in_progress", "answered", "closed", "reopened"}
    assert {need.state for need in Need.objects.all()} == states
    assert Follow.objects.exists()
    hidden = set(
        Noun.objects.filter(kind="place").exclude(visibility="public").values_list("visibility", flat=True)
    )
    assert hidden == {"draft", "internal"}


def test_everybody_has_been_told_and_has_read_most_of_it(city: Node) -> None:
    """Who tries the demo as a clerk finds some notices, not a hundred."""
    unread = [reads.unread(who_is(one)) for one in Account.objects.all()]
    assert max(unread) == founding.UNREAD
    assert Notice.objects.count() > 100
    assert LogReader.objects.get(name=telling.READER).position == LogHead.objects.get().last > 0


def test_moving_in_again_changes_nothing(city: Node) -> None:
    before = LogEntry.objects.count()
    founding.move_in(city)
    assert LogEntry.objects.count() == before
