# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: the list of places, a place's page, and its part that changes by itself."""
