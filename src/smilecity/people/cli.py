# SPDX-License-Identifier: EUPL-1.2
"""`smile person ...`: roles at the command line. What needs models is imported inside a command."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any

import typer
from rich.console import Console

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE

Booted = Callable[[], AbstractContextManager[Any]]

out = Console(highlight=False)


def add_commands(app: typer.Typer, booted: Booted) -> None:
    """Add this room's commands to `app`; within a block of `booted()` Django is set up."""
    person = typer.Typer(no_args_is_help=True, help="People and their roles.")
    app.add_typer(person, name="person")

    @person.command("role")
    def role(
        email: str,
        role: Annotated[
            str, typer.Argument(help="steward, clerk, planner, trainer, moderator, council or operator.")
        ],
        organisation: Annotated[str, typer.Argument(help="The end of the organisation's address.")],
        area: Annotated[
            str, typer.Option(help="Key of the area; without it the role holds everywhere.")
        ] = "",
    ) -> None:
        """Give a person a role for an organisation."""
        with booted():
            _give(email, role, organisation, area)
            out.print(f"{email} holds the role {role} for {organisation} now.")


def _give(email: str, role: str, organisation: str, area: str) -> None:
    from smilecity.people import actions, reads

    noun = reads.kept_organisation(NODE, organisation)
    if noun is None:
        raise _unknown("organisation", f"There is no organisation '{organisation}'.")
    account = reads.person_by_name(NODE, noun, email)
    if account is None:
        raise _unknown("email", f"There is no account '{email}'.")
    actions.give_role(NODE, account, role, noun.organisation, _area(area) if area else None)


def _area(key: str) -> int:
    from smilecity.core.models import Noun

    found = Noun.objects.filter(kind="area", address=f"areas/{key}").first()
    if found is None:
        raise _unknown("area", f"There is no area '{key}'.")
    return found.id


def _unknown(field: str, sentence: str) -> Refusal:
    return Refusal(f"{field}.unknown", sentence, field=field, status=404)
