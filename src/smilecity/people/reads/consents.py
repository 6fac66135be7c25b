# SPDX-License-Identifier: EUPL-1.2
"""What people have agreed to."""

from collections.abc import Iterable
from dataclasses import dataclass

from smilecity.core.who import Who
from smilecity.people.models import Consent
from smilecity.people.rules.purposes import PURPOSES, Purpose

MOST_HISTORY = 200


@dataclass(frozen=True, slots=True)
class Agreement:
    """A purpose, and the consent to it that holds now, if there is one."""

    purpose: Purpose
    given: Consent | None

    @property
    def outdated(self) -> bool:
        """Whether the text has changed since it was agreed to, so that it must be asked again."""
        return self.given is not None and self.given.version != self.purpose.version


def agreements(who: Who) -> list[Agreement]:
    """Every purpose with what who asks has said to it."""
    held = {one.purpose: one for one in Consent.objects.filter(account=who.account, withdrawn_at=None)}
    return [Agreement(purpose, held.get(code)) for code, purpose in PURPOSES.items()]


def consent_history(who: Who) -> list[Consent]:
    """What who asks has agreed to and taken back, newest first."""
    return list(Consent.objects.filter(account=who.account).order_by("-given_at", "-id")[:MOST_HISTORY])


def agreed(accounts: Iterable[int], purpose: str) -> set[int]:
    """Those among these accounts whose consent to the purpose holds, in the version of today's text."""
    found = Consent.objects.filter(
        account__in=list(accounts),
        purpose=purpose,
        version=PURPOSES[purpose].version,
        withdrawn_at=None,
    )
    return set(found.values_list("account_id", flat=True))
