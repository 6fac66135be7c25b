# SPDX-License-Identifier: EUPL-1.2
"""How often one address may do a thing: token buckets in memory, nothing kept."""

import time


class Limiter:
    """`a_minute` tokens come back evenly; as many may be spent at once."""

    MOST_KNOWN = 50_000
    SWEEP_SECONDS = 60.0

    def __init__(self, a_minute: int) -> None:
        self._most = float(a_minute)
        self._buckets: dict[str, tuple[float, float]] = {}
        self._swept = time.monotonic()

    def left(self, address: str) -> bool:
        """Whether one more is allowed, without spending it."""
        return address not in self._buckets or self._now(address)[0] >= 1.0

    def spend(self, address: str) -> bool:
        """Spend one; False if there is none left."""
        tokens, now = self._now(address)
        if tokens < 1.0:
            return False
        if len(self._buckets) >= self.MOST_KNOWN or now - self._swept > self.SWEEP_SECONDS:
            self._forget_full(now)
        self._buckets[address] = (tokens - 1.0, now)
        return True

    def _now(self, address: str) -> tuple[float, float]:
        now = time.monotonic()
        tokens, since = self._buckets.get(address, (self._most, now))
        return min(self._most, tokens + (now - since) * self._most / 60.0), now

    def _forget_full(self, now: float) -> None:
        """A full bucket says nothing, so its address is forgotten: none is known longer than two minutes."""
        self._swept = now
        self._buckets = {
            a: (t, s) for a, (t, s) in self._buckets.items() if t + (now - s) * self._most / 60 < self._most
        }
        if len(self._buckets) >= self.MOST_KNOWN:
            self._buckets.clear()
