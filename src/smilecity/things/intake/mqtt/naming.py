# SPDX-License-Identifier: EUPL-1.2
"""By which name brokers know this node."""

from hashlib import blake2b

import psycopg

NODE = """
SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()
"""


async def node_name(connection: psycopg.AsyncConnection) -> str:
    """The same for all processes of the node, another for any other node."""
    row = await (await connection.execute(NODE)).fetchone()
    return f"smile-{blake2b(repr(row).encode(), digest_size=6).hexdigest()}"
