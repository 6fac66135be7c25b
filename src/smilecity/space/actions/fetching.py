# SPDX-License-Identifier: EUPL-1.2
"""Fetching a file from an address that an operator named: by https, from the open internet, within limits."""

from django.utils.translation import gettext_lazy as _

from smilecity.core import reaching
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.reaching import Limits, Reach, Resolve
from smilecity.space.rules.reading import MOST_BYTES

SECONDS = 60.0
ACCEPT = "application/geo+json, application/json"

# What this room calls what can go wrong on the way, and its sentence where it has one of its own.
CALLED: dict[str, tuple[str, Sentence]] = {
    "reach.not-https": ("import.not-https", ""),
    "reach.not-allowed": ("import.private-address", ""),
    "reach.unknown-host": ("import.not-reached", _("Diese Adresse ist nicht zu erreichen.")),
    "reach.not-reached": ("import.not-reached", ""),
    "reach.not-there": ("import.not-there", _("An dieser Adresse ist keine Datei.")),
    "reach.failing": ("import.not-there", _("An dieser Adresse ist keine Datei.")),
    "reach.too-large": ("geo.too-large", _("Diese Datei ist größer als 100 MB.")),
    "reach.too-slow": ("import.too-slow", ""),
    "reach.too-many-redirects": ("import.too-many-redirects", ""),
}


def fetch(
    address: str,
    *,
    resolve: Resolve = reaching.resolve,
    reach: Reach | None = None,
    seconds: float = SECONDS,
) -> bytes:
    """The file at this address, at most 100 MB within a minute; never from this machine or a private network."""
    limits = Limits(most_bytes=MOST_BYTES, seconds=seconds)
    try:
        return reaching.get(address, limits, accept=ACCEPT, resolve=resolve, reach=reach)
    except Refusal as refusal:
        code, sentence = CALLED[refusal.code]
        raise Refusal(
            code,
            sentence or refusal.sentence,
            cure=_("Laden Sie die Datei selbst herunter und nennen Sie die Datei."),
            field="file",
            status=400 if code == "geo.too-large" else refusal.status,
        ) from refusal
