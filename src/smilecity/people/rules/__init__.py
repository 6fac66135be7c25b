# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions about people, organisations and keys."""

from smilecity.people.rules.keys import digest, looks_like_key, new_key

__all__ = ["digest", "looks_like_key", "new_key"]
