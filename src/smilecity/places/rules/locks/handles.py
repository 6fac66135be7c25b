# SPDX-License-Identifier: EUPL-1.2
"""What a controller checks by itself: cards, PINs and one-time codes; and how it is told of them in secret."""

import base64
import hashlib
import hmac
import os
import unicodedata
from datetime import datetime, timedelta

CODE_SECONDS = 600
CODE_DIGITS = 8
CODE_WINDOW = 1
"""So many steps early or late, for clocks differ."""
CODES_AHEAD = timedelta(hours=12)
SEED_BYTES = 20
_NONCE_BYTES = 12


def digest(handle: str, text: str) -> bytes:
    """What is kept of a card's number or a PIN: HMAC-SHA-256 of it, with the handle's name as the key.

    A PIN is short enough to be tried out by whoever has its digest: keep it as a secret.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return hmac.new(handle.encode(), plain.encode(), hashlib.sha256).digest()


def step_at(moment: datetime) -> int:
    """The step of one-time codes at this moment."""
    return int(moment.timestamp()) // CODE_SECONDS


def code(seed: bytes, step: int) -> str:
    """The one-time code of this step (RFC 6238: HOTP over the step, SHA-1, eight digits)."""
    import pyotp

    return str(pyotp.HOTP(base64.b32encode(seed).decode(), digits=CODE_DIGITS).at(step))


def codes(seed: bytes, now: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """The codes from now on, each with the start of its step; none that begins later than twelve hours from now."""
    last = min(until, now + CODES_AHEAD)
    first, end = step_at(now), step_at(last)
    return [
        (datetime.fromtimestamp(step * CODE_SECONDS, now.tzinfo), code(seed, step))
        for step in range(first, end + 1)
        if step * CODE_SECONDS <= last.timestamp()
    ]


def step_of(seed: bytes, given: str, now: datetime, after: int) -> int | None:
    """The step whose code was given, if it is near enough to now and later than `after`, the last that was used."""
    here = step_at(now)
    tried = range(max(here - CODE_WINDOW, after + 1), here + CODE_WINDOW + 1)
    return next((step for step in tried if hmac.compare_digest(code(seed, step), given)), None)


def wrapped(secret: bytes, text: bytes, about: str) -> str:
    """The text for the eyes of the controller alone: AES-256-GCM, nonce first, in hexadecimal; bound to `about`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return (nonce + AESGCM(_wrapping_key(secret)).encrypt(nonce, text, about.encode())).hex()


def unwrapped(secret: bytes, given: str, about: str) -> bytes:
    """What was wrapped. Raises `ValueError` if it was not, or for something else."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = bytes.fromhex(given)
    try:
        return AESGCM(_wrapping_key(secret)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode())
    except InvalidTag as error:
        raise ValueError("wrapped for another controller or another handle") from error


def _wrapping_key(secret: bytes) -> bytes:
    return hmac.new(secret, b"smile lock handles", hashlib.sha256).digest()
