# SPDX-License-Identifier: EUPL-1.2
"""Features of interest that observations come to be of, and the area that a datastream's features cover."""

from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.actions.desk import observer
from smilecity.things.models import FeatureOfInterest, Location
from smilecity.things.reads.streams import FEATURED, STREAM, Stream
from smilecity.things.rights import Sight
from smilecity.things.rules.observations import feature_gone, gone

# A feature is seen if none of its datastreams is hidden, or one is seen.
SEEN = """
SELECT EXISTS (SELECT FROM things_featureofinterest WHERE id = %(feature)s) AND (
    NOT EXISTS (SELECT FROM things_featured WHERE feature_id = %(feature)s) OR %(all)s OR EXISTS (
        SELECT FROM things_featured AS f JOIN things_datastream AS d ON d.id = f.datastream_id
        JOIN core_noun AS n ON n.id = d.thing_id
        WHERE f.feature_id = %(feature)s AND (n.area_id = ANY(%(areas)s) OR n.visibility = 'public'
            AND (d.visibility = 'public' OR d.visibility = 'partners' AND %(partners)s))))
"""

ALIKE = """
SELECT f.id FROM things_featureofinterest AS f JOIN things_location AS l ON f.box && l.box
WHERE l.id = %s AND f.feature = l.location AND f.name = l.name ORDER BY f.id LIMIT 1
"""

# The box around all features; a point if they are all there.
AREA = """
UPDATE things_datastream SET observed_area = (
    SELECT CASE WHEN w = e AND s = n THEN json_build_object('type', 'Point', 'coordinates', json_build_array(w, s))
        WHEN w IS NOT NULL THEN json_build_object('type', 'Polygon', 'coordinates', json_build_array(json_build_array(
            json_build_array(w, s), json_build_array(e, s), json_build_array(e, n), json_build_array(w, n),
            json_build_array(w, s)))) END
    FROM (
        SELECT min((f.box[1])[0]) AS w, min((f.box[1])[1]) AS s, max((f.box[0])[0]) AS e, max((f.box[0])[1]) AS n
        FROM things_featured AS fd JOIN things_featureofinterest AS f ON f.id = fd.feature_id
        WHERE fd.datastream_id = %(datastream)s
    ) AS corners
)::jsonb WHERE id = %(datastream)s
"""


def feature_for(who: Who, datastream: int, wanted: int | None) -> int | None:
    """The feature of an observation that names `wanted`, or none, seen to before the first is stored.

    None if none is named and the thing has no location to make one of. Refuses what is not seen. Lock: the location's
    row, so that one is made of it once; the datastream's row if its area grows.
    """
    observer(who)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STREAM, [datastream])
        row = cursor.fetchone()
        stream = Stream.of(row) if row else None
        if stream is None or not stream.seen_by(rights.sight(who)):
            raise gone()
        return feature_of(cursor, stream, rights.sight(who), wanted)


def feature_of(cursor: CursorWrapper, stream: Stream, sight: Sight, wanted: int | None) -> int | None:
    """As `feature_for`, within the caller's transaction."""
    if wanted is None:
        if stream.feature is not None or stream.location is None:
            return stream.feature
        wanted = _made_of(cursor, stream.location)
    else:
        cursor.execute(FEATURED, [stream.id, wanted])
        if cursor.fetchone():
            return wanted
        _see(cursor, wanted, sight)
    cursor.execute(
        "INSERT INTO things_featured (datastream_id, feature_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [stream.id, wanted],
    )
    if cursor.rowcount:
        cursor.execute(AREA, {"datastream": stream.id})
    return wanted


def _made_of(cursor: CursorWrapper, location: int) -> int:
    """The feature that lies there; whoever asks first makes it."""
    there = Location.objects.select_for_update().get(id=location)
    cursor.execute(ALIKE, [location])
    row = cursor.fetchone()
    if row:
        return int(row[0])
    made = FeatureOfInterest.objects.create(
        name=there.name,
        description=there.description,
        encoding_type=there.encoding_type,
        feature=there.location,
    )
    return made.id


def _see(cursor: CursorWrapper, feature: int, sight: Sight) -> None:
    values: dict[str, Any] = {
        "feature": feature,
        "all": sight.all,
        "areas": sight.areas,
        "partners": sight.partners,
    }
    cursor.execute(SEEN, values)
    if not (cursor.fetchone() or (False,))[0]:
        raise feature_gone()
