# SPDX-License-Identifier: EUPL-1.2
"""Typed links between nouns: the red thread from a need to its effect is a walk over these."""

from collections.abc import Sequence

from smilecity.core.models import Link, Noun
from smilecity.core.problems import Refusal

KINDS = frozenset(
    {"about", "answers", "duplicate_of", "implements", "measures", "located_at", "adopted_from", "trusted_in"}
)


def link(source: int, kind: str, target: int) -> None:
    """`source` `kind` `target`, once: saying it again changes nothing. Lock: the unique row."""
    link_all(kind, [(source, target)])


def link_all(kind: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Each source `kind` its target, as `link` does. Lock: their unique rows."""
    _keep(kind, pairs, decided=False)


def link_by_decision(source: int, kind: str, target: int) -> None:
    """As `link`, until `unlink_decision`; what was said beside the decision stays. Lock: the unique row."""
    _keep(kind, [(source, target)], decided=True)


def _keep(kind: str, pairs: Sequence[tuple[int, int]], *, decided: bool) -> None:
    for source, target in pairs:
        _check(source, kind, target)
    made = [
        Link(source_id=source, kind=kind, target_id=target, decided=decided)
        for source, target in dict.fromkeys(pairs)
    ]
    if decided:
        Link.objects.bulk_create(made, ignore_conflicts=True)
        return
    # In one statement, so that one who takes a decision back meanwhile takes nothing else away.
    Link.objects.bulk_create(
        made, update_conflicts=True, update_fields=["decided"], unique_fields=["source", "kind", "target"]
    )


def unlink(source: int, kind: str, target: int) -> None:
    """Take the link away if it is there."""
    Link.objects.filter(source_id=source, kind=kind, target_id=target).delete()


def unlink_decision(source: int, kind: str, target: int) -> None:
    """Take the link away if nothing but a decision has said so."""
    Link.objects.filter(source_id=source, kind=kind, target_id=target, decided=True).delete()


def linked_from(source: int, kind: str) -> list[Noun]:
    """What `source` points to by `kind`, in order of title."""
    return list(Noun.objects.filter(links_to__source_id=source, links_to__kind=kind).order_by("sort", "id"))


def linked_to(target: int, kind: str) -> list[Noun]:
    """What points to `target` by `kind`, in order of title."""
    return list(
        Noun.objects.filter(links_from__target_id=target, links_from__kind=kind).order_by("sort", "id")
    )


def _check(source: int, kind: str, target: int) -> None:
    if kind not in KINDS:
        raise Refusal("link.unknown-kind", f"Diese Verbindung gibt es nicht: {kind}.", field="kind")
    if source == target:
        raise Refusal("link.to-itself", "Etwas kann nicht mit sich selbst verbunden werden.", field="target")
