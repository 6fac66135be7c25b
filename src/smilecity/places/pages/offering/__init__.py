# SPDX-License-Identifier: EUPL-1.2
"""The desk of those who offer something: write, dates, who comes, bring along; and the city's look."""
