# SPDX-License-Identifier: EUPL-1.2
"""A lock controller in software, for the demo and for tests."""

from smilecity.places.demo.box.controller import Box
from smilecity.places.demo.box.memory import Effect

__all__ = ["Box", "Effect"]
