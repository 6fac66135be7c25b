# SPDX-License-Identifier: EUPL-1.2
"""A project as others read it: schema.org for search engines, and rows of open data."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

# The columns of the table, in their order; never renamed, only added to.
COLUMNS = (
    "key", "address", "title_de", "title_en", "summary_de", "summary_en", "state", "progress_percent", "milestones",
    "milestones_reached", "starts_on", "ends_on", "behind_since", "behind_explained", "budget_cents", "spent_cents",
    "money_from_de", "responsible", "area", "longitude", "latitude", "needs_answered", "changed_at", "licence",
)  # fmt: skip


def described(
    *,
    address: str,
    title: str,
    text: str,
    keeper: str,
    email: str,
    days: tuple[date | None, date | None],
    places: Sequence[tuple[str, str]],
    point: Sequence[float] | None,
) -> dict[str, Any]:
    """schema.org's Project; `days` are its first and, once it is done, its last. What is not known is left out."""
    where: list[dict[str, Any]] = [{"@type": "Place", "name": name, "url": url} for name, url in places]
    if point and not where:
        geo = {"@type": "GeoCoordinates", "longitude": point[0], "latitude": point[1]}
        where = [{"@type": "Place", "geo": geo}]
    said = {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": title,
        "description": text,
        "url": address,
        "parentOrganization": {"@type": "Organization", "name": keeper} if keeper else None,
        "email": email,
        "foundingDate": days[0].isoformat() if days[0] else None,
        "dissolutionDate": days[1].isoformat() if days[1] else None,
        "location": where,
    }
    return {name: value for name, value in said.items() if value}


def cells(row: Mapping[str, Any]) -> list[str]:
    """The row of a table: nothing is an empty cell, and no text starts what a spreadsheet would compute."""
    return [_cell(row.get(name)) for name in COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
