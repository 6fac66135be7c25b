# SPDX-License-Identifier: EUPL-1.2
"""The accounts of the named people, so that what they say can be theirs; and a town to say it in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.citizens.town import Town


@pytest.fixture(autouse=True)
def _accounts(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        request.getfixturevalue("db")
        from smilecity.people.models import Account

        for number, name in enumerate(("alice", "bob", "olga", "carla", "dora"), start=1):
            Account.objects.get_or_create(
                id=number,
                defaults={"email": f"{name}@example.org", "pseudonym": name, "pseudonym_shape": name},
            )


@pytest.fixture
def town(person: Callable[..., Any], organisation: Callable[..., Any]) -> Town:
    """A court of a club in a quarter, and its people."""
    from tests.citizens.town import Town

    return Town(person, organisation)
