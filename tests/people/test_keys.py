# SPDX-License-Identifier: EUPL-1.2
"""Keys: shown once, stored as a fingerprint, ended for good."""

import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.people import actions, reads, rules
from smilecity.people.models import ApiKey


def test_keys_are_long_different_and_look_like_keys() -> None:
    keys = {rules.new_key() for _ in range(200)}
    assert len(keys) == 200
    assert all(rules.looks_like_key(key) for key in keys)


@given(st.text(max_size=60))
def test_nothing_else_looks_like_a_key(text: str) -> None:
    assert not rules.looks_like_key(text) or (text.startswith(rules.PREFIX) and len(text) == 49)


@pytest.mark.django_db
def test_only_the_fingerprint_is_kept() -> None:
    key, text = actions.make_key(NODE, "server", ["intake"])
    stored = ApiKey.objects.get(id=key.id)
    assert bytes(stored.digest) == rules.digest(text)
    assert len(bytes(stored.digest)) == 32
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(k)::text || (SELECT json_agg(l) FROM core_logentry l)::text FROM people_apikey k"
        )
        assert text not in cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_revoked_key_opens_nothing_and_stays_revoked() -> None:
    _key, text = actions.make_key(NODE, "server", ["intake"])
    actions.revoke_key(NODE, "server")
    first = ApiKey.objects.get(name="server").revoked_at
    actions.revoke_key(NODE, "server")
    assert ApiKey.objects.get(name="server").revoked_at == first
    with connection.cursor() as cursor:
        cursor.execute(reads.KEY_BY_DIGEST, [rules.digest(text)])
        assert cursor.fetchone() is None
    assert list(LogEntry.objects.order_by("id").values_list("verb", flat=True)) == ["key-made", "key-revoked"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "scopes", "code"),
    [
        ("a", [], "key.unknown-scope"),
        ("a", ["everything"], "key.unknown-scope"),
        ("taken", ["intake"], "key.name-taken"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(name: str, scopes: list[str], code: str) -> None:
    actions.make_key(NODE, "taken", ["intake"])
    with pytest.raises(Refusal) as refused:
        actions.make_key(NODE, name, scopes)
    assert refused.value.code == code
    assert ApiKey.objects.count() == 1
    assert LogEntry.objects.count() == 1


@pytest.mark.django_db
def test_who_may_keep_keys(anyone: Who, alice: Who, bob: Who, olga: Who, node: Who) -> None:
    actions.make_key(NODE, "server", ["intake"])
    for who, may in ((anyone, False), (bob, False), (alice, False), (olga, True), (node, True)):
        assert bool(reads.keys(who)) is may
        for act in (
            lambda w=who: actions.make_key(w, f"by {w.label}", ["intake"]),
            lambda w=who: actions.revoke_key(w, "server"),
        ):
            if may:
                act()
            else:
                with pytest.raises(Refusal) as refused:
                    act()
                assert refused.value.status == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_name_at_once_one_gets_it() -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def take() -> None:
        together.wait()
        try:
            actions.make_key(NODE, "server", ["intake"])
            outcomes.append("made")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["key.name-taken", "made"]
    assert ApiKey.objects.count() == 1


def test_anyone_is_who_asks_while_nobody_signs_in(rf: object) -> None:
    assert reads.who_asks(rf) == ANYONE  # type: ignore[arg-type]
