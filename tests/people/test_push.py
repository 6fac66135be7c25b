# SPDX-License-Identifier: EUPL-1.2
"""Web Push against a push service of our own: what it gets can be opened by the browser alone, and says who sent it."""

import base64
import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.test import Client
from pytest_django import Settings

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.people import actions, reads
from smilecity.people.actions import courier as courier_module
from smilecity.people.actions.courier import Courier, Outcome, public_host, public_key
from smilecity.people.jobs.letters import short
from smilecity.people.models import Account, Consent, Delivery, Notice, PushAddress
from smilecity.people.reads import who_is
from tests.conftest import Person
from tests.people.test_notices import noun, told

pytestmark = pytest.mark.django_db
SENDER = "mailto:stadt@example.org"
ENDPOINT = "https://push.example.org/anna"


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """Holds the keys that only it knows, and opens what comes."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.p256dh, self.auth = text_of(point), text_of(self.secret)

    def opened(self, body: bytes) -> dict[str, str]:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        said: dict[str, str] = json.loads(plain)
        return said


@dataclass
class Service:
    """A push service that remembers what it got and answers as it is told."""

    address: str = ""
    status: int = 201
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    known = Service()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(known.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    known.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def courier(tmp_path: Path) -> Courier:
    return Courier(tmp_path / "push-key.pem", SENDER, at_home=True)


@pytest.fixture
def anna(person: Person) -> Account:
    account = person("anna")
    Delivery.objects.create(account=account, off_token="t", quiet_from=time(0), quiet_to=time(0))
    return account


def listening(account: Account, service: Service, browser: Browser, path: str = "/anna") -> PushAddress:
    return PushAddress.objects.create(
        account=account, endpoint=service.address + path, p256dh=browser.p256dh, auth=browser.auth
    )


def test_the_browser_alone_can_open_it_and_reads_title_and_path(
    anna: Account, service: Service, courier: Courier
) -> None:
    browser = Browser()
    listening(anna, service, browser)
    actions.tell(NODE, [told(anna, noun("court"))])
    assert actions.deliver_push(NODE, courier, short) == 1
    ((headers, body),) = service.got
    number = Notice.objects.get().pk
    expected = {"title": "Court", "body": "Es gibt Neues an diesem Ort.", "path": f"/me/notices/{number}/"}
    assert browser.opened(body) == expected
    assert b"Court" not in body
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "86400")
    with pytest.raises(http_ece.ECEException):
        Browser().opened(body)


def test_it_says_who_sent_it(anna: Account, service: Service, tmp_path: Path, courier: Courier) -> None:
    listening(anna, service, Browser())
    actions.tell(NODE, [told(anna, noun("court"))])
    actions.deliver_push(NODE, courier, short)
    kind, _, rest = service.got[0][0]["authorization"].partition(" ")
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    assert kind == "vapid"
    assert parts["k"] == public_key(tmp_path / "push-key.pem")
    head, claims, signature = parts["t"].split(".")
    said = json.loads(bytes_of(claims))
    assert (said["aud"], said["sub"]) == (service.address, SENDER)
    assert 0 < int(said["exp"]) - clock.now().timestamp() <= 24 * 3600
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(parts["k"]))
    raw = bytes_of(signature)
    signed = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_several_are_one_message(anna: Account, service: Service, courier: Courier) -> None:
    browser = Browser()
    listening(anna, service, browser)
    actions.tell(NODE, [told(anna, noun(f"place-{number}"), number) for number in range(3)])
    assert actions.deliver_push(NODE, courier, short) == 1
    ((_headers, body),) = service.got
    assert browser.opened(body)["title"] == "3 neue Mitteilungen"
    assert browser.opened(body)["path"] == "/me/notices/"
    assert actions.deliver_push(NODE, courier, short) == 0
    assert len(service.got) == 1


def test_a_long_title_still_fits(anna: Account, service: Service, courier: Courier) -> None:
    browser = Browser()
    listening(anna, service, browser)
    actions.tell(NODE, [told(anna, noun("ü" * 6000))])
    assert actions.deliver_push(NODE, courier, short) == 1
    assert len(service.got[0][1]) < 4096
    assert browser.opened(service.got[0][1])["title"].startswith("Ü")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    anna: Account, service: Service, courier: Courier, status: int
) -> None:
    service.status = status
    listening(anna, service, Browser())
    actions.tell(NODE, [told(anna, noun("court"))])
    assert actions.deliver_push(NODE, courier, short) == 0
    assert not PushAddress.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again(
    anna: Account, service: Service, courier: Courier, status: int
) -> None:
    service.status = status
    listening(anna, service, Browser())
    actions.tell(NODE, [told(anna, noun("court"))])
    assert actions.deliver_push(NODE, courier, short) == 0
    service.status = 201
    assert actions.deliver_push(NODE, courier, short) == 1
    assert PushAddress.objects.exists()


@pytest.mark.parametrize("status", [302, 400, 413])
def test_what_is_refused_or_sent_elsewhere_is_not_tried_again(
    anna: Account, service: Service, courier: Courier, status: int
) -> None:
    service.status = status
    listening(anna, service, Browser())
    actions.tell(NODE, [told(anna, noun("court"))])
    for _ in range(2):
        assert actions.deliver_push(NODE, courier, short) == 0
    assert len(service.got) == 1  # and no redirection was followed


def test_a_service_that_is_away_is_asked_again(anna: Account, service: Service, courier: Courier) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Service(address=f"http://127.0.0.1:{free.getsockname()[1]}")
    address = listening(anna, nobody, Browser())
    actions.tell(NODE, [told(anna, noun("court"))])
    assert courier.bring(address, b"{}") is Outcome.LATER
    assert actions.deliver_push(NODE, courier, short) == 0
    assert Notice.objects.get().pushed_at is None


def test_not_in_quiet_hours_not_read_ones_and_not_for_ever(
    anna: Account, service: Service, courier: Courier
) -> None:
    listening(anna, service, Browser())
    actions.tell(NODE, [told(anna, noun("court"))])
    Delivery.objects.update(quiet_to=time(23, 59, 59))
    assert actions.deliver_push(NODE, courier, short) == 0
    Delivery.objects.update(quiet_to=time(0))
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert actions.deliver_push(NODE, courier, short) == 0
    actions.mark_read(who_is(anna))
    assert actions.deliver_push(NODE, courier, short) == 0
    assert service.got == []


def test_a_host_of_the_house_is_never_asked(anna: Account, service: Service, tmp_path: Path) -> None:
    address = listening(anna, service, Browser())
    outside = Courier(tmp_path / "push-key.pem", SENDER)
    assert outside.bring(address, b"{}") is Outcome.GONE
    assert service.got == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "10.1.2.3", "unknown.invalid"])
def test_a_name_is_judged_by_the_number_behind_it(host: str) -> None:
    with pytest.raises(Refusal, match=r"push\.bad-address"):
        public_host(host, 443)


def test_a_name_with_one_number_in_the_house_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [(2, 1, 6, "", (one, 443)) for one in ("8.8.8.8", "192.168.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: numbers)
    with pytest.raises(Refusal):
        public_host("push.example.org", 443)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: numbers[:1])
    assert public_host("push.example.org", 443) == "8.8.8.8"


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key, made = tmp_path / "push-key.pem", []
    threads = [threading.Thread(target=lambda: made.append(public_key(key))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert len(bytes_of(made[0])) == 65
    assert key.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["push-key.pem"]


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is a host of the open network."""
    monkeypatch.setattr("smilecity.people.actions.browsers.public_host", lambda *_args, **_more: "8.8.8.8")


