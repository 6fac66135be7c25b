# SPDX-License-Identifier: EUPL-1.2
"""Who may keep and see places, and that nothing is kept by halves."""

from typing import Any

import pytest

from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Role, Who
from smilecity.places import actions, facts, reads
from smilecity.places.models import Place
from smilecity.places.rules.finding import Wish
from tests.places.ground import keep_court, keep_stream

PEOPLE = ("anyone", "bob", "alice", "olga", "node", "carla", "dora")


@pytest.fixture
def quarter(db: None) -> int:
    """A quarter of the city."""
    noun = Noun.objects.create(
        kind="area",
        address="areas/q",
        title={"de": "Q"},
        sort="q",
        visibility="public",
        changed_at="2026-01-01T00:00Z",
    )
    return noun.id


@pytest.fixture
def carla(quarter: int) -> Who:
    """Carla is steward of the quarter."""
    return Who(label="account/4", account=4, roles=frozenset({Role("steward", quarter)}))


@pytest.fixture
def dora(quarter: int) -> Who:
    """Dora is steward of another quarter."""
    return Who(label="account/5", account=5, roles=frozenset({Role("steward", quarter + 1_000_000)}))


def may_keep(who: Who, area: int) -> bool:
    try:
        actions.keep_place(who, "fresh", title={"de": "Neu"}, category="other", area=area)
    except Refusal as refusal:
        return (refusal.code, refusal.status) != ("place.not-yours", 403)
    return True


@pytest.mark.parametrize(
    ("name", "keeps", "sees_draft"),
    [
        ("anyone", False, False),
        ("bob", False, False),
        ("alice", True, True),
        ("olga", True, False),
        ("node", True, False),
        ("carla", True, True),
        ("dora", False, False),
    ],
)
def test_who_keeps_and_who_sees_drafts(
    request: pytest.FixtureRequest, quarter: int, name: str, keeps: bool, sees_draft: bool
) -> None:
    who: Who = request.getfixturevalue(name)
    keep_court("draft", Noun.DRAFT, quarter)
    keep_court("public", Noun.PUBLIC, quarter)
    assert may_keep(who, quarter) is keeps
    assert reads.place(who, "public") is not None
    assert (reads.place(who, "draft") is not None) is sees_draft
    listed = {noun.address for noun in reads.sought(who, Wish()).items}
    assert "places/public" in listed
    assert ("places/draft" in listed) is sees_draft


def test_nobody_takes_over_a_place_of_another_area(quarter: int, dora: Who) -> None:
    keep_court("court", Noun.PUBLIC, quarter)
    own = next(iter(dora.roles)).area
    with pytest.raises(Refusal) as refused:
        actions.keep_place(dora, "court", title={"de": "Meins"}, category="other", area=own)
    assert refused.value.code == "place.not-yours"
    assert Noun.objects.get(address="places/court").title["de"] == "Platz court"


def test_only_keepers_add_units_and_senses(court: Place, bob: Who, alice: Who) -> None:
    stream = keep_stream("people")
    for act in (
        lambda who: actions.keep_unit(who, court, "bar", {"de": "Stange"}),
        lambda who: actions.keep_sense(who, court, "people", stream),
    ):
        with pytest.raises(Refusal) as refused:
            act(bob)
        assert refused.value.status == 403
        act(alice)


def test_keeping_twice_changes_nothing_but_what_is_new(court: Place) -> None:
    again = keep_court()
    assert again.noun_id == court.noun_id
    unit = actions.keep_unit(NODE, court, "court", {"de": "Feld"}, room_for=10)
    assert court.units.get().id == unit.id
    stream = court.senses.get(role="people").datastream_id
    actions.keep_sense(NODE, court, "people", stream, unit=unit)
    assert court.senses.filter(role="people").count() == 1


def test_the_log_tells_of_it_by_addresses_only(court: Place) -> None:
    entries = LogEntry.objects.filter(noun=court.noun_id)
    assert {entry.verb for entry in entries} == {facts.PLACE_KEPT, facts.UNIT_KEPT, facts.SENSE_KEPT}
    assert "Platz" not in "".join(str(entry.data) for entry in entries)


GOOD: dict[str, Any] = {"title": {"de": "Ort"}, "category": "sport"}


@pytest.mark.parametrize(
    ("slug", "change", "code"),
    [
        ("Court", {}, "place.address"),
        ("a/../b", {}, "place.address"),
        ("ort\n", {}, "place.address"),
        ("o" * 81, {}, "place.address"),
        ("widget", {}, "place.address-taken"),
        ("review", {}, "place.address-taken"),
        ("tiles", {}, "place.address-taken"),
        ("ort", {"title": {}}, "place.text"),
        ("ort", {"title": {"de": " "}}, "place.text"),
        ("ort", {"title": {"xx": "Ort"}}, "place.text"),
        ("ort", {"title": {"de": "O\0rt"}}, "place.text"),
        ("ort", {"title": {"de": "\ud800"}}, "place.text"),
        ("ort", {"title": {"de": "O" * 121}}, "place.text"),
        ("ort", {"text": {"de": "x" * 4001}}, "place.text"),
        ("ort", {"street": "\0"}, "place.text"),
        ("ort", {"category": "palace"}, "place.category"),
        ("ort", {"position": (200.0, 54.0)}, "place.position"),
        ("ort", {"position": (float("nan"), 54.0)}, "place.position"),
        ("ort", {"opening_hours": "immer"}, "place.opening-hours"),
        ("ort", {"access": {"step_free": "vielleicht"}}, "place.access"),
        ("ort", {"access": {"smell": "yes"}}, "place.access"),
        ("ort", {"visibility": "secret"}, "place.visibility"),
    ],
)
def test_bad_input_is_refused_and_nothing_half_kept(
    db: None, slug: str, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        actions.keep_place(NODE, slug, **{**GOOD, **change})
    assert refused.value.code == code
    assert str(refused.value.sentence)
    assert not Noun.objects.filter(kind="place").exists()
    assert not LogEntry.objects.exists()


def test_bad_units_and_senses_are_refused(court: Place) -> None:
    other = keep_court("other")
    unit = actions.keep_unit(NODE, other, "unit", {"de": "Teil"})
    for act, code in (
        (lambda: actions.keep_unit(NODE, court, "Nr. 1", {"de": "Teil"}), "unit.key"),
        (lambda: actions.keep_unit(NODE, court, "a", {}), "place.text"),
        (lambda: actions.keep_unit(NODE, court, "a", {"de": "Teil"}, room_for=0), "unit.room"),
        (lambda: actions.keep_sense(NODE, court, "mood", 1), "sense.role"),
        (lambda: actions.keep_sense(NODE, court, "people", 10**15), "sense.no-datastream"),
        (lambda: actions.keep_sense(NODE, court, "people", 1, unit=unit), "sense.other-place"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == code
