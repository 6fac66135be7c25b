# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room; each asks a number of times that does not grow with the city."""

from smilecity.governance.reads.desk import areas_to_choose, editable, keepers, places_to_choose, written
from smilecity.governance.reads.needs import Answered, answered, counted_needs, tell, to_answer, words
from smilecity.governance.reads.projects import (
    all_public,
    course_of,
    districts,
    mark,
    newest,
    places_of,
    project,
    sought,
    steps,
    today,
    visible,
    with_position,
)

__all__ = [
    "Answered",
    "all_public",
    "answered",
    "areas_to_choose",
    "counted_needs",
    "course_of",
    "districts",
    "editable",
    "keepers",
    "mark",
    "newest",
    "places_of",
    "places_to_choose",
    "project",
    "sought",
    "steps",
    "tell",
    "to_answer",
    "today",
    "visible",
    "with_position",
    "words",
    "written",
]
