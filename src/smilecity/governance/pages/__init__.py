# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: the list of projects, a project's page, and the desk of those who write them."""
