# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: the register of sensors for residents, and the desk of those who keep them."""
