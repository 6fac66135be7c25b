# SPDX-License-Identifier: EUPL-1.2
"""The ways in for measurements: network servers' webhooks, decoded, mapped, and committed in groups."""
