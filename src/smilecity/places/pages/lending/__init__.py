# SPDX-License-Identifier: EUPL-1.2
"""Pages of lending: what can be borrowed, what is mine, the box, and the desk of those who look after it."""
