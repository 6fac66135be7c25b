# SPDX-License-Identifier: EUPL-1.2
"""Composition: settings, front door, wiring, command line, demo. Alone knows every room."""
