# SPDX-License-Identifier: EUPL-1.2
"""Smile Citizens: what people need, and what becomes of it."""
