# SPDX-License-Identifier: EUPL-1.2
"""What becomes of loans and handles of a person who has themselves forgotten; called by `privacy`."""

from dataclasses import dataclass

from smilecity.core.who import NODE
from smilecity.places.actions import locks
from smilecity.places.actions.lending import course as loans
from smilecity.places.actions.lending.kits import locked
from smilecity.places.models import Grant, Handle, Kit, Loan, Pause


@dataclass(frozen=True, slots=True)
class Left:
    """How many loans were ended before they began, how many lost their account, how many handles are gone."""

    dropped: int
    rows: int
    handles: int
    still_out: int


def leave(account: int) -> Left:
    """Take the person off their loans and grants, end their handles. What is still out comes back without a name.

    In the caller's transaction. Lock: the kits, the loans, then the controllers.
    """
    pairs = sorted(Loan.objects.filter(account=account, state__in=Loan.OPEN).values_list("kit", "id"))
    dropped = 0
    for kit, loan in pairs:
        held = locked(kit)
        found = Loan.objects.select_for_update().get(id=loan)
        if found.state == Loan.OPENING:
            found.state = Loan.FAILED
            found.save(update_fields=["state"])
            held.state = Kit.READY
            held.save(update_fields=["state"])
            dropped += 1
        else:
            loans.make_chore(NODE, "look", held, loan=found)
    handles = list(Handle.objects.filter(account=account).values_list("id", flat=True))
    for one in handles:
        locks.lose_handle(NODE, one)
    grants = Grant.objects.filter(account=account)
    for grant in grants.filter(state__in=[Grant.WANTED, Grant.INSTALLED]).values_list("id", flat=True):
        locks.revoke_grant(NODE, grant)
    grants.update(account=None)
    Handle.objects.filter(id__in=handles).delete()
    Pause.objects.filter(account=account).delete()
    rows = Loan.objects.filter(account=account).update(account=None)
    return Left(dropped, rows, len(handles), len(pairs) - dropped)
