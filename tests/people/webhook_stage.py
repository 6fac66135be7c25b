# SPDX-License-Identifier: EUPL-1.2
"""A programme that listens on this machine, and an operator with a webhook for it."""

import base64
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.db import transaction

from smilecity.core import clock
from smilecity.core.events import Event
from smilecity.core.who import NODE, Who
from smilecity.people import actions
from smilecity.people.actions import posting
from smilecity.people.actions.webhooks import Said
from smilecity.people.models import Webhook
from smilecity.people.reads import who_is

REACH = ("127.0.0.0/8",)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Heard:
    """One request: its path, its headers by their small names, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Programme:
    """Answers each path with what stands in `answers`: a status, or a function of the handler; else 204."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=lambda: defaultdict(lambda: 204))

    def at(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def messages(self, path: str = "/hook") -> list[str]:
        return [one.headers["webhook-id"] for one in self.heard if one.path == path]


@contextmanager
def listening() -> Iterator[Programme]:
    """The programme, while the block lasts."""
    programme = Programme()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            programme.heard.append(Heard(self.path, named, body))
            answer = programme.answers[self.path]
            if callable(answer):
                answer(self)
            else:
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    programme.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield programme
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Hall:
    """Olga runs the node; her webhook hears for the club of what happens at doors and courts."""

    def __init__(
        self, person: Callable[..., Any], organisation: Callable[..., Any], programme: Programme
    ) -> None:
        with transaction.atomic():
            self.hall, self.club = organisation("municipality", "Stadt"), organisation("club", "SV Hafen")
        self.account = person("olga", ("operator", self.hall, None))
        self.olga: Who = who_is(self.account)
        self.programme = programme

    def said(self, path: str = "/hook", **more: Any) -> Said:
        given = {"kinds": ["booking.made", "closing.made"], "organisation": self.club.pk, **more}
        return Said(given.pop("name", "Tafel"), given.pop("address", self.programme.at(path)), **given)

    def hook(self, path: str = "/hook", **more: Any) -> tuple[Webhook, str]:
        return actions.make_webhook(self.olga, self.said(path, **more))

    def queue(self, *entries: int, kind: str = "closing.made", **more: Any) -> int:
        now = clock.now()
        happened = [
            Event(kind, one, now, {"noun": "places/pier"}, **{"public": True, **more}) for one in entries
        ]
        return actions.queue_events(NODE, happened)


def is_signed(heard: Heard, secret: str, *, which: int = 0) -> bool:
    """Checked with another library than the one that signs."""
    version, _, mark = heard.headers["webhook-signature"].split(" ")[which].partition(",")
    mac = HMAC(base64.b64decode(secret.split("_", 1)[1]), SHA256())
    signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
    mac.update(signed)
    return version == "v1" and mac.finalize() == base64.b64decode(mark)


def send(hook: Webhook, at: datetime) -> str:
    """Send what is due to this webhook at this moment; why it rests then."""
    with clock.frozen(at):
        if hook.pk in posting._due(at).values_list("pk", flat=True):
            posting.send_in_order(hook.pk)
    hook.refresh_from_db()
    return hook.paused
