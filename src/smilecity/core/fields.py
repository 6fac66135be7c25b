# SPDX-License-Identifier: EUPL-1.2
"""Column types and defaults that every room shares."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import Func

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field


class NextId(Func):
    """The next id of the node: nouns and everything else that is addressed by number draw from one sequence.

    So an id alone says what is meant: a live page follows plain numbers, whether place, thing or datastream.
    Starts at 1 and grows by one: far below 2^53, which every JSON reader keeps exact.
    """

    template = "nextval('public.core_id')"
    output_field = models.BigIntegerField()

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, **extra)


class BoxField(Column):
    """PostgreSQL's `box`: degrees, (east, north), (west, south). Read by queries only, never by Python."""

    def db_type(self, connection: Any) -> str:
        """The column's type in PostgreSQL."""
        return "box"


class GeoJsonBox(Func):
    """The box around a GeoJSON geometry, computed by the database so that it can never be stale."""

    function = "public.core_geojson_box"
    output_field = BoxField()


class SearchVector(Column):
    """PostgreSQL's `tsvector`. Read by queries only."""

    def db_type(self, connection: Any) -> str:
        """The column's type in PostgreSQL."""
        return "tsvector"


class SearchWords(Func):
    """The stems of title, words and text, German and English together, in this order of weight."""

    function = "public.core_search_words"
    output_field = SearchVector()


class MapCell(Func):
    """The Morton number of a geometry's middle in the Web Mercator grid of zoom 20; null without a geometry."""

    function = "public.core_map_cell"
    output_field = models.BigIntegerField()
