# SPDX-License-Identifier: EUPL-1.2
"""The desk: ordinary pages over every room's actions, for those who look after the city."""
