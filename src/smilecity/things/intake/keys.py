# SPDX-License-Identifier: EUPL-1.2
"""Who may bring something in by HTTP: whoever has a key for it."""

from smilecity.core.asgi import Scope, header
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.models import ApiKey
from smilecity.things.intake.register import Register


async def let_in(register: Register, scope: Scope) -> Who:
    """Who presents a key with the scope `intake`; refuses 401 without a key, 403 with another."""
    scheme, _, given = header(scope, b"authorization").partition(" ")
    key = given if scheme.lower() == "bearer" else header(scope, b"x-api-key")
    who = await register.who(key.strip())
    if who is None:
        raise Refusal(
            "key.wrong",
            "This needs a valid key.",
            cure="Send 'Authorization: Bearer smile_...'. The operator makes keys with 'smile key make'.",
            status=401,
        )
    if ApiKey.INTAKE not in who.scopes:
        raise Refusal(
            "key.wrong-scope",
            "This key does not open the intake.",
            cure="The operator makes one that does with 'smile key make NAME --scope intake'.",
            status=403,
        )
    return who
