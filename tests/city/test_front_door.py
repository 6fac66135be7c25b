# SPDX-License-Identifier: EUPL-1.2
"""The front door: who asks from where, how much they may send, what every answer carries."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
import pytest
from a2wsgi import WSGIMiddleware

from smilecity.city import asgi
from smilecity.city.asgi import FrontDoor
from smilecity.city.settings import Settings
from smilecity.core.asgi import Receive, Scope, Send, answer, read_body
from smilecity.core.problems import Refusal
from tests.core.asgi_client import Exchange, ask, request

SAFE = {
    "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy",
    "permissions-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
}  # fmt: skip
# At machines' addresses, where no answer is a page.
SAFE_DATA = {"content-security-policy", "x-content-type-options", "cross-origin-resource-policy"}
SENTENCE = "a secret in a stack trace"


async def way(scope: Scope, receive: Receive, send: Send) -> None:
    """A machine's address: needs the key `right`, tells who asks; some of its addresses fail."""
    said = dict(scope["headers"]).get(b"authorization", b"").decode()
    if scope["path"].endswith("/broken"):
        raise ZeroDivisionError(SENTENCE)
    if scope["path"].endswith("/away"):
        raise psycopg.OperationalError(SENTENCE)
    if said and said != "right":
        raise Refusal("key.wrong", "This needs a valid key.", status=401)
    body = await read_body(scope, receive, 100)
    await answer(send, 200, f"{scope['client'][0]} {scope['scheme']} {len(body)}".encode(), "text/plain")


