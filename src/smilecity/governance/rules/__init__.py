# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions about projects: no tables, no clock."""
