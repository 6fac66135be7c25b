# SPDX-License-Identifier: EUPL-1.2
"""Vera, of whom every room knows something."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache

from smilecity.core.who import ANYONE

if TYPE_CHECKING:
    from smilecity.people.models import Account
    from smilecity.places.models import Place
    from tests.people.webhook_stage import Hall, Programme

Make = Callable[..., Any]


@pytest.fixture
def no_limits_left_behind() -> Iterator[None]:
    """allauth counts attempts in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def vera(person: Make, organisation: Make) -> "Account":
    """Someone of whom every room knows something."""
    from datetime import date

    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount
    from allauth.usersessions.models import UserSession

    from smilecity.citizens import actions as citizens
    from smilecity.citizens.actions.abuse import report_need
    from smilecity.citizens.actions.talking import comment
    from smilecity.citizens.models import Deputy, Need
    from smilecity.core import clock, nouns
    from smilecity.core.models import Undo
    from smilecity.people import actions
    from smilecity.people.models import Delivery, Follow, Notice, PushAddress, Webhook
    from smilecity.people.reads import who_is
    from smilecity.places.models import Change, Keyholder, Place

    club = organisation("club", "SV Hafen")
    vera: Account = person("vera", ("trainer", club, None))
    who, day = who_is(vera), timedelta(days=1)
    EmailAddress.objects.create(user=vera, email="vera@example.org", verified=True, primary=True)
    EmailAddress.objects.create(user=vera, email="bob@example.org", verified=False)
    Authenticator.objects.create(user=vera, type="webauthn", data={"name": "Telefon", "credential": "SECRET"})
    SocialAccount.objects.create(user=vera, provider="town", uid="4711", extra_data={"sub": "4711"})
    UserSession.objects.create(user=vera, ip="10.0.0.9", session_key="SECRETKEY", user_agent="Firefox")
    actions.give_consent(who, "terms", 1)
    actions.give_consent(who, "digest", 1)
    actions.withdraw_consent(who, "digest")
    noun = nouns.put("place", "places/pier", {"de": "Pier"}, visibility="public", keeper=club.pk)
    place = Place.objects.create(noun=noun, category="sport")
    Follow.objects.create(account=vera, noun=noun)
    Notice.objects.create(account=vera, entry=1, verb="need-answered", noun=noun, at=clock.now() - day)
    Delivery.objects.create(account=vera, off_token="OFFTOKEN")
    PushAddress.objects.create(account=vera, endpoint="https://push.example/1", p256dh="P256", auth="AUTH")
    Webhook.objects.create(
        owner=vera, name="Tafel", address="https://hook.example/", kinds=["offer.published"], secret=b"SECRET"
    )
    Undo.objects.create(account=vera.pk, what="hide", before={}, after={})
    Change.objects.create(
        place=place, author=vera, base=clock.now(), state="review", values={"title": {"de": "Neuer Pier"}}
    )
    _offers(vera)
    _lending(vera, place)
    Keyholder.objects.create(organisation_id=club.pk, account=vera, name="Vera", by="account/1")
    for who_says, contact, words in (
        (who, "", "Mehr Bänke, bitte"),
        (ANYONE, "Vera@example.org", "Danke für das Licht"),
        (ANYONE, "bob@example.org", "Bobs Worte"),
    ):
        said = citizens.say_need(
            who_says, uuid.uuid4(), kind="wish", words=words, contact=contact, language="de", about=noun.id
        )
    citizens.publish_need(who, said.noun_id, "Für alle", "Fremde Worte")
    citizens.support_need(who, said.noun_id)
    Need.objects.filter(noun=said.noun_id).update(worker=who.account)
    day = date(2026, 1, 1)
    Deputy.objects.create(account_id=who.account, deputy=person("stella"), since=day, until=day)
    comment(who, uuid.uuid4(), said.noun_id, "Dort ist es dunkel.", "de")
    report_need(who, said.noun_id, "spam")
    return vera


def _lending(vera: "Account", place: "Place") -> None:
    """What she booked, borrowed and opened with until yesterday; she brought it back late."""
    from smilecity.core import clock
    from smilecity.places import models

    now = clock.now()
    over = (now - timedelta(days=2), now - timedelta(days=1))
    unit = models.Unit.objects.create(place=place, key="box", name={"de": "Fach"})
    series = models.Series.objects.create(
        unit=unit,
        account=vera,
        starts_at=over[0],
        duration=timedelta(hours=1),
        rule="FREQ=DAILY",
        state="ended",
    )
    models.Booking.objects.create(
        key=uuid.uuid4(), unit=unit, account=vera, series=series, during=over, state="used", what="Probe"
    )
    box = models.Controller.objects.create(key="box", place=place, name="Box", secret=b"BOXSECRET")
    door = models.Compartment.objects.create(controller=box, channel=0, unit=unit)
    models.Handle.objects.create(
        handle="ABCD2345", kind="codes", account=vera, seed=b"SEEDSECRET", digest=b"DIGESTSECRET"
    )
    grant = models.Grant.objects.create(
        compartment=door, during=over, why="loan", account=vera, state="ended"
    )
    kit = models.Kit.objects.create(place=place, unit=unit, key="ball", name={"de": "Ball"})
    loan = models.Loan.objects.create(
        key=uuid.uuid4(),
        kit=kit,
        account=vera,
        grant=grant,
        state="returned",
        due_at=over[0],
        returned_at=over[1],
    )
    models.Pause.objects.create(account=vera, loan=loan, reason="late", until=now + timedelta(days=1))


def _offers(vera: "Account") -> None:
    """She looks for others to play cards with; she comes herself, and so does somebody without an account."""
    from smilecity.core import clock, nouns
    from smilecity.places.models import Occasion, Offer, Registration

    noun = nouns.put("offer", "offers/skat", {"de": "Skat"}, visibility="public")
    hour, begins = timedelta(hours=1), clock.now() + timedelta(days=1)
    offer = Offer.objects.create(noun=noun, kind="join", author=vera, starts_at=begins, duration=hour)
    date = Occasion.objects.create(offer=offer, start=begins, during=(begins, begins + hour), taken=2)
    kept: dict[str, Any] = {"occasion": date, "forget_at": begins + timedelta(days=30)}
    Registration.objects.create(account=vera, note="Ich bringe Kuchen mit", **kept)
    Registration.objects.create(name="Ada", reach="0381 12345", token="TOKENHASH", **kept)


@pytest.fixture(scope="module")
def listening_programme() -> Iterator["Programme"]:
    from tests.people.webhook_stage import listening

    with listening() as programme:
        yield programme


@pytest.fixture
def programme(listening_programme: "Programme", monkeypatch: pytest.MonkeyPatch) -> "Programme":
    """A programme that listens on this machine; it is reached because the operator says so."""
    listening_programme.heard.clear()
    listening_programme.answers.clear()
    monkeypatch.setattr(settings, "SMILE", replace(settings.SMILE, reach=("127.0.0.0/8",)))
    return listening_programme


@pytest.fixture
def hall(db: None, person: Make, organisation: Make, programme: "Programme") -> "Hall":
    """An operator with webhooks for it."""
    from tests.people.webhook_stage import Hall

    return Hall(person, organisation, programme)
