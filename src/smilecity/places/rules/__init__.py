# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions of this room: numbers in, words of the active language out; no clock, no database."""
