# SPDX-License-Identifier: EUPL-1.2
"""Borrowing by phone, by PIN and by code; bringing back; being late; and what is told, never more than was reported."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from smilecity.core import clock, sealing
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.places import actions, privacy
from smilecity.places.actions import handles, lending, locks
from smilecity.places.models import Access, Chore, Controller, Grant, Handle, Kit, Liability, Loan, Pause
from smilecity.places.reads.lending import borrowing as reads
from smilecity.places.rules.locks import handles as rules
from tests.places.lending_stage import NOW, TERMS, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def refused(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def told(stage: Stage, loan: Loan, name: str = "rita") -> str:
    found = reads.loan(stage.who[name], loan.id)
    assert found is not None
    return found.told()


def test_a_ball_is_borrowed_by_phone_and_brought_back(stage: Stage) -> None:
    loan = stage.borrow()
    assert "noch nicht" in told(stage, loan) or "bereit" in told(stage, loan)
    stage.line.meets()  # the box learns of the grant, and the wish to open follows by itself
    assert len(stage.line.box.effects) == 1
    assert stage.now(loan).state == Loan.OPENING and "noch nicht als offen" in told(stage, loan)
    stage.line.through()
    assert stage.now(loan).state == Loan.OUT and told(stage, loan) == "Sie haben es."
    with clock.frozen(NOW + timedelta(hours=1)):
        lending.give_back(stage.who["rita"], loan.id)
        assert lending.say_complete(stage.who["rita"], loan.id).state == Loan.RETURNING
        stage.line.meets()
        stage.line.through()
        found = stage.now(loan)
        assert (found.state, found.complete, found.kit.state) == (Loan.RETURNED, True, Kit.READY)
        stage.line.meets()
        assert stage.line.box.grants == {} and stage.now(loan).grant.state == Grant.REVOKED
    stage.borrow("nora")


def test_a_half_open_door_keeps_the_loan_on_its_way_and_says_what_to_do(stage: Stage) -> None:
    loan = stage.take()
    with clock.frozen(NOW + timedelta(hours=1)):
        lending.give_back(stage.who["rita"], loan.id)
        stage.line.meets()
        stage.line.through(half=True)
        lending.say_complete(stage.who["rita"], loan.id)
        assert stage.now(loan).state == Loan.RETURNING and "klickt" in told(stage, loan)
        stage.line.box.close_door(0)
        stage.line.reports()
        assert stage.now(loan).state == Loan.RETURNED


def test_one_kit_has_one_loan_and_the_same_key_is_the_same(stage: Stage) -> None:
    key = uuid.uuid4()
    first = stage.borrow(key=key)
    assert stage.borrow(key=key).id == first.id
    assert refused(lambda: stage.borrow("nora", key=key)).code == "loan.key-used"
    assert refused(lambda: stage.borrow("nora")).code == "loan.taken"
    assert Loan.objects.count() == 1 and Grant.objects.count() == 1


def test_the_terms_are_accepted_by_version_and_never_change(stage: Stage) -> None:
    assert refused(lambda: stage.borrow(accepts=None)).field == "accepts"
    first = stage.borrow()
    assert lending.keep_liability(NODE, TERMS).version == 1
    newer = lending.keep_liability(NODE, {"de": "Anders."})
    assert (newer.version, Liability.objects.get(version=1).text) == (2, TERMS)
    assert refused(lambda: stage.borrow(kit="net")).code == "loan.terms"
    assert stage.borrow(kit="net", accepts=2).liability_id == newer.id != first.liability_id


@pytest.mark.parametrize(
    ("rules", "said", "code"),
    [
        ({"at_once": 1}, {"kit": "net"}, "loan.enough"),
        ({"who": "members"}, {}, "loan.members"),
        ({"who": "residents"}, {}, "loan.residents"),
        ({"age_from": 6}, {}, "loan.age-needed"),
        ({"age_from": 6}, {"age": 5}, "loan.too-young"),
        ({"alone_from": 14}, {"age": 12}, "loan.guardian"),
    ],
)
def test_what_the_terms_refuse(
    person: Any, organisation: Any, rules: dict[str, Any], said: dict[str, Any], code: str
) -> None:
    with clock.frozen(NOW):
        stage = Stage(person, organisation, **rules)
        if "at_once" in rules:
            stage.borrow()
        assert refused(lambda: stage.borrow(**said)).code == code
        assert Loan.objects.filter(kit__key=said.get("kit", "ball")).count() == 0


def test_with_a_guardian_a_child_may_and_no_age_is_kept(person: Any, organisation: Any) -> None:
    with clock.frozen(NOW):
        stage = Stage(person, organisation, alone_from=14)
        loan = stage.borrow(age=12, guardian=True)
        assert "12" not in str(loan.evidence) and stage.borrow("karim", "net", age=40).state == Loan.OPENING


def test_nobody_borrows_without_an_account_or_what_they_do_not_see(stage: Stage) -> None:
    assert refused(lambda: lending.borrow(ANYONE, stage.kits["ball"].id, uuid.uuid4())).status == 401
    for wrong in (0, -1, 10**30, stage.place.noun_id):
        assert refused(lambda w=wrong: lending.borrow(stage.who["rita"], w, uuid.uuid4())).status == 404


def test_with_a_pin_from_the_library_a_clerk_lends_and_the_pin_opens(stage: Stage) -> None:
    given = handles.give_handle(stage.who["petra"], Handle.PIN)
    assert refused(lambda: handles.give_handle(stage.who["rita"], Handle.PIN)).status == 403
    kept = Handle.objects.get(id=given.handle.id)
    assert given.secret.encode() not in bytes(kept.digest) and kept.account_id is None
    number = given.handle.handle.lower()
    assert (
        refused(lambda: lending.lend(stage.who["rita"], stage.kits["ball"].id, uuid.uuid4(), number)).status
        == 403
    )
    loan = lending.lend(stage.who["karim"], stage.kits["ball"].id, uuid.uuid4(), number)
    stage.line.meets()
    assert not stage.line.box.effects  # nothing opens by itself
    assert not stage.line.box.enter(0, "000000")
    assert stage.line.box.enter(0, given.secret)
    stage.line.through()
    assert stage.now(loan).state == Loan.OUT
    with clock.frozen(
        NOW + timedelta(hours=2)
    ):  # brought back by PIN alone: somebody looks whether all is there
        assert stage.line.box.enter(0, given.secret)
        stage.line.through()
        assert stage.now(loan).state == Loan.CHECKING
    with clock.frozen(NOW + timedelta(hours=4)):
        lending.plan_chores(NODE)
        chore = Chore.objects.get(kind="check")
        lending.do_chore(stage.who["karim"], chore.id)
        assert stage.now(loan).state == Loan.RETURNED and stage.now(loan).kit.state == Kit.READY


def test_a_lost_pin_opens_nothing_any_more(stage: Stage) -> None:
    given = handles.give_handle(stage.who["petra"], Handle.PIN)
    lending.lend(stage.who["karim"], stage.kits["ball"].id, uuid.uuid4(), given.handle.handle)
    stage.line.meets()
    assert refused(lambda: handles.lose_by_name(stage.who["rita"], given.handle.handle)).status == 404
    handles.lose_by_name(stage.who["petra"], given.handle.handle)
    stage.line.meets()
    assert not stage.line.box.enter(0, given.secret)
    again = lambda: lending.lend(stage.who["karim"], stage.kits["net"].id, uuid.uuid4(), given.handle.handle)  # noqa: E731
    assert refused(again).code == "handle.not-good"


def test_without_a_net_a_code_opens_and_the_loan_is_known_later(stage: Stage) -> None:
    codes = handles.have_codes(stage.who["rita"])
    assert handles.have_codes(stage.who["rita"]).id == codes.id
    seed = bytes.fromhex(sealing.opened(bytes(codes.seed)) or "")
    loan = stage.borrow(later=True)
    stage.line.meets()
    later = NOW + timedelta(minutes=90)
    with clock.frozen(later):
        assert stage.line.box.enter(0, rules.code(seed, rules.step_at(later)))
        stage.line.box.open_door(0)
        stage.line.box.close_door(0)
        assert not stage.line.box.enter(0, rules.code(seed, rules.step_at(later)))  # once
    with clock.frozen(NOW + timedelta(hours=3)):
        assert lending.end_openings(NODE) == 0  # the box was not heard since: it may be out
        stage.line.meets()
        found = stage.now(loan)
        assert (found.state, found.out_at) == (Loan.OUT, later)


def test_what_nobody_fetches_is_free_again_and_its_grant_goes(stage: Stage) -> None:
    loan = stage.borrow(later=True)
    stage.line.meets()
    with clock.frozen(NOW + timedelta(minutes=119)):
        stage.line.meets()
        assert lending.end_openings(NODE) == 0
    with clock.frozen(NOW + timedelta(minutes=121)):
        stage.line.meets()
        assert lending.end_openings(NODE) == 1
        stage.line.meets()
        assert stage.now(loan).state == Loan.FAILED and stage.line.box.grants == {}
        stage.borrow("nora")


def test_who_is_late_is_reminded_thrice_then_pauses_and_a_return_ends_it(stage: Stage) -> None:
    loan = stage.take()
    for days in (0, 0.1, 0.2, 1.2, 2, 5.5, 6, 7):
        with clock.frozen(loan.due_at + timedelta(days=days)):
            lending.remind_late(NODE)
    assert LogEntry.objects.filter(verb="loan-late").count() == 3
    pause = Pause.objects.get()
    with clock.frozen(loan.due_at + timedelta(days=8)):
        assert pause.until > clock.now() and refused(lambda: stage.borrow(kit="net")).code == "loan.paused"
        lending.take_back(stage.who["karim"], loan.id, complete=True)
        assert stage.now(loan).state == Loan.RETURNED
        stage.borrow(kit="net")


def test_what_never_comes_back_costs_a_ball_and_a_pause(stage: Stage) -> None:
    loan = stage.take()
    with clock.frozen(loan.due_at + timedelta(days=29)):
        lending.remind_late(NODE)
        found = stage.now(loan)
        assert (found.state, found.kit.state, Chore.objects.get().kind) == (Loan.LOST, Kit.LOST, "look")
        assert Pause.objects.get().until <= clock.now() + timedelta(days=28)
        lending.do_chore(stage.who["karim"], Chore.objects.get().id)  # it has been replaced
        stage.borrow("nora")


def test_damage_takes_it_out_at_once_and_makes_a_task_for_the_club(stage: Stage) -> None:
    loan = stage.take()
    assert refused(lambda: lending.report_damage(stage.who["nora"], loan.kit_id, "Platt")).status == 403
    assert refused(lambda: lending.report_damage(stage.who["rita"], loan.kit_id, " ")).field == "text"
    assert lending.report_damage(stage.who["rita"], loan.kit_id, "Platt").state == Kit.BROKEN
    chore = Chore.objects.get()
    assert (chore.kind, chore.partner_id, chore.text) == ("mend", stage.club.noun_id, "Platt")
    assert refused(lambda: lending.do_chore(stage.who["tina"], chore.id)).status == 404
    assert refused(lambda: lending.drop_chore(stage.who["karim"], chore.id)).code == "chore.needed"
    lending.take_back(stage.who["karim"], loan.id, complete=True)
    assert Kit.objects.get(id=loan.kit_id).state == Kit.BROKEN
    lending.do_chore(stage.who["karim"], chore.id)
    assert Kit.objects.get(id=loan.kit_id).state == Kit.READY


def test_something_missing_is_looked_at_before_it_is_lent_again(stage: Stage) -> None:
    loan = stage.take()
    with clock.frozen(NOW + timedelta(hours=1)):
        assert refused(lambda: lending.say_missing(stage.who["rita"], loan.id)).code == "loan.not-back"
        lending.give_back(stage.who["rita"], loan.id)
        stage.line.meets()
        stage.line.through()
        lending.say_missing(stage.who["rita"], loan.id, "Die Pumpe fehlt")
        assert stage.now(loan).state == Loan.CHECKING and stage.now(loan).kit.state == Kit.CHECK
        lending.do_chore(stage.who["karim"], Chore.objects.get().id, fine=False)
        assert stage.now(loan).state == Loan.RETURNED and stage.now(loan).complete is False
        assert {one.kind for one in Chore.objects.filter(state=Chore.OPEN)} == {"mend"}


def test_over_a_counter_the_word_of_who_lends_is_the_evidence(stage: Stage) -> None:
    loan = stage.borrow(kit="drill")
    assert loan.grant_id is None and "Tresen" in told(stage, loan)
    assert refused(lambda: lending.report_out(stage.who["rita"], loan.id)).code == "loan.counter"
    assert lending.report_out(stage.who["karim"], loan.id).state == Loan.OUT
    assert lending.give_back(stage.who["rita"], loan.id).state == Loan.RETURNING
    assert lending.say_complete(stage.who["rita"], loan.id).state == Loan.RETURNING
    assert lending.take_back(stage.who["karim"], loan.id, complete=True).state == Loan.RETURNED


def test_a_loan_is_nobody_else_s_business(stage: Stage) -> None:
    loan = stage.take()
    for act in (lending.give_back, lending.say_complete, lending.report_out, lending.open_again):
        assert refused(lambda a=act: a(stage.who["nora"], loan.id)).status == 404
    assert reads.loan(stage.who["nora"], loan.id) is None and reads.mine(stage.who["nora"]) == []
    assert all(entry.noun is None for entry in LogEntry.objects.filter(verb__startswith="loan-"))


def test_what_is_known_of_a_person_is_told_forgotten_and_ends(stage: Stage) -> None:
    loan, account = stage.take(), stage.accounts["rita"].pk
    handles.have_codes(stage.who["rita"])
    stage.borrow(kit="net")
    said = privacy.export(account)
    assert len(said["loans"]) == 2 and len(said["handles"]) == 1 and "seed" not in str(said)
    report = privacy.forget(account)
    assert report.erased and report.pseudonymised
    assert (
        not Loan.objects.filter(account=account).exists()
        and not Handle.objects.filter(account=account).exists()
    )
    assert not Grant.objects.filter(account=account).exists() and stage.now(loan).state == Loan.OUT
    with clock.frozen(NOW + timedelta(days=100)):
        lending.take_back(stage.who["karim"], loan.id, complete=True)
        assert lending.forget_borrowers(NODE) > 0 and not Access.objects.exists()


def test_what_one_does_not_want_after_all_is_free_at_once(stage: Stage) -> None:
    loan = stage.borrow(later=True)
    stage.line.meets()
    stage.line.meets()
    assert refused(lambda: lending.give_up(stage.who["nora"], loan.id)).code == "loan.unknown"
    found = lending.give_up(stage.who["rita"], loan.id)
    assert (found.state, stage.now(loan).kit.state) == (Loan.FAILED, Kit.READY)
    assert told(stage, loan) == "Doch nicht genommen. Es ist wieder frei."
    assert lending.give_up(stage.who["rita"], loan.id).state == Loan.FAILED  # said twice it is once
    assert not LogEntry.objects.filter(verb="loan-failed").exists()
    stage.line.meets()
    assert stage.line.box.grants == {} and stage.now(loan).grant.state == Grant.REVOKED
    stage.borrow("nora")


def test_what_a_silent_box_may_have_opened_is_free_when_it_is_heard(stage: Stage) -> None:
    loan = stage.borrow(later=True)
    stage.line.meets()
    with clock.frozen(NOW + timedelta(minutes=10)):
        assert lending.give_up(stage.who["rita"], loan.id).state == Loan.OPENING
        assert "sobald sich die Box" in told(stage, loan)
        assert refused(lambda: stage.borrow("nora")).code == "loan.taken"
        assert refused(lambda: lending.open_again(stage.who["rita"], loan.id)).code == "grant.over"
        assert lending.end_openings(NODE) == 0
        stage.line.meets()
        assert lending.end_openings(NODE) == 1
        assert stage.now(loan).kit.state == Kit.READY


def test_what_one_has_cannot_be_given_up(stage: Stage) -> None:
    loan = stage.take()
    assert refused(lambda: lending.give_up(stage.who["rita"], loan.id)).code == "loan.fetched"
    assert stage.now(loan).state == Loan.OUT


def test_two_kits_do_not_share_a_compartment(stage: Stage) -> None:
    ball, drill = stage.kits["ball"], stage.kits["drill"]
    said = (stage.place.noun_id, "drill", drill.name, drill.items, drill.rules)
    assert refused(lambda: lending.keep_kit(NODE, *said, unit=ball.unit_id)).code == "kit.compartment-taken"
    shelf = actions.keep_unit(NODE, stage.place, "shelf", {"de": "Regal"}).id
    for key in ("drill", "saw"):
        lending.keep_kit(NODE, stage.place.noun_id, key, drill.name, drill.items, drill.rules, unit=shelf)
    box = Controller.objects.get().id
    assert refused(lambda: locks.keep_compartment(NODE, box, 7, shelf)).code == "compartment.kits"
    lending.lose_kit(NODE, ball.id)
    lending.keep_kit(NODE, *said, unit=ball.unit_id)
