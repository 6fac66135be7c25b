# SPDX-License-Identifier: EUPL-1.2
"""Translations: turns each `.po` into the `.mo` that is read at run time, with no gettext tools installed.

`python -m smilecity.core.catalogue`; called by `make` and when the wheel is built. Needs polib, which is
not needed at run time.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def compile_catalogues(root: Path = PACKAGE) -> list[Path]:
    """Write the `.mo` beside every `.po` below `root` that is newer; returns what was written."""
    import polib  # a tool of the build; a running node does not have it

    written = []
    for source in sorted(root.rglob("LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        fresh = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.replace(target)  # in one step: a server may be reading it
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_catalogues():
        print(f"wrote {path}")  # noqa: T201 - this is the command line
