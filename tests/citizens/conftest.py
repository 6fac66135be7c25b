# SPDX-License-Identifier: EUPL-1.2
"""The accounts of the named people, so that what they say can be theirs."""

import pytest


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
