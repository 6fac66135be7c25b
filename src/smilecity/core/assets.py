# SPDX-License-Identifier: EUPL-1.2
"""Where the built styles and scripts are: `app.css` -> `/static/app.4KD2XQ7A.css`.

`web/build.mjs` writes them, with their hash in the name, into `STATIC_ROOT`, and beside them `manifest.json`.
"""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CURE = "Run `make assets`."


def asset_url(name: str) -> str:
    """The address of a built file by its logical name. Raises when it was not built, and says what to run."""
    files = manifest()
    if name not in files:
        message = f"There is no built file {name!r}; there are {', '.join(files)}. {CURE}"
        raise ImproperlyConfigured(message)
    return f"{settings.STATIC_URL}{files[name]}"


def manifest() -> dict[str, str]:
    """Logical name -> file below `STATIC_ROOT`; read anew when it was built anew."""
    path = Path(settings.STATIC_ROOT or "") / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        message = f"The styles and scripts are not built: {path} is missing. {CURE}"
        raise ImproperlyConfigured(message) from None


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, str]:
    files: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return files
