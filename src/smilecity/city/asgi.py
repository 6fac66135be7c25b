# SPDX-License-Identifier: EUPL-1.2
"""The front door: who asks from where, how much they may send, what every answer carries, which way it goes.

Intake and live streams are plain ASGI; everything else is Django on WSGI threads.
"""

import ipaddress
import re
import secrets
import tempfile
from collections.abc import Awaitable
from functools import lru_cache

import psycopg
import structlog

from smilecity.city.logs import route_of
from smilecity.city.parse import Network
from smilecity.city.settings import Settings
from smilecity.core.asgi import (
    UNSENT,
    App,
    Headers,
    Receive,
    Scope,
    Send,
    answer_refusal,
    header,
    read_body,
    replayed,
    spool_body,
    unexpected,
)
from smilecity.core.limits import Limiter
from smilecity.core.problems import Refusal

WRONG_KEYS_A_MINUTE = 30
KINDS_OF_ANSWERS = 256  # by the names of their headers

# Where files are uploaded, in any language.
UPLOADS = re.compile(r"(/[a-z]{2,3})?/desk/(places/[a-z0-9-]+/photos|areas)/")
# Where programmes upload pictures, by a key.
KEYED_UPLOADS = re.compile(r"/(open311/v2|citysdk)/requests\.(json|xml)")
# Where they are so big that they go to the disk as they come.
BIG_UPLOADS = re.compile(r"(/[a-z]{2,3})?/desk/things/tables/new/")
# Where people without an account may send photos: a few at once, and each by way of a file, too.
PHOTOS = re.compile(r"(/[a-z]{2,3})?/say/")
MOST_PHOTOS = 31 << 20
PHOTOS_AT_ONCE = 4
MOST_BIG = 200 << 20
BIG_AT_ONCE = 2
SESSION = "sessionid="
ROOM_FOR_WORDS = 64 << 10  # what a form says beside its file

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

