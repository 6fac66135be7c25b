# SPDX-License-Identifier: EUPL-1.2
"""Django's pages with the static files before them (hashed names, so they may be kept for ever)."""

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

HASHED = r"\.[A-Z0-9]{8}\.\w+$"


def application() -> Any:
    """The WSGI application; Django must be set up."""
    pages = get_wsgi_application()
    return WhiteNoise(
        pages, root=settings.STATIC_ROOT, prefix="static/", immutable_file_test=HASHED, charset="utf-8"
    )
