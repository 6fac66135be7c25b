# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from smilecity.people.reads.keys import KEY_BY_DIGEST, keys
from smilecity.people.reads.who import who_asks, who_is

__all__ = ["KEY_BY_DIGEST", "keys", "who_asks", "who_is"]
