# SPDX-License-Identifier: EUPL-1.2
"""Roles: given in one's area, ended, told to the log; there is always somebody who operates the node."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from smilecity.core import nouns
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Role, Who
from smilecity.people import actions, reads
from smilecity.people.actions import locks
from smilecity.people.models import Account, Organisation, RoleHeld
from smilecity.people.reads import who_is

Make = Callable[..., Any]


@pytest.fixture
def town(db: None, organisation: Make) -> Organisation:
    """The municipality, with a district `ward` below its area."""
    area = nouns.put("area", "areas/town", {"de": "Stadt"}, visibility="public")
    nouns.put("area", "areas/ward", {"de": "Viertel"}, area=area.id, visibility="public")
    nouns.put("area", "areas/other", {"de": "Nachbarort"}, visibility="public")
    return organisation("municipality", "Stadt", area.id)  # type: ignore[no-any-return]


def area(key: str) -> int:
    return nouns.Noun.objects.get(address=f"areas/{key}").id


def test_a_role_opens_what_it_opens_in_every_area_below(town: Organisation, person: Make) -> None:
    carla = person("carla")
    actions.give_role(NODE, carla, "clerk", town, area("town"))
    who = who_is(carla)
    assert who.holds("clerk", area("town"))
    assert who.holds("clerk", area("ward"))
    assert not who.holds("clerk", area("other"))
    held = RoleHeld.objects.get()
    actions.end_role(NODE, held.id)
    assert not who_is(carla).roles
    actions.end_role(NODE, held.id)
    assert list(LogEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "role-given",
        "role-ended",
    ]
    assert LogEntry.objects.first().data == {"account": carla.pk, "role": "clerk", "held": held.id}  # type: ignore[union-attr]


def test_giving_twice_gives_once(town: Organisation, person: Make) -> None:
    carla = person("carla")
    first = actions.give_role(NODE, carla, "clerk", town, area("town"))
    assert actions.give_role(NODE, carla, "clerk", town, area("town")) == first
    assert LogEntry.objects.count() == 1
    actions.end_role(NODE, first.id)
    assert actions.give_role(NODE, carla, "clerk", town, area("town")) != first


def test_a_steward_gives_in_their_area_and_below_but_no_operators(town: Organisation, person: Make) -> None:
    stefan = who_is(person("stefan", ("steward", town, area("town"))))
    carla = person("carla")
    for role in ("steward", "clerk", "planner", "trainer", "moderator", "council"):
        actions.give_role(stefan, carla, role, town, area("ward"))
    for role, where in (("operator", None), ("clerk", None), ("clerk", area("other"))):
        with pytest.raises(Refusal) as refused:
            actions.give_role(stefan, carla, role, town, where)
        assert refused.value.status == 403
    ward = who_is(person("wanda", ("steward", town, area("ward"))))
    with pytest.raises(Refusal):  # the organisation is at home above the ward
        actions.give_role(ward, carla, "clerk", town, area("ward"))


def test_an_organisation_that_moved_away_is_not_given_roles_for(town: Organisation, person: Make) -> None:
    stefan = who_is(person("stefan", ("steward", town, area("town"))))
    club = actions.keep_organisation(stefan, "club", kind="club", title={"de": "Club"}, area=area("town"))
    assert club.noun.area_id == area("town")
    actions.keep_organisation(NODE, "club", kind="club", title={"de": "Club"}, area=area("other"))
    with pytest.raises(Refusal):  # though the object in hand still says otherwise
        actions.give_role(stefan, person("carla"), "trainer", club, area("town"))


@pytest.mark.parametrize(
    ("role", "where", "code"),
    [
        ("king", None, "role.unknown"),
        ("operator", "town", "role.operator-everywhere"),
        ("clerk", 4711, "role.area"),
    ],
)
def test_what_is_wrong_is_refused(
    town: Organisation, person: Make, role: str, where: str | int | None, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        actions.give_role(NODE, person("carla"), role, town, area(where) if isinstance(where, str) else where)
    assert refused.value.code == code
    assert not RoleHeld.objects.exists()


def test_nobody_who_has_left_gets_a_role(town: Organisation, person: Make) -> None:
    gone = person("gone")
    Account.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(Refusal) as refused:
        actions.give_role(NODE, gone, "clerk", town, area("town"))
    assert refused.value.code == "role.no-person"


def test_one_may_lay_down_ones_own_role_and_nobody_elses(town: Organisation, person: Make) -> None:
    carla, tom = person("carla", ("clerk", town, area("town"))), person("tom", ("trainer", town, None))
    hers, his = RoleHeld.objects.get(account=carla), RoleHeld.objects.get(account=tom)
    with pytest.raises(Refusal) as refused:
        actions.end_role(who_is(tom), hers.id)
    assert refused.value.status == 403
    with pytest.raises(Refusal) as unknown:
        actions.end_role(who_is(tom), 4711)
    assert (unknown.value.code, str(unknown.value)) == (refused.value.code, str(refused.value))
    actions.end_role(who_is(tom), his.id)
    assert not who_is(tom).roles


def test_the_last_operator_stays(town: Organisation, person: Make) -> None:
    olga, otto = person("olga", ("operator", town, None)), person("otto", ("operator", town, None))
    first, second = RoleHeld.objects.filter(role="operator").order_by("id")
    actions.end_role(who_is(olga), second.id)
    for who in (who_is(olga), NODE):
        with pytest.raises(Refusal) as refused:
            actions.end_role(who, first.id)
        assert refused.value.code == "role.last-operator"
    Account.objects.filter(pk=otto.pk).update(is_active=False)
    RoleHeld.objects.filter(id=second.id).update(ended_at=None)
    with pytest.raises(Refusal):  # one who cannot sign in operates nothing
        actions.end_role(NODE, first.id)


def _end_both(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> int:
    """Two operators end each other's role at once; how many are left. Both count before either ends."""
    from smilecity.people.actions import roles

    counted = threading.Barrier(2, timeout=1 if locked else 10)
    count = roles.refuse_last_operator

    def count_and_wait(account: int) -> None:
        count(account)
        with contextlib.suppress(threading.BrokenBarrierError):
            counted.wait()

    monkeypatch.setattr(roles, "refuse_last_operator", count_and_wait)
    if not locked:
        monkeypatch.setattr(locks, "lock", lambda key: None)

    def end(held: int) -> None:
        try:
            actions.end_role(NODE, held)
        except Refusal as refusal:
            assert refusal.code == "role.last-operator"
        finally:
            connection.close()

    threads = [
        threading.Thread(target=end, args=[held]) for held in RoleHeld.objects.values_list("id", flat=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return RoleHeld.objects.filter(ended_at=None).count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locked", "left"), [(False, 0), (True, 1)])
def test_two_operators_cannot_end_each_other(
    monkeypatch: pytest.MonkeyPatch, organisation: Make, person: Make, locked: bool, left: int
) -> None:
    with transaction.atomic():
        town = organisation("municipality", "Stadt")
    person("olga", ("operator", town, None))
    person("otto", ("operator", town, None))
    assert _end_both(monkeypatch, locked=locked) == left


def test_the_desk_gives_and_ends_with_a_question_between(
    town: Organisation, person: Make, client: Client
) -> None:
    client.force_login(person("stefan", ("steward", town, area("town"))))
    carla = person("carla")
    path = "/desk/organisations/stadt/roles/"
    page = client.get(path).content.decode()
    assert "Sachbearbeitung" in page
    assert "Betreibt die Plattform" not in page
    given = {"person": "Carla", "role": "clerk", "area": str(area("ward"))}
    assert client.post(path, given).status_code == 302
    held = RoleHeld.objects.get(account=carla)
    assert (held.role, held.area_id, held.ended_at) == ("clerk", area("ward"), None)
    assert "Carla" in client.get(path).content.decode()
    question = client.get(f"/desk/roles/{held.id}/end/")
    assert question.status_code == 200
    assert not RoleHeld.objects.filter(id=held.id, ended_at__isnull=False).exists()
    assert client.post(f"/desk/roles/{held.id}/end/").status_code == 302
    assert RoleHeld.objects.filter(id=held.id, ended_at__isnull=False).exists()
    assert client.get(f"/desk/roles/{held.id}/end/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"person": "nobody@example.org"}, "Dazu kennen wir kein Konto"),
        ({"person": "carl"}, "Dazu kennen wir kein Konto"),
        ({"person": "\0"}, ""),
        ({"role": "operator"}, ""),
        ({"area": "4711"}, ""),
        ({"area": ""}, ""),
    ],
)
def test_the_desk_says_what_is_wrong(
    town: Organisation, person: Make, client: Client, typed: dict[str, str], sentence: str
) -> None:
    client.force_login(person("stefan", ("steward", town, area("town"))))
    person("carla")
    whole = {"person": "carla@example.org", "role": "clerk", "area": str(area("town"))} | typed
    answer = client.post("/desk/organisations/stadt/roles/", whole)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert RoleHeld.objects.filter(role="clerk").count() == 0


def test_who_holds_what_is_told_to_those_who_give_it(town: Organisation, person: Make) -> None:
    stefan = who_is(person("stefan", ("steward", town, area("town"))))
    clerk = who_is(person("carla", ("clerk", town, area("town"))))
    assert len(reads.roles_of(stefan, town.noun).items) == 2
    assert reads.roles_of(clerk, town.noun).items == []
    assert len(reads.roles_given(stefan).items) == 2
    assert reads.roles_given(clerk).items == []
    assert [held.role for held in reads.my_roles(clerk)] == ["clerk"]
    assert reads.person_by_name(clerk, town.noun, "Stefan") is None
    assert reads.role(Who("account/9", 9, frozenset({Role("trainer")})), RoleHeld.objects.first().id) is None  # type: ignore[union-attr]
