# SPDX-License-Identifier: EUPL-1.2
"""Only an answer with a content policy of its own may be framed elsewhere; all others carry the door's."""

from smilecity.city.asgi import _besides_own, safe_headers

COMMON = safe_headers(secure=True)


def test_a_plain_answer_carries_all() -> None:
    assert _besides_own((b"content-type",), COMMON) == COMMON


def test_an_answer_s_own_word_is_not_said_over() -> None:
    own = (b"Content-Security-Policy", b"Cross-Origin-Resource-Policy")
    names = {name for name, _ in _besides_own(own, COMMON)}
    assert not names & {b"content-security-policy", b"x-frame-options", b"cross-origin-resource-policy"}
    assert {b"x-content-type-options", b"strict-transport-security", b"referrer-policy"} <= names


def test_a_resource_policy_alone_frees_no_frame() -> None:
    names = {name for name, _ in _besides_own((b"cross-origin-resource-policy",), COMMON)}
    assert {b"x-frame-options", b"content-security-policy"} <= names
