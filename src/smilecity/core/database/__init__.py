# SPDX-License-Identifier: EUPL-1.2
"""The node's PostgreSQL: its server in a data folder, the lock of the one node, backup and restore.

    with attach(folder) as lease:            # makes, starts or joins the server; the last one out stops it
        psycopg.connect(lease.url())         # or lease.host, lease.port, lease.user for Django
        lease.ensure()                       # the supervisor asks now and then: is it still there?

    with NodeLock(folder):                   # one serving node a data folder
        ...

    backup(url, file); restore(url, file)    # own server or any PostgreSQL from version 15

Whatever goes wrong for an operator is a `Refusal` with a code, a sentence and a cure. Importing this package
loads neither Django nor psycopg, so a slim supervisor may.
"""

from smilecity.core.database.account import default_folder
from smilecity.core.database.backup import Manifest, backup, inspect, restore
from smilecity.core.database.cluster import Lease, attach
from smilecity.core.database.node import NodeLock
from smilecity.core.database.swap import drop

__all__ = [
    "Lease",
    "Manifest",
    "NodeLock",
    "attach",
    "backup",
    "default_folder",
    "drop",
    "inspect",
    "restore",
]
