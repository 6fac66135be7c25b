# SPDX-License-Identifier: EUPL-1.2
"""The command line: `smile`."""

import sys

from smilecity.city import boot
from smilecity.city.logs import set_up_log
from smilecity.core.problems import Refusal

REFUSED = 2


def main() -> None:
    """Run the command. A refusal is a sentence, its cure and its id on standard error, and exit code 2."""
    try:
        settings = boot.settings_now()
        set_up_log(settings.log)
        if sys.argv[1:] in (["serve"], ["demo"]):
            from smilecity.city.supervisor import serve  # the supervisor stays slim: no commands are loaded

            serve(settings, demo=sys.argv[1] == "demo")
            return
        from smilecity.city.cli.commands import app

        app(standalone_mode=True)
    except Refusal as refusal:
        lines = [str(refusal.sentence), str(refusal.cure), f"[{refusal.code}]"]
        print("\n".join(line for line in lines if line), file=sys.stderr)  # noqa: T201 - what an operator reads
        sys.exit(REFUSED)
