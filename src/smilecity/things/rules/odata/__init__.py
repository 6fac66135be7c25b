# SPDX-License-Identifier: EUPL-1.2
"""The query language of SensorThings 1.1 (OGC 18-088, clause 9.3; OData 4.01, part 2), read into values of `tree`.

Whatever the text, it is understood or refused with the place and what was expected there; nothing else is raised.
"""

from smilecity.things.rules.odata.expressions import read_expression
from smilecity.things.rules.odata.options import next_query, read_query
from smilecity.things.rules.odata.paths import read_path
from smilecity.things.rules.odata.tree import Request


def read_request(path: str, query: str) -> Request:
    """The path, decoded, after `/v1.1`, and the query string as it was sent. Raises `Refusal`."""
    return Request(read_path(path), read_query(query))


__all__ = ["next_query", "read_expression", "read_path", "read_query", "read_request"]
