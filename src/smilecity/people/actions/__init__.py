# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room; allauth's own are told by `signing`."""

from smilecity.people.actions.keys import make_key, revoke_key

__all__ = ["make_key", "revoke_key"]
