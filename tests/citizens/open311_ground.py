# SPDX-License-Identifier: EUPL-1.2
"""A city that takes lamps and potholes by Open311: its categories, keys, reports; and schemas to hold answers against."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema_rs
import xmlschema

from smilecity.citizens import actions, rules
from smilecity.citizens.models import Category, Need
from smilecity.core.who import NODE
from smilecity.people.actions import make_key
from tests.citizens.town import Town

SCHEMAS = Path(__file__).parent / "schemas"
ROOT = "/open311/v2"
HARBOUR = {"lat": "54.0887", "long": "12.1405"}
ASKS = [
    {"code": "number", "type": "number", "label": {"de": "Nummer am Mast", "en": "Number"}, "required": True},
    {"code": "since", "type": "date", "label": {"de": "Seit wann?"}},
    {"code": "light", "type": "choice", "label": {"de": "Was tut sie?"}, "choices": [
        {"code": "dark", "label": {"de": "Sie ist dunkel", "en": "Dark"}},
        {"code": "flickers", "label": {"de": "Sie flackert"}},
    ]},
    {"code": "seen", "type": "choices", "label": {"de": "Was noch?"}, "choices": [
        {"code": "glass", "label": {"de": "Scherben"}}, {"code": "cable", "label": {"de": "Kabel"}},
    ]},
    {"code": "more", "type": "text", "label": {"de": "Sonst noch etwas?"}},
]  # fmt: skip


class Reports:
    """The categories `lamp` (asks nothing) and `mast` (asks everything) of a group, a key, and reports in the town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        group = Category.objects.create(code="street", title={"de": "Straße", "en": "Street"})
        self.lamp = self._category(group, "lamp", "Lampe", words="Laterne Licht")
        self.mast = self._category(group, "mast", "Mast", asks=ASKS)

    def _category(self, group: Category, code: str, title: str, **more: Any) -> Category:
        return Category.objects.create(
            code=code,
            parent=group,
            title={"de": title, "en": f"{title} (en)"},
            organisation_id=self.town.hall,
            days=14,
            **more,
        )

    def key(self, *scopes: str) -> str:
        """A key for these scopes."""
        return make_key(NODE, f"app {uuid4()}", scopes or ("report",))[1]

    def said(self, words: str = "Die Lampe ist aus.", **coming: Any) -> Need:
        """A report that nobody has read yet."""
        given = {"door": "open311", "category": "lamp", "spot": rules.Spot(12.1405, 54.0887), **coming}
        return actions.say_need(
            NODE, uuid4(), kind="problem", words=words, language="de", coming=rules.Coming(**given)
        )

    def published(self, words: str = "Die Lampe ist aus.", **coming: Any) -> Need:
        """A report for everybody."""
        need = self.said(words, **coming)
        return actions.publish_need(self.town.people["clerk"], need.noun_id, "Lampe aus", words)


@cache
def _json(name: str) -> Any:
    whole = json.loads((SCHEMAS / "georeport.json").read_text())
    return jsonschema_rs.validator_for(
        {"$ref": f"#/$defs/{name}", "$defs": whole["$defs"]}, validate_formats=True
    )


@cache
def _xml() -> Any:
    return xmlschema.XMLSchema(str(SCHEMAS / "georeport.xsd"))


def held(answer: Any, name: str) -> Any:
    """The answer's rows, if it is what GeoReport wants: JSON by the schema of this name, XML by the one for all."""
    if answer["Content-Type"].startswith("application/json"):
        rows = json.loads(answer.content)
        _json(name).validate(rows)
        return rows
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    _xml().validate(answer.content.decode())
    return answer.content.decode()
