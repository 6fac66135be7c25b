# SPDX-License-Identifier: EUPL-1.2
"""Hundreds of people who say, support, hand on, decide and object at random, while connections are cut under them."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import InterfaceError, OperationalError, connection, transaction

from smilecity.citizens import actions
from smilecity.citizens.models import Need
from smilecity.core import nouns
from smilecity.core.problems import Refusal
from smilecity.core.who import Role, Who
from smilecity.people.models import Account, Organisation

THREADS = 12
CUT_EVERY = 0.15
MOST_TRIES = 40
REASON = "Weil es so entschieden ist."
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> ALL(%s) ORDER BY random() LIMIT 1
"""


@dataclass
class Kept:
    """What was acknowledged, as those who did it know it; `unsure` counts what may have happened besides."""

    said: dict[UUID, int] = field(default_factory=dict)
    supports: dict[tuple[int, int], bool] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    deadlocks: int = 0
    cuts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Crowd:
    """So many residents, some clerks and two organisations in a quarter; `needs` are those that everybody knows."""

    def __init__(self, url: str, residents: int, seed: int) -> None:
        self.url, self.seed, self.kept = url, seed, Kept()
        self.needs: list[int] = []
        with transaction.atomic():
            quarter = nouns.put("area", "areas/q", {"de": "Q"}, visibility="public").id
            self.organisations = [_organisation(name, quarter) for name in ("Amt", "Werk", "Verein")]
            Account.objects.bulk_create(
                Account(email=f"p{n}@example.org", pseudonym=f"P{n}", pseudonym_shape=f"p{n}")
                for n in range(residents)
            )
        self.area = quarter
        people = list(Account.objects.order_by("id").values_list("id", flat=True))
        self.residents = [Who(f"account/{one}", one) for one in people[5:]]
        self.clerks = [Who(f"account/{one}", one, frozenset({Role("clerk", None)})) for one in people[:5]]

    def prepare(self, count: int) -> None:
        """Needs that are public and supported before anything is cut."""
        chance = random.Random(self.seed)
        for _number in range(count):
            self._publish(self._say(chance, self.residents), chance)
        for person in self.residents:
            self._support(person, chance.choice(self.needs), wanted=True)

    def run(self, acts: int) -> Kept:
        """Let them act so often in all, each thread for its own people; all connections but this thread's are cut."""
        connection.ensure_connection()
        self.spared = connection.connection.info.backend_pid
        over = threading.Event()
        cutter = threading.Thread(target=self._cut, args=(over,))
        cutter.start()
        try:
            with ThreadPoolExecutor(THREADS) as pool:
                for done in [pool.submit(self._act, n, acts // THREADS) for n in range(THREADS)]:
                    done.result()
        finally:
            over.set()
            cutter.join()
        return self.kept

    def _act(self, number: int, acts: int) -> None:
        chance = random.Random(self.seed * 1000 + number)
        mine = self.residents[number::THREADS]
        try:
            for _turn in range(acts):
                self._one(chance, mine)
        finally:
            connection.close()

    def _one(self, chance: random.Random, mine: list[Who]) -> None:
        way = chance.random()
        need = chance.choice(self.needs)
        if way < 0.2:
            made = self._say(chance, mine)
            if chance.random() < 0.7:
                self._publish(made, chance)
        elif way < 0.6:
            self._support(chance.choice(mine), need, wanted=chance.random() < 0.8)
        else:
            self._work(chance, need)

    def _say(self, chance: random.Random, among: list[Who]) -> int:
        form, who = uuid4(), chance.choice(among)
        made = self._until_done(
            "said",
            lambda: actions.say_need(
                who, form, kind="wish", words=f"Es fehlt {form}.", language="de", about=self.area
            ),
        )
        with self.kept.lock:
            self.kept.said[form] = made.noun_id
        return int(made.noun_id)

    def _publish(self, need: int, chance: random.Random) -> None:
        clerk = chance.choice(self.clerks)
        self._until_done(
            "published", lambda: actions.publish_need(clerk, need, "Es fehlt etwas", "Es fehlt etwas.")
        )
        self.needs.append(need)

    def _support(self, person: Who, need: int, *, wanted: bool) -> None:
        act = actions.support_need if wanted else actions.withdraw_support
        with suppress(Refusal):  # one's own is not supported
            self._until_done("supported", lambda: act(person, need))
            assert person.account is not None
            with self.kept.lock:
                self.kept.supports[(need, person.account)] = wanted

    def _work(self, chance: random.Random, need: int) -> None:
        clerk, way = chance.choice(self.clerks), chance.random()
        acts: dict[str, Callable[[], Any]] = {
            "handed": lambda: actions.hand_on(
                clerk, need, chance.choice(self.organisations), "Das macht ein anderer."
            ),
            "stepped": lambda: actions.step_need(clerk, need, "in_progress", "Wir sind dran."),
            "merged": lambda: actions.decide_need(
                clerk, need, Need.MERGED, REASON, chance.choice(self.needs)
            ),
            "decided": lambda: actions.decide_need(
                clerk, need, chance.choice(("refused", "done", "answered")), REASON
            ),
            "appealed": lambda: actions.appeal(_author(need), need, "Da fehlt noch etwas."),
        }
        name = (
            "handed" if way < 0.3 else chance.choice(["stepped", "merged", "decided", "decided", "appealed"])
        )
        with suppress(Refusal):  # decided already, with itself, objected before: said, and nothing done
            self._until_done(name, acts[name])

    def _until_done(self, name: str, act: Callable[[], Any]) -> Any:
        """What a client does whose line breaks: the same again. What a rule refuses is an answer, too."""
        for _try in range(MOST_TRIES):
            try:
                done = act()
            except (OperationalError, InterfaceError) as error:
                with self.kept.lock:
                    self.kept.deadlocks += isinstance(error.__cause__, psycopg.errors.DeadlockDetected)
                    self.kept.unsure[name] += 1
                connection.close()
                continue
            with self.kept.lock:
                self.kept.done[name] += 1
            return done
        raise AssertionError(f"not {name} in {MOST_TRIES} tries")

    def _cut(self, over: threading.Event) -> None:
        """End one connection after another, but not those of the test itself."""
        with psycopg.connect(self.url, autocommit=True) as own:
            spared = [own.info.backend_pid, self.spared]
            while not over.wait(CUT_EVERY):
                self.kept.cuts += len(own.execute(CUT, [spared]).fetchall())


def settle(url: str) -> None:
    """Number the log and tell everybody, as the node does all the time."""
    from smilecity.city import telling
    from smilecity.core.numberer import number_once

    until = time.monotonic() + 60
    while number_once(url) and time.monotonic() < until:
        pass
    telling.tell_waiting()


def _author(need: int) -> Who:
    account = Need.objects.values_list("account", flat=True).get(noun=need)
    return Who(f"account/{account}", account)


def _organisation(name: str, area: int) -> int:
    noun = nouns.put("organisation", f"organisations/{name}", {"de": name}, area=area, visibility="public")
    Organisation.objects.create(noun=noun, kind="department")
    return int(noun.id)