def pages(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application that tells what it was given."""
    if environ["PATH_INFO"] == "/broken":
        raise ZeroDivisionError(SENTENCE)
    body = environ["wsgi.input"].read()
    start("200 OK", [("content-type", "text/plain")])
    said = (
        environ["REMOTE_ADDR"],
        environ["wsgi.url_scheme"],
        environ.get("CONTENT_LENGTH", "none"),
        str(len(body)),
    )
    return [" ".join(said).encode()]


def door(**variables: str) -> FrontDoor:
    settings = Settings.read({f"SMILE_{name.upper()}": text for name, text in variables.items()})
    return FrontDoor(settings, [("/way/", way)], WSGIMiddleware(pages, workers=2))


def answered(at: FrontDoor, method: str, address: str, **more: Any) -> Exchange:
    return asyncio.run(ask(at, request(method, address, **more)))


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 200), ("GET", "/way/", 200), ("HEAD", "/", 200), ("OPTIONS", "/", 200),
        ("GET", "/broken", 500), ("GET", "/way/broken", 500), ("GET", "/way/away", 503),
        ("GET", "/%00", 400), ("GET", "/way/?x=%00", 400),
        ("GET", "/?q=ä", 400), ("BREW", "/", 200),
    ],
)  # fmt: skip
def test_every_kind_of_answer_is_safe(method: str, address: str, status: int) -> None:
    given = answered(door(), method, address)
    assert given.status == status
    machines = address.startswith("/way/") and "%00" not in address
    assert given.headers.keys() >= (SAFE_DATA if machines else SAFE)
    assert ("default-src 'none'" in given.headers["content-security-policy"]) is machines
    assert "strict-transport-security" not in given.headers
    assert "unsafe" not in given.headers["content-security-policy"]


def test_under_https_browsers_are_told_to_stay_there() -> None:
    for address in ("/broken", "/way/broken"):
        given = answered(door(address="https://smile.example.org"), "GET", address)
        assert given.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize("address", ["/broken", "/way/broken", "/way/away"])
def test_a_failure_tells_nothing_but_where_to_look(address: str) -> None:
    given = answered(door(), "GET", address)
    assert given.json["type"].startswith("urn:smilecity:problem:node.")
    assert SENTENCE.encode() not in given.body
    assert b"ZeroDivision" not in given.body
    assert b".py" not in given.body


def test_the_database_away_is_said_and_when_to_come_again() -> None:
    given = answered(door(), "GET", "/way/away")
    assert (given.status, given.json["code"], given.headers["retry-after"]) == (
        503,
        "node.database-away",
        "5",
    )


def test_a_body_over_the_limit_is_refused_declared_or_in_chunks() -> None:
    at = door(body_limit="1024")
    declared = answered(at, "POST", "/", headers=[("Content-Length", "1025")], parts=[b"x"])
    chunked = answered(at, "POST", "/", parts=[b"x" * 600, b"y" * 600])
    assert [declared.status, chunked.status] == [413, 413]
    assert declared.json["code"] == "request.too-large"
    assert answered(at, "POST", "/way/", parts=[b"x" * 60, b"y" * 60]).status == 413
    assert answered(at, "POST", "/", parts=[b"x" * 512, b"y" * 512]).status == 200


@pytest.mark.parametrize(
    ("address", "cookie", "status"),
    [
        ("/desk/places/court/photos/", "sessionid=abc", 200),
        ("/en/desk/places/court/photos/", "a=b; sessionid=abc", 200),
        ("/desk/areas/", "sessionid=abc", 200),
        ("/desk/places/court/photos/", "", 413),
        ("/desk/places/court/", "sessionid=abc", 413),
        ("/x/desk/places/court/photos/", "sessionid=abc", 413),
        ("/desk/places/a/b/photos/", "sessionid=abc", 413),
    ],
)
def test_more_may_come_only_where_files_are_uploaded_and_beside_a_session(
    address: str, cookie: str, status: int
) -> None:
    at = door(body_limit="1024", upload_limit="4096")
    headers = [("Cookie", cookie)] if cookie else []
    assert answered(at, "POST", address, headers=headers, parts=[b"x" * 3000]).status == status
    assert answered(at, "POST", address, headers=headers, parts=[b"x" * 90_000]).status == 413


def test_a_big_file_goes_by_way_of_the_disk_beside_a_session_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smilecity.city.asgi.MOST_BIG", 600_000)
    at, address = door(body_limit="1024", upload_limit="4096"), "/en/desk/things/tables/new/"
    big = {"headers": [("Cookie", "sessionid=abc")], "parts": [b"x" * 300_000, b"y" * 250_000]}
    given = answered(at, "POST", address, **big)
    assert given.body.decode().split()[2:] == ["550000", "550000"]
    assert answered(at, "POST", address, parts=[b"x" * 3000]).status == 413
    assert answered(at, "POST", address, **{**big, "parts": [b"x" * 700_000]}).status == 413
    monkeypatch.setattr("smilecity.city.asgi.BIG_AT_ONCE", 0)
    assert answered(at, "POST", address, **big).status == 429


def test_a_body_that_came_in_chunks_reaches_the_page_whole() -> None:
    given = answered(
        door(), "POST", "/", headers=[("Transfer-Encoding", "chunked")], parts=[b"ab", b"", b"cde"]
    )
    assert given.body.decode().split()[2:] == ["5", "5"]


@pytest.mark.parametrize("address", ["/", "/way/"])
def test_a_body_that_comes_too_slowly_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smilecity.core.patience.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("smilecity.core.asgi.SECONDS_FOR_A_BODY", 0.05)
    given = answered(door(), "POST", address, parts=[])
    assert (given.status, given.json["code"]) == (408, "request.too-slow")


def test_forms_are_limited_for_each_address_and_reading_is_not() -> None:
    at = door(writes_a_minute="3")
    bob = [answered(at, "POST", "/", client="192.0.2.1").status for _ in range(5)]
    assert bob == [200, 200, 200, 429, 429]
    assert answered(at, "POST", "/", client="192.0.2.2").status == 200
    assert answered(at, "GET", "/", client="192.0.2.1").status == 200
    refused = answered(at, "POST", "/", client="192.0.2.1")
    assert (refused.json["code"], refused.headers["retry-after"]) == ("request.too-often", "60")


def test_one_line_at_home_is_one_address() -> None:
    at = door(writes_a_minute="2")
    hosts = [f"2001:db8:1:1::{number:x}" for number in range(3)]
    assert [answered(at, "POST", "/", client=host).status for host in hosts] == [200, 200, 429]
    assert answered(at, "POST", "/", client="2001:db8:1:2::1").status == 200


def test_guessing_keys_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "WRONG_KEYS_A_MINUTE", 3)
    at = door()
    wrong = [("Authorization", "wrong")]
    guesses = [answered(at, "GET", "/way/", headers=wrong, client="192.0.2.1") for _ in range(5)]
    assert [one.status for one in guesses] == [401, 401, 401, 429, 429]
    assert guesses[0].headers["www-authenticate"] == "Bearer"
    assert (
        answered(at, "GET", "/way/", headers=[("Authorization", "right")], client="192.0.2.1").status == 429
    )
    assert answered(at, "GET", "/way/", client="192.0.2.1").status == 200, "who presents no key guesses none"
    assert (
        answered(at, "GET", "/way/", headers=[("Authorization", "right")], client="192.0.2.2").status == 200
    )


FORWARDED = [
    # proxies believed, who connects, X-Forwarded-For lines, who it is
    ("", "192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
    ("10.0.0.2", "192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
    ("10.0.0.2", "10.0.0.2", ["203.0.113.9"], "203.0.113.9"),
    ("10.0.0.2", "10.0.0.2", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
    ("10.0.0.2", "10.0.0.2", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
    ("10.0.0.0/24", "10.0.0.2", ["1.1.1.1, 203.0.113.9, 10.0.0.3"], "203.0.113.9"),
    ("10.0.0.0/24", "10.0.0.2", ["10.0.0.4, 10.0.0.3"], "10.0.0.2"),
    ("10.0.0.2", "10.0.0.2", ["203.0.113.9, unknown"], "10.0.0.2"),
    ("10.0.0.2", "10.0.0.2", [""], "10.0.0.2"),
    ("10.0.0.2", "::ffff:10.0.0.2", ["2001:db8::5"], "2001:db8::5"),
    ("2001:db8::/32", "2001:db8::2", ["203.0.113.9"], "203.0.113.9"),
]


@pytest.mark.parametrize(("proxies", "client", "lines", "who"), FORWARDED)
@pytest.mark.parametrize("address", ["/", "/way/"])
def test_only_a_configured_proxy_is_believed(
    proxies: str, client: str, lines: list[str], who: str, address: str
) -> None:
    headers = [("X-Forwarded-For", line) for line in lines]
    assert (
        answered(door(proxies=proxies), "GET", address, headers=headers, client=client)
        .body.split()[0]
        .decode()
        == who
    )


def test_the_scheme_is_believed_from_the_proxy_only() -> None:
    headers = [("X-Forwarded-Proto", "https")]
    at = door(proxies="10.0.0.2")
    assert answered(at, "GET", "/", headers=headers, client="10.0.0.2").body.split()[1] == b"https"
    assert answered(at, "GET", "/", headers=headers, client="192.0.2.1").body.split()[1] == b"http"
    odd = [("X-Forwarded-Proto", "javascript")]
    assert answered(at, "GET", "/", headers=odd, client="10.0.0.2").body.split()[1] == b"http"


def test_a_page_that_burns_does_not_hold_up_machines() -> None:
    """A page works without pause until 200 messages are answered: if they waited for it, none would be."""
    enough = threading.Event()

    def burning(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        while not enough.is_set():
            pass
        start("200 OK", [])
        return [b"burnt"]

    async def story() -> None:
        at = FrontDoor(Settings(), [("/way/", way)], WSGIMiddleware(burning, workers=1))
        page = asyncio.create_task(ask(at, request("GET", "/")))
        await asyncio.sleep(0.01)
        for _ in range(200):
            assert (await ask(at, request("POST", "/way/"))).status == 200
        assert not page.done()
        enough.set()
        assert (await page).body == b"burnt"

    try:
        asyncio.run(story())
    finally:
        enough.set()
