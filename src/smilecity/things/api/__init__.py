# SPDX-License-Identifier: EUPL-1.2
"""OGC SensorThings API 1.1 (18-088) at /sensorthings/v1.1: plain ASGI, one prepared statement a request."""

from smilecity.things.api.service import PREFIX, SensorThings

__all__ = ["PREFIX", "SensorThings"]
