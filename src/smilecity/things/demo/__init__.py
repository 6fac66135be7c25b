# SPDX-License-Identifier: EUPL-1.2
"""The technology of the demo city."""
