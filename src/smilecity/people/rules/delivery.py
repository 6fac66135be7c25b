# SPDX-License-Identifier: EUPL-1.2
"""When a notice is brought, and to which browsers it may go."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

MAIL: dict[str, Sentence] = {
    "daily": _("einmal am Tag, alles in einer E-Mail"),
    "weekly": _("einmal in der Woche, montags"),
    "at_once": _("sofort, höchstens alle zehn Minuten"),
    "off": _("gar nicht"),
}
DIGEST_AT = time(7)
AT_ONCE_APART = timedelta(minutes=10)
MAIL_AFTER_AT_MOST = timedelta(days=14)  # older news is only in the inbox: nobody gets a year in one mail
PUSH_AFTER_AT_MOST = timedelta(days=1)
LONGEST_ENDPOINT = 1000
BYTES_OF_KEY, BYTES_OF_SECRET = 65, 16


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants notices brought. Quiet from a time to the same time is never quiet."""

    mail: str
    quiet_from: time
    quiet_to: time
    last: datetime | None = None  # when mail last went out to them


def is_quiet(wishes: Wishes, now: datetime, zone: ZoneInfo) -> bool:
    """Whether this moment is in the person's quiet hours, by the city's clock; they may go over midnight."""
    clock, start, end = now.astimezone(zone).time(), wishes.quiet_from, wishes.quiet_to
    return start <= clock < end if start <= end else clock >= start or clock < end


def mail_is_due(wishes: Wishes, now: datetime, zone: ZoneInfo) -> bool:
    """Whether mail may go out to this person now. A digest that falls into quiet hours waits for their end."""
    if wishes.mail == "off" or is_quiet(wishes, now, zone):
        return False
    if wishes.last is None:
        return True
    if wishes.mail == "at_once":
        return now - wishes.last >= AT_ONCE_APART
    return wishes.last < last_round(wishes.mail, now, zone)


def last_round(mail: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The last moment at which digests of this kind were due: 7 o'clock, every day or on Mondays."""
    local = now.astimezone(zone)
    day = local.date()
    if local.time() < DIGEST_AT:
        day -= timedelta(days=1)
    if mail == "weekly":
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, DIGEST_AT, zone)


def checked_mail(mail: str) -> str:
    """One of the four ways. Refuses anything else."""
    if mail not in MAIL:
        raise Refusal(
            "delivery.unknown-mail",
            _("Wählen Sie, wie oft wir Ihnen schreiben dürfen."),
            field="mail",
            status=422,
        )
    return mail


def checked_endpoint(endpoint: str) -> str:
    """The address at a push service. Refuses what is not https or names no host of the open network."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    good = (
        len(endpoint) <= LONGEST_ENDPOINT
        and endpoint.isascii()
        and endpoint.isprintable()
        and " " not in endpoint
        and parts.scheme == "https"
        and not parts.username
        and port != 0
        and (is_public(host) if _is_number(host) else "." in host.strip("."))
    )
    if not good:
        raise bad_endpoint()
    return endpoint


def bad_endpoint() -> Refusal:
    """The refusal of an address that is no push service's."""
    return Refusal(
        "push.bad-address",
        _("Ihr Browser hat eine Adresse genannt, an die wir nichts senden können."),
        cure=_("Versuchen Sie es in einem anderen Browser, oder lassen Sie sich E-Mails schicken."),
        field="endpoint",
        status=422,
    )


def is_public(address: str) -> bool:
    """Whether this number is a host of the open network, not of this machine or of the house."""
    given = ipaddress.ip_address(address)
    given = getattr(given, "ipv4_mapped", None) or given
    return given.is_global and not given.is_multicast


def checked_key(text: str, size: int) -> str:
    """A key of the browser in base64url, of exactly so many bytes. Refuses anything else."""
    import base64
    import binascii

    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != size or (size == BYTES_OF_KEY and raw[0] != 4):
        raise bad_endpoint()
    return text


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
