# SPDX-License-Identifier: EUPL-1.2
"""Accounts, roles, and the keys machines present."""
