# SPDX-License-Identifier: EUPL-1.2
"""Doors by which others than a form bring what people said: tables from workshops, letters by e-mail."""
