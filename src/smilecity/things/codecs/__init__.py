# SPDX-License-Identifier: EUPL-1.2
"""Codecs: vendors' JavaScript in the form of The Things Network's device repository."""

from smilecity.things.codecs.answers import Codec, CodecFailed, Decoded, Downlink, Function, Normalized
from smilecity.things.codecs.sandbox import Sandbox, SandboxNow

__all__ = [
    "Codec",
    "CodecFailed",
    "Decoded",
    "Downlink",
    "Function",
    "Normalized",
    "Sandbox",
    "SandboxNow",
]