log = structlog.get_logger("door")

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def safe_headers(secure: bool) -> Headers:
    """What every answer carries that may be a page."""
    said = {
        "content-security-policy": CONTENT_POLICY,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return _written(said, secure)


def data_headers(secure: bool) -> Headers:
    """What every answer at machines' addresses carries: none is a page, should a browser be led there all the same.

    Devices pay for each byte, and these are a third of those of a page.
    """
    said = {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    return _written(said, secure)


def _written(said: dict[str, str], secure: bool) -> Headers:
    if secure:
        said["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in said.items()]


class FrontDoor:
    """The ASGI application. `ways` are (path prefix, application), first match wins; `pages` has the rest."""

    def __init__(self, settings: Settings, ways: list[tuple[str, App]], pages: App) -> None:
        self._settings = settings
        self._ways = ways
        self._pages = pages
        self._writes = Limiter(settings.writes_a_minute)
        self._big = self._photos = 0
        self._wrong_keys = Limiter(WRONG_KEYS_A_MINUTE)
        of_pages, of_data = safe_headers(settings.secure), data_headers(settings.secure)
        self._beside_page = lru_cache(KINDS_OF_ANSWERS)(lambda own: _besides_own(own, of_pages))
        self._beside_data = lru_cache(KINDS_OF_ANSWERS)(lambda own: _besides_own(own, of_data))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens behind."""
        if scope["type"] != "http":
            return
        scope = self._located(scope)
        started = False
        beside = self._beside_page

        def send_safely(message: Scope) -> Awaitable[None]:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = tuple([name for name, _ in message["headers"]])
                message["headers"] = [*message["headers"], *beside(own)]
            return send(message)

        try:
            way = self._machines_way(scope)
            if way is not None:
                beside = self._beside_data
            await (way or self._page)(scope, receive, send_safely)
        except Exception as error:  # noqa: BLE001 - whatever it is, it becomes an answer here
            refusal = _refusal_of(error, scope["path"])
            if refusal.status == 401:
                self._wrong_keys.spend(_counted(scope["client"][0]))
            if not started or (UNSENT in scope and scope[UNSENT]()):
                await answer_refusal(send_safely, refusal, _besides(refusal))

    def _machines_way(self, scope: Scope) -> App | None:
        path, query = scope["path"], scope["query_string"]
        if "\0" in path or b"%00" in query or not query.isascii():
            raise Refusal("request.bad-address", "There is a character in this address that none has.")
        for prefix, way in self._ways:
            if path.startswith(prefix):
                if not self._wrong_keys.left(_counted(scope["client"][0])) and _presents_a_key(scope):
                    raise too_often()
                return way
        return None

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            if not self._writes.spend(_counted(scope["client"][0])):
                raise too_often()
            if BIG_UPLOADS.fullmatch(path) and SESSION in header(scope, b"cookie"):
                await self._spooled(scope, receive, send, MOST_BIG + ROOM_FOR_WORDS)
                return
            if PHOTOS.fullmatch(path) and _declared(scope) > self._settings.body_limit:
                await self._with_photos(scope, receive, send)
                return
            receive = await self._whole(scope, receive)
        await self._pages(scope, receive, send)

    async def _whole(self, scope: Scope, receive: Receive) -> Receive:
        """The body is read here, within size and time: a slow or huge one never holds a page's thread."""
        body = await read_body(scope, receive, self._limit(scope))
        # WSGI knows no body without a length: one that came in chunks would be empty there.
        framing = (b"content-length", b"transfer-encoding")
        others = [(name, value) for name, value in scope["headers"] if name not in framing]
        scope["headers"] = [*others, (b"content-length", str(len(body)).encode())]
        given = False

        async def replay() -> Scope:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        return replay

    async def _spooled(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        """As `_whole`, but by way of a file, a few at a time: a big body is never in memory."""
        if self._big >= BIG_AT_ONCE:
            raise too_often()
        self._big += 1
        try:
            await self._by_file(scope, receive, send, most)
        finally:
            self._big -= 1

    async def _with_photos(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The same for photos: counted by themselves, so that nobody keeps the desk from its files."""
        if self._photos >= PHOTOS_AT_ONCE:
            raise too_often()
        self._photos += 1
        try:
            await self._by_file(scope, receive, send, MOST_PHOTOS + ROOM_FOR_WORDS)
        finally:
            self._photos -= 1

    async def _by_file(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        with tempfile.TemporaryFile() as file:
            size = await spool_body(scope, receive, most, file)
            framing = (b"content-length", b"transfer-encoding")
            others = [(name, value) for name, value in scope["headers"] if name not in framing]
            scope["headers"] = [*others, (b"content-length", str(size).encode())]
            await self._pages(scope, replayed(file, receive), send)

    def _limit(self, scope: Scope) -> int:
        """How much may come: more only where files are uploaded, and only with a session's cookie or a key beside it."""
        uploads = UPLOADS.fullmatch(scope["path"]) and SESSION in header(scope, b"cookie")
        uploads = uploads or (KEYED_UPLOADS.fullmatch(scope["path"]) and _presents_a_key(scope))
        limit = self._settings.body_limit
        return max(limit, self._settings.upload_limit + ROOM_FOR_WORDS) if uploads else limit

    def _located(self, scope: Scope) -> Scope:
        """The scope with the client's own address and scheme, as told by a configured proxy only."""
        client = scope.get("client") or ("127.0.0.1", 0)
        scope["client"] = client
        if not among(client[0], self._settings.proxies):
            return scope
        # A proxy may add a line of its own below the one the client made up: all lines are one list.
        lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        chain = [part.strip() for part in ",".join(lines).split(",") if part.strip()]
        while chain and among(chain[-1], self._settings.proxies):
            chain.pop()
        if chain and _is_address(chain[-1]):
            scope["client"] = (chain[-1], 0)
        if header(scope, b"x-forwarded-proto") in ("http", "https"):
            scope["scheme"] = header(scope, b"x-forwarded-proto")
        return scope


def _besides_own(own: tuple[bytes, ...], common: Headers) -> Headers:
    """What every answer carries, but for what this one says itself.

    Only with a content policy of its own may a page be framed elsewhere: that policy says by whom.
    """
    said = {bytes(name).lower() for name in own}
    if b"content-security-policy" in said:
        said.add(b"x-frame-options")
    return [(name, value) for name, value in common if name not in said]


def too_often() -> Refusal:
    """The refusal of one request too many."""
    return Refusal("request.too-often", "Too many requests.", cure="Wait a minute and try again.", status=429)


def _refusal_of(error: Exception, path: str) -> Refusal:
    """What the client is told; everything that is no refusal goes into the operator's log."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, psycopg.OperationalError):
        log.error("database away", route=route_of(path), error=type(error).__name__)
        return away()
    number = secrets.token_hex(4)
    log.error("request failed", number=number, route=route_of(path), exc_info=error)
    return unexpected(number)


def away() -> Refusal:
    """The refusal while the database cannot be reached."""
    return Refusal(
        "node.database-away",
        "The node cannot look that up at the moment.",
        cure="Try again soon.",
        status=503,
    )


def among(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether the address is in one of the networks."""
    if not networks or not _is_address(address):
        return False
    given = _address(address)
    return any(given in network for network in networks)


def _address(text: str) -> Address:
    """The address; an IPv4 one in IPv6's clothes (a door that listens on `::`) is the IPv4 one."""
    given = ipaddress.ip_address(text)
    return getattr(given, "ipv4_mapped", None) or given


@lru_cache(maxsize=4096)
def _counted(text: str) -> str:
    """Whom the limits count: an address, or the /64 of an IPv6 one, since a line at home has all of it."""
    if not _is_address(text):
        return text
    given = _address(text)
    return str(given) if given.version == 4 else str(ipaddress.ip_network((given, 64), strict=False))


def _declared(scope: Scope) -> int:
    """How much is said to come; nothing said is nothing more than usual."""
    said = header(scope, b"content-length")
    return int(said) if said.isdecimal() and len(said) < 19 else 0


def _presents_a_key(scope: Scope) -> bool:
    return bool(header(scope, b"authorization") or header(scope, b"x-api-key"))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _besides(refusal: Refusal) -> Headers:
    """The header that HTTP wants beside some statuses."""
    headers: dict[int, Headers] = {
        401: [(b"www-authenticate", b"Bearer")],
        429: [(b"retry-after", b"60")],
        503: [(b"retry-after", b"5")],
    }
    return headers.get(refusal.status, [])
