# SPDX-License-Identifier: EUPL-1.2
"""An organisation in the words of schema.org, as a block of data that is never run."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text

TYPES = {
    "municipality": "GovernmentOrganization",
    "department": "GovernmentOrganization",
    "council": "GovernmentOrganization",
    "partner": "GovernmentOrganization",
    "business": "LocalBusiness",
    "firm": "Corporation",
}
# `<`, `>` and `&` as JSON writes them otherwise: no text can end the block it stands in.
_HARMLESS = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def organisation_data(noun: Noun, address: str) -> SafeString:
    """JSON-LD of an organisation, safe to stand in a page."""
    kept = noun.organisation
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(kept.kind, "Organization"),
        "@id": address,
        "url": kept.website or address,
        "name": in_text(noun.title, "de"),
        "description": in_text(noun.text, "de"),
        "email": kept.email,
        "telephone": kept.phone,
    }
    text = json.dumps({key: value for key, value in said.items() if value}, ensure_ascii=False)
    return mark_safe(text.translate(_HARMLESS))  # noqa: S308 - just made harmless
