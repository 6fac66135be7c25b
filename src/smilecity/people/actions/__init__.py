# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room; allauth's own are told by `signing`."""

from smilecity.people.actions.browsers import drop_browser, take_browser
from smilecity.people.actions.consents import give_consent, withdraw_consent
from smilecity.people.actions.courier import Courier, public_key
from smilecity.people.actions.delivering import deliver_mail, deliver_push
from smilecity.people.actions.keys import make_key, revoke_key
from smilecity.people.actions.leaving import forget_unconfirmed, leave
from smilecity.people.actions.notices import (
    choose_delivery,
    follow,
    forget_notices,
    mark_read,
    switch_mail_off,
    tell,
    unfollow,
)
from smilecity.people.actions.organisations import keep_organisation
from smilecity.people.actions.posting import send_waiting
from smilecity.people.actions.roles import end_role, give_role
from smilecity.people.actions.webhooks import (
    change_webhook,
    forget_deliveries,
    make_webhook,
    pause_webhook,
    queue_events,
    remove_webhook,
    renew_secret,
    resume_webhook,
    send_test,
)

__all__ = [
    "Courier",
    "change_webhook",
    "choose_delivery",
    "deliver_mail",
    "deliver_push",
    "drop_browser",
    "end_role",
    "follow",
    "forget_deliveries",
    "forget_notices",
    "forget_unconfirmed",
    "give_consent",
    "give_role",
    "keep_organisation",
    "leave",
    "make_key",
    "make_webhook",
    "mark_read",
    "pause_webhook",
    "public_key",
    "queue_events",
    "remove_webhook",
    "renew_secret",
    "resume_webhook",
    "revoke_key",
    "send_test",
    "send_waiting",
    "switch_mail_off",
    "take_browser",
    "tell",
    "unfollow",
    "withdraw_consent",
]
