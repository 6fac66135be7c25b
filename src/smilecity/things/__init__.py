# SPDX-License-Identifier: EUPL-1.2
"""Technology: devices, datastreams, observations, and the ways in."""
