# SPDX-License-Identifier: EUPL-1.2
"""The register of processing, and keys at the desk."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from smilecity.core import privacy
from smilecity.core.who import NODE
from smilecity.people import actions
from smilecity.people.models import ApiKey

Make = Callable[..., Any]


@pytest.fixture
def olga(person: Make, organisation: Make) -> Any:
    """Olga operates the node."""
    return person("olga", ("operator", organisation("municipality", "Stadt"), None))


def test_every_entry_is_whole_and_named_once() -> None:
    entries = [one for _room, several in privacy.register() for one in several]
    assert len({one.code for one in entries}) == len(entries) > 5
    for one in entries:
        said = (one.title, one.purpose, one.basis, one.data, one.seen_by, one.kept)
        assert all(str(part).strip() for part in said), one.code
        assert re.match(r"Art\. \d+ Abs\. \d", str(one.basis)), one.code


def test_everyone_reads_it_in_short_and_operators_whole(client: Client, olga: Any, person: Make) -> None:
    public = client.get("/privacy/register/").content.decode()
    for _room, entries in privacy.register():
        for one in entries:
            assert str(one.title) in public
            assert str(one.basis) not in public
    assert client.get("/desk/processing/").status_code == 302
    client.force_login(person("bob"))
    assert client.get("/desk/processing/").status_code == 403
    client.force_login(olga)
    whole = client.get("/desk/processing/").content.decode()
    assert all(str(one.basis) in whole for _room, several in privacy.register() for one in several)


def test_a_key_is_shown_once_and_revoked_after_a_question(client: Client, olga: Any) -> None:
    client.force_login(olga)
    made = client.post("/desk/keys/", {"name": "Stadtwerke", "scopes": ["intake"]})
    assert "no-store" in made["Cache-Control"]
    text = re.search(r"smile_[\w-]{43}", made.content.decode())
    assert text
    assert text[0] not in client.get("/desk/keys/").content.decode()
    key = ApiKey.objects.get(name="Stadtwerke")
    path = f"/desk/keys/{key.id}/revoke/"
    assert client.get(path).status_code == 200
    assert ApiKey.objects.get(id=key.id).revoked_at is None
    assert client.post(path).status_code == 302
    assert ApiKey.objects.get(id=key.id).revoked_at
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"name": "", "scopes": ["intake"]}, 422),
        ({"name": "x"}, 422),
        ({"name": "x", "scopes": ["everything"]}, 422),
        ({"name": "taken", "scopes": ["intake"]}, 409),
    ],
)
def test_a_wrong_key_is_explained(client: Client, olga: Any, typed: dict[str, Any], status: int) -> None:
    actions.make_key(NODE, "taken", ["intake"])
    client.force_login(olga)
    answer = client.post("/desk/keys/", typed)
    assert answer.status_code == status
    assert "kern-error" in answer.content.decode()
    assert ApiKey.objects.count() == 1


def test_keys_are_for_operators(client: Client, person: Make) -> None:
    actions.make_key(NODE, "server", ["intake"])
    key = ApiKey.objects.get()
    client.force_login(person("bob"))
    assert client.get("/desk/keys/").status_code == 403
    assert client.post(f"/desk/keys/{key.id}/revoke/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None
