# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: webhooks, and what they are told."""

from collections.abc import Callable
from typing import Any

from smilecity.core.who import Who
from tests.house.rights_rows import ALL, MANY_YEARS_AGO, NODE, Row, asks
from tests.house.town import Town

OLGA = {"olga"}


def _said(_town: Town | None = None) -> Any:
    from smilecity.people.actions.webhooks import Said

    return Said("Tafel", "https://93.184.215.14/hook", ["closing.made"])


def _pier(town: Town) -> str:
    return str(town.pier.noun.address)


def _with_webhook(do: Callable[..., Any]) -> Row:
    """A case with Olga's webhook, to which a message waits; its row says whom it is for."""

    def case(town: Town, who: Who, function: Callable[..., Any]) -> Any:
        from smilecity.people import actions

        made, _secret = actions.make_webhook(town.who["olga"], _said(town))
        actions.send_test(town.who["olga"], made.pk)
        return do(who, function, made.pk)

    return Row(OLGA, case)


def _entries(town: Town) -> Any:
    from smilecity.core.models import LogEntry

    return [LogEntry(id=1, verb="units-closed", noun=town.pier.noun_id, data={"closings": []})]


def _events(_town: Town) -> Any:
    return []


WEBHOOKS: dict[str, Row] = {
    "people.actions.posting.send_waiting": asks(NODE),
    "people.actions.webhooks.change_webhook": _with_webhook(lambda who, f, one: f(who, one, _said())),
    "people.actions.webhooks.forget_deliveries": asks(NODE, MANY_YEARS_AGO),
    "people.actions.webhooks.make_webhook": asks(OLGA, _said),
    "people.actions.webhooks.pause_webhook": _with_webhook(lambda who, f, one: f(who, one)),
    "people.actions.webhooks.queue_events": asks(NODE, _events),
    "people.actions.webhooks.remove_webhook": _with_webhook(lambda who, f, one: f(who, one)),
    "people.actions.webhooks.renew_secret": _with_webhook(lambda who, f, one: f(who, one)),
    "people.actions.webhooks.resume_webhook": _with_webhook(lambda who, f, one: f(who, one)),
    "people.actions.webhooks.send_test": _with_webhook(lambda who, f, one: f(who, one)),
    "people.reads.webhooks.deliveries": _with_webhook(lambda who, f, one: f(who, one)),
    "people.reads.webhooks.hearing_organisations": asks(OLGA),
    "people.reads.webhooks.subject_of": asks(ALL, _pier),
    "people.reads.webhooks.webhook": _with_webhook(lambda who, f, one: f(who, one)),
    "people.reads.webhooks.webhooks": _with_webhook(lambda who, f, _one: f(who)),
    "people.reads.webhooks.wishes": Row(NODE, _with_webhook(lambda who, f, _one: f(who)).do),
    "places.reads.announced.announced": asks(NODE, _entries),
}
