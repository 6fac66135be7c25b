# SPDX-License-Identifier: EUPL-1.2
"""The demo city: how it moves in and stays alive, and its page. Only a demo carries any of it."""
