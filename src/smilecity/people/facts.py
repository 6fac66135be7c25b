# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log."""

KEY_MADE = "key-made"
KEY_REVOKED = "key-revoked"