@pytest.mark.usefixtures("resolved")
def test_the_button_is_the_consent_and_taking_it_back_ends_it(
    client: Client, anna: Account, settings: Settings, tmp_path: Path
) -> None:
    settings.PUSH_KEY_FILE = tmp_path / "push-key.pem"
    client.force_login(anna)
    page = client.get("/me/notices/choices/").content.decode()
    assert f'data-push="{public_key(tmp_path / "push-key.pem")}"' in page
    browser = Browser()
    sent = {"do": "on", "endpoint": ENDPOINT, "p256dh": browser.p256dh, "auth": browser.auth}
    for _ in range(2):
        assert client.post("/me/notices/browser/", sent).status_code == 302
    assert [one.endpoint for one in reads.browsers(who_is(anna))] == [ENDPOINT]
    assert Consent.objects.get(purpose="push").withdrawn_at is None
    assert "push.example.org" in client.get("/me/notices/choices/").content.decode()
    actions.withdraw_consent(who_is(anna), "push")
    assert not PushAddress.objects.exists()


@pytest.mark.usefixtures("resolved")
def test_a_browser_changes_hands_and_nobody_takes_anothers_away(
    client: Client, anna: Account, person: Person
) -> None:
    browser, bert = Browser(), person("bert")
    actions.take_browser(who_is(anna), ENDPOINT, browser.p256dh, browser.auth)
    client.force_login(bert)
    number = PushAddress.objects.get().pk
    client.post("/me/notices/browser/", {"do": "off", "number": number})
    client.post("/me/notices/browser/", {"do": "off", "endpoint": ENDPOINT})
    assert PushAddress.objects.get().account_id == anna.pk
    actions.take_browser(who_is(bert), ENDPOINT, browser.p256dh, browser.auth)
    assert PushAddress.objects.get().account_id == bert.pk
    client.post("/me/notices/browser/", {"do": "off", "number": number})
    assert not PushAddress.objects.exists()


@pytest.mark.usefixtures("resolved")
def test_of_too_many_browsers_the_oldest_go(anna: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smilecity.people.actions.browsers.MOST_BROWSERS", 2)
    browser = Browser()
    for number in range(4):
        actions.take_browser(who_is(anna), f"{ENDPOINT}/{number}", browser.p256dh, browser.auth)
    assert [one.endpoint[-1] for one in reads.browsers(who_is(anna))] == ["3", "2"]


@pytest.mark.usefixtures("resolved")
@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "http://push.example.org/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": ""},
        {"p256dh": ""},
        {"p256dh": text_of(os.urandom(64))},
        {"p256dh": text_of(b"\x02" + os.urandom(64))},
        {"auth": text_of(os.urandom(15))},
        {"auth": "ä" * 22},
    ],
)
def test_what_no_browser_says_is_refused(client: Client, anna: Account, change: dict[str, str]) -> None:
    browser = Browser()
    client.force_login(anna)
    sent = {"do": "on", "endpoint": ENDPOINT, "p256dh": browser.p256dh, "auth": browser.auth, **change}
    assert client.post("/me/notices/browser/", sent).status_code == 422
    assert not PushAddress.objects.exists()
    assert not Consent.objects.exists()


def test_nobody_listens_without_an_account(client: Client) -> None:
    browser = Browser()
    with pytest.raises(Refusal, match=r"push\.sign-in"):
        actions.take_browser(ANYONE, ENDPOINT, browser.p256dh, browser.auth, at_home=True)
    assert "/account/login/" in client.post("/me/notices/browser/", {"endpoint": ENDPOINT})["Location"]


def test_only_the_node_delivers(anna: Account, courier: Courier) -> None:
    with pytest.raises(Refusal, match=r"notice\.not-yours"):
        actions.deliver_push(who_is(anna), courier, short)
    assert courier_module.SECONDS <= 10
