# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from smilecity.people.reads.accounts import has_home
from smilecity.people.reads.consents import agreed, agreements, consent_history
from smilecity.people.reads.export import addresses
from smilecity.people.reads.keys import KEY_BY_DIGEST, keys, who_has, who_has_key
from smilecity.people.reads.lines import Line, line
from smilecity.people.reads.notices import (
    as_who,
    browsers,
    delivery,
    followed,
    followers,
    follows,
    holding,
    inbox,
    keepers,
    notice,
    present,
    reviewers,
    seen,
    subject,
    unread,
)
from smilecity.people.reads.organisations import (
    kept_organisation,
    kept_organisations,
    kind_of,
    listed_organisations,
    organisation,
)
from smilecity.people.reads.roles import my_roles, person_by_name, role, roles_given, roles_of
from smilecity.people.reads.webhooks import deliveries, hearing_organisations, webhook, webhooks
from smilecity.people.reads.who import who_asks, who_is

__all__ = [
    "KEY_BY_DIGEST",
    "Line",
    "addresses",
    "agreed",
    "agreements",
    "as_who",
    "browsers",
    "consent_history",
    "deliveries",
    "delivery",
    "followed",
    "followers",
    "follows",
    "has_home",
    "hearing_organisations",
    "holding",
    "inbox",
    "keepers",
    "kept_organisation",
    "kept_organisations",
    "keys",
    "kind_of",
    "line",
    "listed_organisations",
    "my_roles",
    "notice",
    "organisation",
    "person_by_name",
    "present",
    "reviewers",
    "role",
    "roles_given",
    "roles_of",
    "seen",
    "subject",
    "unread",
    "webhook",
    "webhooks",
    "who_asks",
    "who_has",
    "who_has_key",
    "who_is",
]
