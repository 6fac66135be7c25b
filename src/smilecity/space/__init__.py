# SPDX-License-Identifier: EUPL-1.2
"""Place on earth: areas, geometry, the plain base map."""
