# SPDX-License-Identifier: EUPL-1.2
"""`python -m smilecity.city.part door|works`: how the supervisor starts a part.

Without the weight of the command line.
"""

import os
import sys
from typing import NoReturn

import structlog

from smilecity.city import boot
from smilecity.city.cli import REFUSED
from smilecity.city.logs import set_up_log
from smilecity.core.problems import Refusal

FAILED = 1

log = structlog.get_logger("part")


def main(name: str, *, demo: bool) -> None:
    """Run one part until it is told to stop."""
    settings = boot.settings_now()
    set_up_log(settings.log)
    with boot.booted(settings) as node:
        if name == "door":
            from smilecity.city import door

            door.run(node)
        else:
            from smilecity.city import works

            works.run(node, demo=demo)


def _code_of(name: str, *, demo: bool) -> int:
    set_up_log("plain")  # until the settings say otherwise
    try:
        main(name, demo=demo)
    except Refusal as refusal:
        log.critical("part refused", part=name, code=refusal.code, sentence=str(refusal.sentence))
        return REFUSED
    except Exception:
        log.exception("part failed", part=name)
        return FAILED
    return 0


def run(name: str, *, demo: bool) -> NoReturn:
    """Run the part, then end the process with its code: 0, 1 if it failed, 2 if it was refused."""
    code = _code_of(name, demo=demo)
    sys.stderr.flush()
    # A page's thread that still works, or waits for the loop that has ended, must not hold the process.
    os._exit(code)


if __name__ == "__main__":
    run(sys.argv[1], demo="--demo" in sys.argv)
