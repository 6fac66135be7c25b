# SPDX-License-Identifier: EUPL-1.2
"""What a person may type."""
