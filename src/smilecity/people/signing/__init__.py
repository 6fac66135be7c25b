# SPDX-License-Identifier: EUPL-1.2
"""Where signing in by allauth meets this room: our words and rules for it, and what the log is told of it."""
