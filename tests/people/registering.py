# SPDX-License-Identifier: EUPL-1.2
"""How tests register, and do things at the same time."""

import re
import threading
from typing import Any

from django.core import mail
from django.db import connection
from django.test import Client

from smilecity.core.models import LogEntry
from smilecity.people.models import Account

PASSWORD = "eine-lange-gute-Wolke-7"
SIGN_UP = {
    "email": "nora@example.org",
    "pseudonym": "Nora",
    "password1": PASSWORD,
    "old_enough": "on",
    "terms": "on",
}


def code_in(message: Any) -> str:
    found = re.search(r"^\d{4}-\d{4}$", message.body, re.MULTILINE)
    assert found is not None, message.body
    return found.group()


def register(client: Client, **changed: str) -> Any:
    return client.post("/account/signup/", SIGN_UP | changed)


def registered(client: Client, **changed: str) -> Account:
    """Someone who registered and entered the code."""
    assert register(client, **changed).status_code == 302
    answer = client.post("/account/confirm-email/", {"code": code_in(mail.outbox[-1]), "action": "verify"})
    assert answer.status_code == 302, answer.content
    return Account.objects.get(email=changed.get("email", SIGN_UP["email"]))


def verbs() -> list[str]:
    return list(LogEntry.objects.order_by("id").values_list("verb", flat=True))


def together(*calls: Any) -> None:
    barrier = threading.Barrier(len(calls))

    def run(call: Any) -> None:
        barrier.wait()
        try:
            call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
