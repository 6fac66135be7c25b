# SPDX-License-Identifier: EUPL-1.2
"""The operator's log: standard error, one line an event, never with the contents of requests.

A page's address may open something by itself (a link to turn mail off, a registration), so none is written down: what
is said is the pattern that it matches.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

FAILED = 500  # and above: our fault
Said = MutableMapping[str, Any]


def set_up_log(form: str) -> None:
    """Our own events and those of libraries, as `json` or `plain`."""
    structlog.configure(
        processors=[*_begun(), *_ended(form, sys.stderr)],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[of_libraries(form, sys.stderr)], force=True)


def of_libraries(form: str, stream: TextIO) -> logging.Handler:
    """What libraries tell by Python's own logging, in the same lines.

    Of pages only what failed: what was refused is told to whoever asked, and holds what they sent.
    """
    handler = logging.StreamHandler(stream)
    handler.addFilter(lambda record: getattr(record, "status_code", FAILED) >= FAILED)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_begun(),
            processors=[
                _of_library,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_ended(form, stream),
            ],
        )
    )
    return handler


def route_of(path: str) -> str:
    """The pattern of pages' addresses that this one matches; for machines' addresses where it begins."""
    from django.urls import Resolver404, resolve  # the supervisor has no pages

    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return "/".join(path.split("/", 2)[:2])


def _begun() -> list[Processor]:
    return [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso")]


def _ended(form: str, stream: TextIO) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # Plain tracebacks: others print local variables, and with them keys and what people typed.
    plain = structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return [structlog.processors.StackInfoRenderer(), plain]


def _of_library(_logger: object, _method: str, said: Said) -> Said:
    record: logging.LogRecord = said["_record"]
    said["logger"] = record.name
    request = getattr(record, "request", None)
    if request is not None:
        said["event"], said["route"] = "page failed", route_of(request.path_info)
    return said
