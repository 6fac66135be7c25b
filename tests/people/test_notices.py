# SPDX-License-Identifier: EUPL-1.2
"""Following, the inbox, choices, and mail that is neither lost nor doubled."""

import re
from datetime import time, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.citizens import facts as needs
from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.people import actions, reads
from smilecity.people.jobs.letters import Letters
from smilecity.people.models import Account, Consent, Delivery, Follow, Notice, PushAddress
from smilecity.people.reads import who_is
from smilecity.people.rules.notices import Telling
from tests.conftest import Person

LETTERS = Letters("Smile City", "https://smile.example.org")
pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(person: Person) -> Account:
    return person("anna")


def noun(slug: str, visibility: str = "public", **more: int) -> Noun:
    with transaction.atomic():
        return nouns.put("place", f"places/{slug}", {"de": slug.capitalize()}, visibility=visibility, **more)


def told(account: Account, subject: Noun | None, entry: int = 1, **more: object) -> Telling:
    fixed = {"verb": "place-kept", "at": clock.now(), **more}
    return Telling(account.pk, entry, noun=subject.pk if subject else None, **fixed)  # type: ignore[arg-type]


def never_quiet(account: Account, mail_: str = "daily") -> Delivery:
    return Delivery.objects.update_or_create(
        account=account,
        defaults={
            "mail": mail_,
            "quiet_from": time(0),
            "quiet_to": time(0),
            "off_token": f"token-{account.pk}",
        },
    )[0]


