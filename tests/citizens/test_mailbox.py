# SPDX-License-Identifier: EUPL-1.2
"""The mailbox by IMAP over TLS, held by a small server on this machine: nothing is lost, nothing marked too early."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from smilecity.core import clock
from smilecity.core.mailbox import Done, Mailbox, visit


class Server:
    """As much of IMAP as a visit needs: messages by number, their marks, and what was asked."""

    def __init__(self, certificate: Path, messages: list[bytes]) -> None:
        self.messages, self.seen, self.flagged, self.asked = messages, set[int](), set[int](), list[str]()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _address = self._socket.accept()
                with self._context.wrap_socket(plain, server_side=True) as line, line.makefile("rwb") as file:
                    file.write(b"* OK ready\r\n")
                    file.flush()
                    while asked := file.readline():
                        file.write(self._answer(asked.decode().strip()))
                        file.flush()
            except ssl.SSLError:
                continue
            except OSError:
                return

    def _answer(self, asked: str) -> bytes:
        tag, _blank, rest = asked.partition(" ")
        self.asked.append(rest)
        words = rest.upper().split()
        said = b""
        if words[0] == "CAPABILITY":
            said = b"* CAPABILITY IMAP4rev1\r\n"
        elif words[0] == "LOGIN" and "richtig" not in rest:
            return f"{tag} NO wrong\r\n".encode()
        elif words[0] == "SELECT":
            if "INBOX" not in rest:
                return f"{tag} NO no such folder\r\n".encode()
            said = f"* {len(self.messages)} EXISTS\r\n".encode()
        elif words[:2] == ["UID", "SEARCH"]:
            unseen = [str(n) for n in range(1, len(self.messages) + 1) if n not in self.seen]
            said = f"* SEARCH {' '.join(unseen)}\r\n".encode()
        elif words[:2] == ["UID", "FETCH"]:
            said = self._fetched(int(words[2]), rest)
        elif words[:2] == ["UID", "STORE"]:
            self.seen.add(int(words[2]))
            if "FLAGGED" in rest.upper():
                self.flagged.add(int(words[2]))
        elif words[0] == "LOGOUT":
            said = b"* BYE\r\n"
        return said + f"{tag} OK done\r\n".encode()

    def _fetched(self, number: int, rest: str) -> bytes:
        message = self.messages[number - 1]
        if "SIZE" in rest:
            return f"* {number} FETCH (UID {number} RFC822.SIZE {len(message)})\r\n".encode()
        return f"* {number} FETCH (UID {number} BODY[] {{{len(message)}}}\r\n".encode() + message + b")\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = clock.now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("imap") / "both.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(pem))
    return file


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    """Three messages, the second of them large."""
    running = Server(certificate, [b"From: a@b.de\r\n\r\none", b"x" * 5000, b"From: a@b.de\r\n\r\nthree"])
    yield running
    running.close()


def box(server: Server, secret: str = "richtig", folder: str = "INBOX") -> Mailbox:  # noqa: S107
    return Mailbox("127.0.0.1", server.port, "stadt", secret, folder)


def trust(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_each_is_marked_only_after_it_was_taken(server: Server, certificate: Path) -> None:
    got: list[tuple[bytes, set[int]]] = []

    def take(raw: bytes) -> Done:
        got.append((raw, set(server.seen)))
        return Done.TAKEN

    assert visit(box(server), take, most_bytes=1000, context=trust(certificate)) == 2
    assert got == [(server.messages[0], set()), (server.messages[2], {1, 2})]
    assert (server.seen, server.flagged) == ({1, 2, 3}, {2})  # too large: for a person
    assert not any("BODY[]" in one for one in server.asked)  # only peeked at
    assert visit(box(server), take, most_bytes=1000, context=trust(certificate)) == 0


def test_what_is_to_come_later_stays_and_ends_the_visit(server: Server, certificate: Path) -> None:
    visit(box(server), lambda raw: Done.LATER, most_bytes=9000, context=trust(certificate))
    assert server.seen == set()
    visit(box(server), lambda raw: Done.LEFT, most_bytes=9000, context=trust(certificate))
    assert server.flagged == {1, 2, 3}


def test_a_node_that_dies_while_it_takes_finds_the_message_again(server: Server, certificate: Path) -> None:
    def dying(raw: bytes) -> Done:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        visit(box(server), dying, most_bytes=9000, context=trust(certificate))
    assert server.seen == set()


def test_what_is_wrong_with_it_is_an_oserror(server: Server, certificate: Path) -> None:
    def never(raw: bytes) -> Done:
        raise AssertionError

    for wrong, says in (
        (box(server, secret="falsch"), "refuses"),
        (box(server, folder="Nichts"), "no folder"),
    ):
        with pytest.raises(OSError, match=says):
            visit(wrong, never, most_bytes=9000, context=trust(certificate))
    with pytest.raises(OSError, match="CERTIFICATE"):  # a certificate that nobody vouches for
        visit(box(server), never, most_bytes=9000)


def test_addresses_are_read_with_their_escapes() -> None:
    read = Mailbox.read("imaps://anliegen%40stadt.example:ge%2Fheim@mail.example:1993/Anliegen")
    assert (read.user, read.secret, read.port, read.folder) == (
        "anliegen@stadt.example",
        "ge/heim",
        1993,
        "Anliegen",
    )
    assert Mailbox.read("imaps://a:b@mail.example").folder == "INBOX"
