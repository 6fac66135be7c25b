# SPDX-License-Identifier: EUPL-1.2
"""Writers that append to the log at the same time, with delays and rollbacks by seed."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

APPEND = (
    "INSERT INTO core_logentry (actor, verb, about, data) VALUES ('node', 'tried', %s, '{}') RETURNING id"
)


@dataclass
class Writers:
    """Run `run()`, then `committed` holds the ids of the entries that must be read, each once."""

    url: str
    count: int
    each: int
    seed: int
    longest_delay: float = 0.004
    committed: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, meanwhile: Callable[[], None]) -> None:
        """All writers in threads; `meanwhile` is called again and again until the last has ended."""
        threads = [threading.Thread(target=self._write, args=(number,)) for number in range(self.count)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            meanwhile()
        for thread in threads:
            thread.join()

    def _write(self, number: int) -> None:
        chance = random.Random(self.seed * 1000 + number)
        with psycopg.connect(self.url) as connection:
            for _ in range(self.each):
                ids = [self._append(connection, number) for _ in range(chance.randint(1, 3))]
                if chance.random() < 0.3:
                    threading.Event().wait(chance.random() * self.longest_delay)
                if chance.random() < 0.2:
                    connection.rollback()
                    continue
                connection.commit()
                with self._lock:
                    self.committed += ids

    @staticmethod
    def _append(connection: psycopg.Connection, number: int) -> int:
        row = connection.execute(APPEND, [[number]]).fetchone()
        assert row is not None
        return int(row[0])