class TestFollowing:
    def test_once_however_often(self, anna: Account) -> None:
        court = noun("court")
        for _ in range(2):
            actions.follow(who_is(anna), court.pk)
        assert reads.follows(who_is(anna), court.pk)
        assert [one.pk for one in reads.followed(who_is(anna)).items] == [court.pk]
        actions.unfollow(who_is(anna), court.pk)
        actions.unfollow(who_is(anna), court.pk)
        assert not Follow.objects.exists()

    def test_what_one_may_not_see_is_as_if_it_were_not_there(self, anna: Account) -> None:
        for hidden in (noun("draft", "draft").pk, 10**12):
            with pytest.raises(Refusal) as refused:
                actions.follow(who_is(anna), hidden)
            assert (refused.value.code, refused.value.status) == ("follow.unknown", 404)

    def test_nobody_follows_without_an_account(self) -> None:
        court = noun("court")
        for act in (actions.follow, actions.unfollow):
            with pytest.raises(Refusal) as refused:
                act(ANYONE, court.pk)
            assert refused.value.code == "notice.sign-in"
        assert not reads.follows(ANYONE, court.pk)

    def test_there_is_an_end_to_it(self, anna: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("smilecity.people.actions.notices.MOST_FOLLOWED", 1)
        actions.follow(who_is(anna), noun("one").pk)
        with pytest.raises(Refusal, match=r"follow\.too-many"):
            actions.follow(who_is(anna), noun("two").pk)

    def test_by_the_button_and_back_to_the_page(self, client: Client, anna: Account) -> None:
        court = noun("court")
        assert client.post(f"/me/follows/{court.pk}/", {"do": "follow"}).status_code == 302
        assert not Follow.objects.exists()
        client.force_login(anna)
        answer = client.post(f"/me/follows/{court.pk}/", {"do": "follow"})
        assert answer["Location"] == "/places/court/"
        assert "Court" in client.get("/me/follows/").content.decode()
        assert client.get(f"/me/follows/{court.pk}/")["Location"] == "/places/court/"
        client.post(f"/me/follows/{court.pk}/", {"do": "unfollow"})
        assert not Follow.objects.exists()


class TestInbox:
    def test_telling_again_changes_nothing(self, anna: Account) -> None:
        court = noun("court")
        for _ in range(2):
            actions.tell(NODE, [told(anna, court)])
        actions.mark_read(who_is(anna))
        actions.tell(NODE, [told(anna, court)])
        assert Notice.objects.count() == 1

    def test_a_busy_keeper_floods_nobody(self, anna: Account) -> None:
        court = noun("court")
        actions.tell(NODE, [told(anna, court, entry) for entry in range(1, 9)])
        actions.tell(NODE, [told(anna, court, 9)])
        assert Notice.objects.count() == 1
        actions.mark_read(who_is(anna))
        actions.tell(NODE, [told(anna, court, 10)])
        assert Notice.objects.count() == 2

    def test_what_is_mine_is_told_each_time(self, anna: Account) -> None:
        court = noun("court")
        for entry in (1, 2):
            actions.tell(NODE, [told(anna, court, entry, verb="change-returned", mine=True)])
        assert Notice.objects.count() == 2

    def test_only_the_node_tells_and_only_those_who_are_here(self, anna: Account) -> None:
        with pytest.raises(Refusal, match=r"notice\.not-yours"):
            actions.tell(who_is(anna), [told(anna, noun("court"))])
        Account.objects.update(is_active=False)
        actions.tell(NODE, [told(anna, noun("court"))])
        assert not Notice.objects.exists()

    def test_no_personal_text_is_kept(self, anna: Account) -> None:
        codes = {"role": "clerk", "words": "Frau Müller aus der Lange Straße", "kind": 7, "author": 12}
        actions.tell(NODE, [told(anna, None, verb="role-given", mine=True, codes=codes)])
        assert Notice.objects.get().data == {"role": "clerk", "mine": True}

    def test_what_may_not_be_seen_any_more_is_gone(self, anna: Account) -> None:
        court = noun("court")
        actions.tell(NODE, [told(anna, court)])
        assert reads.unread(who_is(anna)) == 1
        noun("court", "draft")
        assert reads.inbox(who_is(anna)).items == []
        assert reads.unread(who_is(anna)) == 0
        assert reads.notice(who_is(anna), Notice.objects.get().pk) is None

    def test_ones_own_stays_but_names_nothing_hidden(self, anna: Account) -> None:
        actions.tell(NODE, [told(anna, noun("secret", "draft"), verb="change-returned", mine=True)])
        (one,) = reads.inbox(who_is(anna)).items
        said = reads.line(who_is(anna), one)
        assert said.says == "Ihre Änderung ist zurückgekommen, mit einem Hinweis dazu."
        assert (said.title, said.path) == ("", "")

    @pytest.mark.parametrize(
        ("verb", "named"),
        [
            *((verb, ("Wunsch", "/needs/x/")) for verb in sorted(needs.FOR_AUTHORS)),
            ("comment-hidden", ("", "")),
            ("need-taken", ("", "")),
        ],
    )
    def test_a_need_nobody_else_reads_is_named_to_its_author_alone(
        self, anna: Account, verb: str, named: tuple[str, str]
    ) -> None:
        """Most needs are never published; whoever commented on one or worked on it is not its author."""
        need = nouns.put("need", "needs/x", {"de": "Wunsch"}, visibility="draft")
        actions.tell(NODE, [told(anna, need, verb=verb, mine=True)])
        (one,) = reads.inbox(who_is(anna)).items
        said = reads.line(who_is(anna), one)
        assert (said.title, said.path) == named

    def test_newest_first_in_pages_with_constant_queries(self, anna: Account) -> None:
        places = [noun(f"place-{number}") for number in range(25)]
        actions.tell(NODE, [told(anna, one, entry) for entry, one in enumerate(places)])
        who = who_is(anna)
        first = reads.inbox(who)
        assert [one.entry for one in first.items] == list(range(24, 4, -1))
        second = reads.inbox(who, first.after)
        assert [one.entry for one in second.items] == [4, 3, 2, 1, 0]
        assert second.after == ""
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for one in reads.inbox(who).items:
                reads.line(who, one)
        assert len(asked) == 1

    def test_the_page_says_what_is_new_and_marks_it_read(self, client: Client, anna: Account) -> None:
        court = noun("court")
        actions.tell(NODE, [told(anna, court)])
        client.force_login(anna)
        page = client.get("/me/notices/").content.decode()
        assert "1 Mitteilung ist noch ungelesen." in page
        assert '<span class="smile-count">1' in page
        assert "Es gibt Neues an diesem Ort." in page
        assert client.get(f"/me/notices/{Notice.objects.get().pk}/")["Location"] == "/places/court/"
        assert Notice.objects.get().read_at is not None
        assert "Sie haben alles gelesen." in client.get("/me/notices/").content.decode()
        english = client.get("/en/me/notices/").content.decode()
        assert not re.search(r"[äöüß]", english.replace("Menü", ""))

    def test_another_persons_notice_is_not_there(self, client: Client, anna: Account, person: Person) -> None:
        actions.tell(NODE, [told(anna, noun("court"))])
        number = Notice.objects.get().pk
        client.force_login(person("bert"))
        assert client.get(f"/me/notices/{number}/").status_code == 404
        client.post("/me/notices/read/", {"notice": number})
        client.post("/me/notices/read/")
        assert Notice.objects.get().read_at is None

    @pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "²", "1; DROP TABLE"])
    def test_numbers_that_are_none(self, client: Client, anna: Account, number: str) -> None:
        client.force_login(anna)
        assert client.post("/me/notices/read/", {"notice": number}).status_code == 404

    @pytest.mark.parametrize("path", ["", "choices/", "1/"])
    def test_nobody_reads_it_signed_out(self, client: Client, path: str) -> None:
        assert "/account/login/" in client.get(f"/me/notices/{path}")["Location"]

    def test_old_ones_are_forgotten(self, anna: Account) -> None:
        actions.tell(NODE, [told(anna, noun("court"))])
        assert actions.forget_notices(NODE, clock.now() - timedelta(days=1)) == 0
        assert actions.forget_notices(NODE, clock.now() + timedelta(days=1)) == 1
        with pytest.raises(Refusal):
            actions.forget_notices(who_is(anna), clock.now())


