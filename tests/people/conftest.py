# SPDX-License-Identifier: EUPL-1.2
"""Vera, of whom every room knows something."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from smilecity.core.who import ANYONE

if TYPE_CHECKING:
    from smilecity.people.models import Account

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
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount
    from allauth.usersessions.models import UserSession

    from smilecity.citizens import actions as citizens
    from smilecity.core import clock, nouns
    from smilecity.core.models import Undo
    from smilecity.people import actions
    from smilecity.people.models import Delivery, Follow, Notice, PushAddress
    from smilecity.people.reads import who_is
    from smilecity.places.models import Change, Place

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
    Undo.objects.create(account=vera.pk, what="hide", before={}, after={})
    Change.objects.create(
        place=place, author=vera, base=clock.now(), state="review", values={"title": {"de": "Neuer Pier"}}
    )
    for who_says, contact, words in (
        (who, "", "Mehr Bänke, bitte"),
        (ANYONE, "Vera@example.org", "Danke für das Licht"),
        (ANYONE, "bob@example.org", "Bobs Worte"),
    ):
        citizens.say_need(
            who_says, uuid.uuid4(), kind="wish", words=words, contact=contact, language="de", about=noun.id
        )
    return vera
