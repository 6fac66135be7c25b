# SPDX-License-Identifier: EUPL-1.2
"""Before a wheel or sdist is packed: build styles and scripts (npm, esbuild) and compile the translations."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = "src/smilecity/city/static"


class WebBuildHook(BuildHookInterface[Any]):
    """An editable install stays quick: there `make assets` builds what the pages need."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatch; `version` is the kind of wheel."""
        root = Path(self.root)
        _compile_catalogues(root)
        if version != "editable":
            _build_assets(root)
        build_data["artifacts"] += [f"{STATIC}/**", "src/smilecity/**/*.mo"]


def _compile_catalogues(root: Path) -> None:
    sys.path.insert(0, str(root / "src"))
    try:
        from smilecity.core.catalogue import compile_catalogues
    finally:
        sys.path.pop(0)
    compile_catalogues(root / "src/smilecity")


def _build_assets(root: Path) -> None:
    """With the built files in an unpacked sdist no Node is needed."""
    npm = shutil.which("npm")
    if npm is None:
        if not (root / STATIC / "manifest.json").exists():
            message = "The pages' styles and scripts are not built, and there is no npm. Install Node 20."
            raise RuntimeError(message)
        return
    if not (root / "node_modules/esbuild").exists():
        subprocess.run([npm, "ci"], cwd=root, check=True)
    subprocess.run([npm, "run", "--silent", "build"], cwd=root, check=True)
