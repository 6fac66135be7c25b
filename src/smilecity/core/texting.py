# SPDX-License-Identifier: EUPL-1.2
"""Short messages to a telephone, by whatever provider the operator names: one JSON message by HTTP, and nothing kept.

`SMILE_SMS_URL` gets `{"to": "+49381...", "text": "..."}` by POST, with `SMILE_SMS_TOKEN` as its bearer; an answer with a
status of 2xx says that it was taken.
"""

import re

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from smilecity.core import reaching
from smilecity.core.problems import Refusal

LIMITS = reaching.Limits(most_bytes=64 << 10, seconds=10.0, redirects=0)
MOST_LENGTH = 160
_FILLING = re.compile(r"[\s()/.-]+")


def is_there() -> bool:
    """Whether messages can be sent."""
    return bool(settings.SMILE.sms_url)


def number(said: str) -> str:
    """A telephone number as the world dials it: `0381 123-45` is `+4938112345`. Refused if it is none."""
    plain = _FILLING.sub("", said)
    for prefix, world in (("00", "+"), ("0", "+49")):
        if plain.startswith(prefix):
            plain = world + plain.removeprefix(prefix)
            break
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", plain):
        raise Refusal(
            "texting.number", _("Das ist keine Telefonnummer."), field="number", status=422,
            cure=_("Zum Beispiel: 0171 1234567."),
        )  # fmt: skip
    return plain


def send(to: str, text: str) -> None:
    """Send one message to this number, as `number` gives it. Refused if it was not taken; nothing says to whom."""
    import orjson

    if not is_there():
        raise Refusal("texting.away", _("SMS verschickt diese Stadt nicht."), status=409)
    body = orjson.dumps({"to": to, "text": text[:MOST_LENGTH]})
    secret = reaching.credentials("", settings.SMILE.sms_token)
    headers = {"Content-Type": "application/json", **secret}
    try:
        status = reaching.post(settings.SMILE.sms_url, body, headers, LIMITS, inside=settings.SMILE.reach)
    except Refusal as refusal:
        raise _not_sent() from refusal
    if not 200 <= status < 300:
        raise _not_sent()


def _not_sent() -> Refusal:
    return Refusal(
        "texting.not-sent", _("Die SMS ging nicht hinaus."), status=502,
        cure=_("Sagen Sie den Code am Telefon."),
    )  # fmt: skip
