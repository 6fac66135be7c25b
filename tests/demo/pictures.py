# SPDX-License-Identifier: EUPL-1.2
"""Pictures for the guides, taken on a walk: `SMILE_SCREENSHOTS=docs/images` renews those of the walks that are run."""

import io
import os
from pathlib import Path

from playwright.sync_api import Locator, Page

COLOURS = 200
MOST_BYTES = 120_000


def picture(page: Page, name: str, part: Locator | None = None) -> None:
    """What is seen on the screen now, or a part of the page, as a small PNG; nothing unless pictures are wanted."""
    folder = os.environ.get("SMILE_SCREENSHOTS")
    if not folder:
        return
    from PIL import Image

    page.wait_for_load_state("networkidle")
    taken = (part or page).screenshot(animations="disabled")
    file = Path(folder) / f"{name}.png"
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        file, optimize=True
    )
    assert file.stat().st_size <= MOST_BYTES, name
