# SPDX-License-Identifier: EUPL-1.2
"""What is said of an odd value, in SQL: for the API, for tables."""


def quality(alias: str) -> str:
    """The quality of the observation at this alias: what its sender said of it, else what the watch found odd."""
    said, flags = f"{alias}.quality", f"{alias}.flags"
    return (
        f"CASE WHEN {flags} IS NULL OR {said} IS NOT NULL THEN {said} ELSE public.things_quality({flags}) END"
    )
