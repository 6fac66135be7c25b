# SPDX-License-Identifier: EUPL-1.2
"""The command line: `smile`."""

import sys

import structlog

from smilecity.city import boot
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


def set_up_log(form: str) -> None:
    """The operator's log: standard error, one line an event, never with the contents of requests."""
    # Plain tracebacks: others print local variables, and with them keys and what people typed.
    plain = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info
            if form == "json"
            else structlog.processors.StackInfoRenderer(),
            structlog.processors.JSONRenderer() if form == "json" else plain,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
