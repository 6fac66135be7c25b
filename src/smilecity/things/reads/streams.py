# SPDX-License-Identifier: EUPL-1.2
"""What a writer of observations must know of a datastream: one query, for the intake and for actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from smilecity.core.models import Noun
from smilecity.things.models import Datastream
from smilecity.things.rights import Sight
from smilecity.things.rules.observations import Expected

# The feature of an observation that names none is that which lies where its thing does: `feature` is it if the
# datastream has it already, `location` says that there is one to make it of.
STREAM = """
SELECT d.id, d.multi, d.observation_type, d.observation_types, d.visibility, n.visibility, n.area_id, l.id, f.id
FROM things_datastream AS d
JOIN core_noun AS n ON n.id = d.thing_id
LEFT JOIN LATERAL (
    SELECT l.id, l.location FROM things_thing_locations AS tl JOIN things_location AS l ON l.id = tl.location_id
    WHERE tl.thing_id = d.thing_id ORDER BY l.id LIMIT 1
) AS l ON true
LEFT JOIN LATERAL (
    SELECT f.id FROM things_featured AS fd JOIN things_featureofinterest AS f ON f.id = fd.feature_id
    WHERE fd.datastream_id = d.id AND f.feature = l.location ORDER BY f.id LIMIT 1
) AS f ON true
WHERE d.id = %s
"""
FEATURED = "SELECT 1 FROM things_featured WHERE datastream_id = %s AND feature_id = %s"


@dataclass(frozen=True, slots=True)
class Stream:
    """A datastream as a writer of observations needs it."""

    id: int
    multi: bool
    expected: Expected
    visibility: str
    things_visibility: str
    area: int | None
    location: int | None
    feature: int | None

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Stream":
        """From a row of `STREAM`."""
        number, multi, kind, kinds, *rest = row
        if isinstance(kinds, str):  # Django's cursors leave jsonb as text
            kinds = orjson.loads(kinds)
        return cls(number, multi, Expected(kind, tuple(kinds) if multi else None), *rest)

    @property
    def public(self) -> bool:
        """Whether it is there for everyone."""
        return self.visibility == self.things_visibility == Noun.PUBLIC

    @property
    def settled(self) -> bool:
        """Whether `feature` is that of an observation which names none; else it is made with the first one."""
        return self.feature is not None or self.location is None

    def seen_by(self, sight: Sight) -> bool:
        """Whether it is there for whoever has this sight."""
        if sight.all or self.area in sight.areas:
            return True
        return self.public or (
            self.things_visibility == Noun.PUBLIC
            and self.visibility == Datastream.PARTNERS
            and sight.partners
        )
