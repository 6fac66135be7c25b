# SPDX-License-Identifier: EUPL-1.2
"""Smile Governance: what the city does about what people need."""
