# SPDX-License-Identifier: EUPL-1.2
"""`python -m smilecity.city.bench.burning`: the door, with one page more, that never pauses."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import Any, cast

from smilecity.city import boot
from smilecity.city.logs import set_up_log

ADDRESS = "/burn"


def burn(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Work for as many seconds as the query says."""
    until = time.perf_counter() + float(environ["QUERY_STRING"])
    rounds = 0
    while time.perf_counter() < until:
        rounds += sum(range(100)) > 0
    body = str(rounds).encode()
    start("200 OK", [("content-type", "text/plain"), ("content-length", str(len(body)))])
    return [body]


def _pages() -> Callable[..., Iterable[bytes]]:
    from smilecity.city.wsgi import application

    pages = application()

    def with_burn(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        chosen = burn if environ["PATH_INFO"] == ADDRESS else pages
        return cast("Iterable[bytes]", chosen(environ, start))

    return with_burn


def main() -> None:
    """Run it until it is told to stop."""
    set_up_log("plain")
    with boot.booted() as node:
        from smilecity.city.door import run

        run(node, _pages)
    os._exit(0)


if __name__ == "__main__":
    main()
