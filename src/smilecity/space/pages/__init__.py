# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: areas for everyone, and taking over outlines at the desk."""
