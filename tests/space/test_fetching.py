# SPDX-License-Identifier: EUPL-1.2
"""An address is fetched from the open internet only, within limits, whatever it answers."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from smilecity.core.problems import Refusal
from smilecity.space.actions import fetching
from smilecity.space.actions.fetching import fetch

PUBLIC = "93.184.215.14"


@pytest.fixture
def reach() -> tuple[dict[str, bytes], list[str], Callable[[str, str, int], socket.socket]]:
    """Answers by path; which addresses were spoken to; and the way there, without a network."""
    answers: dict[str, bytes] = {}
    spoken: list[str] = []

    def way(address: str, host: str, port: int) -> socket.socket:
        spoken.append(f"{host}@{address}")
        ours, theirs = socket.socketpair()
        ours.settimeout(5)

        def serve() -> None:
            with theirs, suppress(OSError, IndexError):  # who has no time is gone already
                path = theirs.recv(65536).split(b" ")[1].decode()
                theirs.sendall(answers.get(path, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))

        threading.Thread(target=serve, daemon=True).start()
        return ours

    return answers, spoken, way


def said(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def resolve(host: str, port: int) -> list[str]:
    private = {"inside.example": "10.0.0.7", "localhost": "127.0.0.1", "meta.example": "169.254.169.254"}
    return [private.get(host, PUBLIC)]


def refused(address: str, reach: object, **more: object) -> str:
    with pytest.raises(Refusal) as refusal:
        fetch(address, resolve=resolve, reach=reach, **more)  # type: ignore[arg-type]
    return refusal.value.code


def test_a_file_is_fetched_also_where_it_has_moved_to(reach) -> None:  # type: ignore[no-untyped-def]
    answers, spoken, way = reach
    answers |= {"/old?a=1": moved("https://other.example/new"), "/new": said(b"{}")}
    assert fetch("https://open.example/old?a=1", resolve=resolve, reach=way) == b"{}"
    assert spoken == [f"open.example@{PUBLIC}", f"other.example@{PUBLIC}"]


@pytest.mark.parametrize("target", ["https://inside.example/", "https://localhost/", "https://meta.example/"])
def test_private_addresses_are_refused_also_behind_a_redirect(reach, target: str) -> None:  # type: ignore[no-untyped-def]
    answers, spoken, way = reach
    assert refused(target, way) == "import.private-address"
    answers["/"] = moved(target)
    assert refused("https://open.example/", way) == "import.private-address"
    assert spoken == [f"open.example@{PUBLIC}"]


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["::1"],
        ["fe80::1%eth0"],
        ["::ffff:10.0.0.1"],
        ["192.168.1.1"],
        [PUBLIC, "10.1.1.1"],
        [],
    ],
)
def test_no_name_may_stand_for_a_private_machine(found: list[str]) -> None:
    with pytest.raises(Refusal) as refusal:
        fetch("https://open.example/", resolve=lambda host, port: found)
    assert refusal.value.code == "import.private-address"


@pytest.mark.parametrize(
    "address",
    [
        "http://open.example/",
        "ftp://open.example/",
        "https://",
        "https://a:b@open.example/",
        "file:///etc/passwd",
    ],
)
def test_only_https(reach, address: str) -> None:  # type: ignore[no-untyped-def]
    answers, _spoken, way = reach
    assert refused(address, way) == "import.not-https"
    if not address.endswith("//"):  # which leads back to where it was asked
        answers["/"] = moved(address)
        assert refused("https://open.example/", way) == "import.not-https"


def test_what_leads_nowhere_is_refused(reach, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    answers, _spoken, way = reach
    answers |= {"/round": moved("/round"), "/odd": b"nonsense\r\n\r\n", "/big": said(b"x" * 5000)}
    assert refused("https://open.example/round", way) == "import.too-many-redirects"
    assert refused("https://open.example/missing", way) == "import.not-there"
    assert refused("https://open.example/odd", way) == "import.not-reached"
    assert refused("https://open.example/big", way, seconds=-1) == "import.too-slow"
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    assert refused("https://open.example/big", way) == "geo.too-large"
