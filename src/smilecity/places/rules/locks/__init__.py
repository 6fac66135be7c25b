# SPDX-License-Identifier: EUPL-1.2
"""The lock protocol, as pure decisions; `docs/reference/lock-protocol.md` is its description."""