class TestChoices:
    def test_a_choice_is_kept_and_is_the_consent(self, client: Client, anna: Account) -> None:
        client.force_login(anna)
        sent = {"mail": "weekly", "quiet_from": "21:00", "quiet_to": "06:30"}
        assert client.post("/me/notices/choices/", sent).status_code == 302
        kept = Delivery.objects.get()
        assert (kept.mail, kept.quiet_from, kept.quiet_to) == ("weekly", time(21), time(6, 30))
        assert Consent.objects.get(purpose="digest").withdrawn_at is None
        client.post("/me/notices/choices/", {**sent, "mail": "off"})
        assert Consent.objects.get(purpose="digest").withdrawn_at is not None

    @pytest.mark.parametrize(
        "change",
        [{"mail": ""}, {"mail": "hourly"}, {"quiet_from": "25:00"}, {"quiet_to": ""}, {"quiet_to": "\0"}],
    )
    def test_what_is_wrong_is_said_beside_the_field(
        self, client: Client, anna: Account, change: dict[str, str]
    ) -> None:
        client.force_login(anna)
        sent = {"mail": "daily", "quiet_from": "20:00", "quiet_to": "08:00", **change}
        answer = client.post("/me/notices/choices/", sent)
        assert answer.status_code == 422
        assert "Bitte sehen Sie noch einmal hin" in answer.content.decode()
        assert not Delivery.objects.exists()

    def test_switched_on_again_nothing_old_is_sent(self, anna: Account) -> None:
        never_quiet(anna, "off")
        actions.tell(NODE, [told(anna, noun("court"))])
        actions.choose_delivery(who_is(anna), mail="at_once", quiet_from=time(0), quiet_to=time(0))
        assert actions.deliver_mail(NODE, LETTERS.letter) == 0

    def test_taking_the_consent_back_stops_it(self, anna: Account) -> None:
        actions.choose_delivery(who_is(anna), mail="at_once", quiet_from=time(0), quiet_to=time(0))
        actions.withdraw_consent(who_is(anna), "digest")
        actions.tell(NODE, [told(anna, noun("court"))])
        assert actions.deliver_mail(NODE, LETTERS.letter) == 0
        assert reads.delivery(who_is(anna)).mail == "off"

    def test_the_link_in_every_mail_needs_no_signing_in_and_asks_first(
        self, client: Client, anna: Account
    ) -> None:
        never_quiet(anna)
        client = Client(enforce_csrf_checks=True)
        path = f"/notices/off/token-{anna.pk}/"
        page = client.get(path)
        assert "E-Mails abstellen?" in page.content.decode()
        assert not page.cookies
        assert Delivery.objects.get().mail == "daily"  # a scanner of mail has opened the link
        answer = client.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert Delivery.objects.get().mail == "off"
        assert client.post("/notices/off/unknown/").status_code == 404


def test_leaving_takes_all_of_it_along(anna: Account) -> None:
    actions.follow(who_is(anna), noun("court").pk)
    actions.tell(NODE, [told(anna, noun("court"))])
    Account.objects.filter(pk=anna.pk).delete()
    for table in (Follow, Notice, Delivery, PushAddress):
        assert not table.objects.exists()
