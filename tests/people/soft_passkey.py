# SPDX-License-Identifier: EUPL-1.2
"""A passkey made of software: what a phone answers, so that the server's side is tested without a browser."""

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG


class SoftPasskey:
    """One key for one account at one host."""

    def __init__(self, host: str = "testserver", origin: str = "https://testserver") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.host, self.origin = host, origin
        self.owner = ""

    def create(self, options: dict[str, Any], *, verified: bool = True) -> str:
        """The answer to creation options, as the page sends it."""
        self.owner = options["publicKey"]["user"]["id"]
        public = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        flags = FLAG.UP | FLAG.AT | (FLAG.UV if verified else FLAG(0))
        data = AuthenticatorData.create(sha256(self.host.encode()).digest(), flags, 0, public)
        said = self._said("webauthn.create", options["publicKey"]["challenge"])
        response = {
            "clientDataJSON": websafe_encode(said),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        }
        return self._answer(response)

    def get(self, options: dict[str, Any]) -> str:
        """The answer to request options."""
        data = AuthenticatorData.create(sha256(self.host.encode()).digest(), FLAG.UP | FLAG.UV, 1)
        said = self._said("webauthn.get", options["publicKey"]["challenge"])
        signature = self.key.sign(bytes(data) + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(signature),
            "userHandle": self.owner,
        }
        return self._answer(response)

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {"credProps": {"rk": True}},
                "response": response,
            }
        )
