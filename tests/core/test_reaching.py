# SPDX-License-Identifier: EUPL-1.2
"""Machines that somebody named are spoken to in the open internet, and inside only where the operator says so."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from smilecity.core.problems import Refusal
from smilecity.core.reaching import Limits, address_of, credentials, entry, get, json_of

PUBLIC = "93.184.215.14"
HERE = ("127.0.0.0/8",)


class Peer(http.server.BaseHTTPRequestHandler):
    """Answers what its server says of a path, and remembers who asked."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quietly."""


@pytest.fixture
def peer() -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    server.answers, server.asked = {}, []
    server.at = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def refused(*args: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        get(*args, **named)
    return refusal.value.code


@pytest.mark.parametrize(
    ("found", "inside", "allowed"),
    [
        ([PUBLIC], (), True),
        (["10.1.2.3"], (), False),
        (["10.1.2.3"], ("10.1.0.0/16",), True),
        (["::ffff:10.1.2.3"], ("10.1.0.0/16",), True),
        (["10.2.2.3"], ("10.1.0.0/16",), False),
        (["10.1.2.3"], ("broker.example",), True),
        (["10.1.2.3"], ("example",), False),
        ([PUBLIC, "10.1.2.3"], (), False),
        (["fe80::1%eth0"], (), False),
        (["169.254.169.254"], ("10.0.0.0/8",), False),
        ([], ("broker.example",), False),
    ],
)
def test_only_what_is_open_or_named(found: list[str], inside: tuple[str, ...], allowed: bool) -> None:
    def ask() -> str:
        return address_of("Broker.example", 8883, inside=inside, resolve=lambda host, port: found)

    if allowed:
        assert ask() == found[0]
        return
    with pytest.raises(Refusal) as refusal:
        ask()
    assert refusal.value.code == "reach.not-allowed"


def test_a_name_that_is_none_is_said_so() -> None:
    for host in ("no-such-host.invalid", "a" * 300, "-.."):
        with pytest.raises(Refusal) as refusal:
            address_of(host, 443)
        assert refusal.value.code == "reach.unknown-host"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("10.0.0.7", "10.0.0.7/32"), ("10.0.0.7/8", "10.0.0.0/8"), (" Broker.Example. ", "broker.example")],
)
def test_an_entry_is_a_network_or_a_name(text: str, kept: str) -> None:
    assert entry(text) == kept


def test_plain_http_serves_inside_only(peer: Any) -> None:
    peer.answers["/a?b=1"] = (200, {}, b'{"c": 1}')
    assert json_of(get(f"{peer.at}/a?b=1", inside=HERE)) == {"c": 1}
    assert refused(f"{peer.at}/a?b=1") == "reach.not-https"
    assert refused(f"{peer.at}/a?b=1", inside=("10.0.0.0/8",)) == "reach.not-allowed"
    assert refused("http://open.example/", inside=HERE, resolve=lambda h, p: [PUBLIC]) == "reach.not-https"
    assert refused("https://127.0.0.1/") == "reach.not-allowed"


@pytest.mark.parametrize(
    "address", ["ftp://a.example/", "https://u:p@a.example/", "https://", "https://a b/"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refused(address) == "reach.not-https"


def test_a_secret_is_for_its_host_alone(peer: Any) -> None:
    """After a redirect to another host the password stays behind."""
    peer.answers |= {
        "/near": (302, {"Location": "/there"}, b""),
        "/far": (302, {"Location": f"http://elsewhere.example:{peer.server_port}/there"}, b""),
        "/there": (200, {}, b"{}"),
    }
    secret = credentials("us", "hush")

    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    get(f"{peer.at}/near", inside=HERE, secret=secret, resolve=resolve)
    get(f"{peer.at}/far", inside=HERE, secret=secret, resolve=resolve)
    told = secret["Authorization"]
    assert peer.asked == [("/near", told), ("/there", told), ("/far", told), ("/there", None)]
    assert credentials("", "key") == {"Authorization": "Bearer key"}
    assert credentials("us", "") == {}


def test_limits_hold(peer: Any) -> None:
    peer.answers |= {
        "/big": (200, {}, b"x" * 5000),
        "/round": (302, {"Location": "/round"}, b""),
        "/broken": (200, {"Content-Length": "none"}, b""),
    }
    assert refused(f"{peer.at}/big", Limits(most_bytes=4000), inside=HERE) == "reach.too-large"
    assert refused(f"{peer.at}/big", Limits(seconds=-1), inside=HERE) == "reach.too-slow"
    assert refused(f"{peer.at}/round", inside=HERE) == "reach.too-many-redirects"
    assert refused(f"{peer.at}/none", inside=HERE) == "reach.not-there"
    assert refused("http://127.0.0.1:1/", inside=HERE) == "reach.not-reached"


def test_half_an_answer_is_none(peer: Any) -> None:
    peer.answers["/half"] = (200, {"Content-Length": "10"}, b"x")
    assert refused(f"{peer.at}/half", inside=HERE) == "reach.not-reached"


def test_a_peer_that_drips_is_left() -> None:
    """Each byte comes in time, the answer never."""
    ours, theirs = socket.socketpair()

    def drip() -> None:
        with suppress(OSError):
            while True:
                theirs.send(b"H")
                time.sleep(0.01)

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    way = {"resolve": lambda host, port: [PUBLIC], "reach": lambda address, host, port: ours}
    assert refused("https://open.example/", Limits(seconds=0.2), **way) == "reach.too-slow"
    dripping.join(5)
    assert not dripping.is_alive()
    theirs.close()


def test_what_is_no_json_is_said_so() -> None:
    assert json_of(b'{"result": NaN}')["result"] != 0  # read for its reader to refuse
    for body in (b"", b"<html>", b"[" * 200_000, b"\xff\xfe", b'{"a": ' + b"9" * 5000 + b"}"):
        with pytest.raises(Refusal) as refusal:
            json_of(body)
        assert refusal.value.code == "reach.not-json"
