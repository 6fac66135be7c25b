# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: what is mine, and the desk's pages about people."""

from smilecity.people.pages.mine import me, profile

__all__ = ["me", "profile"]
