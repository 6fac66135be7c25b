# SPDX-License-Identifier: EUPL-1.2
"""Lending, as pure decisions: who may take what for how long, when a loan is back, and what comes of being late."""
