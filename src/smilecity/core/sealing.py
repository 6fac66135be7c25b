# SPDX-License-Identifier: EUPL-1.2
"""Secrets of others that the node must be able to say again, such as a broker's password: sealed with its own secret.

A backup without the node's secret does not open them.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str) -> bytes:
    """The text, sealed (Fernet: AES-128-CBC with HMAC-SHA-256); empty for an empty one."""
    return _box().encrypt(text.encode()) if text else b""


def opened(sealed: bytes) -> str | None:
    """What was sealed; None if it was sealed with another node's secret, or changed."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        return None


def _box() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"smilecity sealing").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
