# SPDX-License-Identifier: EUPL-1.2
"""Machine formats: the plain base map, and all nouns by OGC API Features."""
