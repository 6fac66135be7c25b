# SPDX-License-Identifier: EUPL-1.2
"""What OpenActive's lists call activities, facilities and support for people with disabilities."""

from collections.abc import Collection
from typing import Any

from smilecity.places.rules.openactive.feeds import HERE, LICENCE, OPENACTIVE

# Words of a title or text by which an activity of OpenActive's list is known; the last is for whatever else it is.
_ACTIVITIES = (
    (("yoga",), "bf1a5e00-cdcf-465d-8c5a-6f57040b7f7e", "Yoga"),
    (("basketball", "korb"), "e09776e6-f1b4-421b-b667-5c5913cf97aa", "Basketball"),
    (("volleyball",), "065c8564-144a-4833-b95a-db8550e6ac86", "Volleyball"),
    (("tischtennis",), "1a05993d-b206-4efe-85da-646fa340bdf4", "Table Tennis"),
    (("badminton", "federball"), "c0360db0-a817-4bae-9167-40f89b49fc9e", "Badminton"),
    (("fußball",), "0a5f732d-e806-4e51-ad40-0a7de0239c8c", "Football"),
    (("schwimm", "baden"), "2750229d-b725-4171-9276-376be913957c", "Swimming"),
    (("laufen", "lauftreff"), "72ddb2dc-7d75-424e-880a-d90eabe91381", "Running"),
    (("spazier", "wander"), "95092977-5a20-4d6e-b312-8fddabe71544", "Walking"),
    (("gymnastik", "turnen"), "f6ccded0-2666-4a51-88a4-ed6905bb4313", "Gymnastics"),
    (("",), "984068a7-5b7b-4989-bb33-f96953d8960c", "Group Exercise"),
)
_FACILITIES = {
    "hall": ("da364f9b-8bb2-490e-9e2f-1068790b9e35", "Sports Hall"),
    "room": ("4fff5e43-15dd-41d4-9f4c-0cfc478d7952", "Function Room"),
}
# Kinds of units that OpenActive's list has no name for; described at `/openactive/kinds.json`.
OWN_KINDS = {"": "Anlage", "court": "Spielfeld", "pitch": "Platz", "table": "Tisch", "other": "Anlage"}
_SUPPORT = {
    "seeing": ("1393f2dc-3fcc-4be9-a99f-f1e51f5ad277", "Visual impairment"),
    "hearing": ("2bfb7228-5969-4927-8435-38b5005a8771", "Hearing impairment"),
    "moving": ("dd026873-6713-4ea1-af5a-08901f651d98", "Physical impairment"),
}


def kinds() -> dict[str, Any]:
    """Our own kinds of units, as a list of concepts."""
    scheme = f"{HERE}/openactive/kinds.json"
    names = {key or "other": label for key, label in OWN_KINDS.items()}
    return {
        "@context": f"{OPENACTIVE}/",
        "@type": "ConceptScheme",
        "@id": scheme,
        "license": LICENCE,
        "concept": [
            {"@type": "Concept", "@id": f"{scheme}#{key}", "prefLabel": label, "topConceptOf": scheme}
            for key, label in names.items()
        ],
    }


def _concept(scheme: str, key: str, label: str) -> dict[str, str]:
    return {"@type": "Concept", "@id": f"{scheme}#{key}", "prefLabel": label, "inScheme": scheme}


def activity(text: str) -> dict[str, str]:
    """The activity that a text speaks of."""
    folded = text.casefold()
    key, label = next(
        (key, label) for words, key, label in _ACTIVITIES if any(one in folded for one in words)
    )
    return _concept(f"{OPENACTIVE}/activity-list", key, label)


def facility(kind: str) -> dict[str, str]:
    """What a unit of this kind is: a name of OpenActive's list, else one of ours."""
    if kind in _FACILITIES:
        return _concept(f"{OPENACTIVE}/facility-types", *_FACILITIES[kind])
    key = kind if kind in OWN_KINDS and kind else "other"
    return _concept(f"{HERE}/openactive/kinds.json", key, OWN_KINDS[key])


def support(access: Collection[str]) -> list[dict[str, str]]:
    """Whom it is made for besides: those of `_SUPPORT` that are in `access`."""
    return [
        _concept(f"{OPENACTIVE}/accessibility-support", *_SUPPORT[one]) for one in _SUPPORT if one in access
    ]
