# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room."""

from smilecity.places.actions.changes import (
    begin_change,
    drop_change,
    propose_place,
    publish_change,
    return_change,
    save_change,
    send_change,
    write_change,
)
from smilecity.places.actions.entries import (
    give_place,
    keep_place,
    keep_sense,
    keep_unit,
    license_place,
    show_place,
)
from smilecity.places.actions.photos import (
    add_photo,
    delete_photo,
    describe_photo,
    hide_photo,
    move_photo,
    show_photo,
)
from smilecity.places.actions.spans import refresh_spans

__all__ = [
    "add_photo",
    "begin_change",
    "delete_photo",
    "describe_photo",
    "drop_change",
    "give_place",
    "hide_photo",
    "keep_place",
    "keep_sense",
    "keep_unit",
    "license_place",
    "move_photo",
    "propose_place",
    "publish_change",
    "refresh_spans",
    "return_change",
    "save_change",
    "send_change",
    "show_photo",
    "show_place",
    "write_change",
]
