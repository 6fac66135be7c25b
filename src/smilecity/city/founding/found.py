# SPDX-License-Identifier: EUPL-1.2
"""Founding a city in an empty node: everything in one transaction, so that nothing is ever half made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smilecity.city import boot, envfile
from smilecity.city.founding import templates
from smilecity.city.founding.answers import Answers, wrong
from smilecity.city.settings import Settings
from smilecity.core.database import NodeLock
from smilecity.core.problems import Refusal

if TYPE_CHECKING:
    from smilecity.city.founding.answers import Areas
    from smilecity.people.models import Account, Organisation
    from smilecity.space.models import Area

LOCK = 0x534D494C49


@dataclass(frozen=True, slots=True)
class Founded:
    """What came of it: where settings are, how many areas there are, and the operator's one-time link."""

    settings: Path
    areas: int
    link: str


def found(answers: Answers) -> Founded:
    """Make the city of these answers. The node must not run and must not have an identity yet.

    Lock: the node's, and in the database an advisory one, so that of two at once the second is refused.
    A refusal leaves the database and `smile.env` as they were.
    """
    before = boot.settings_now()
    folder = boot.data_folder(before)
    with ExitStack() as held:
        held.enter_context(NodeLock(folder))
        known = envfile.read(folder, Settings.names() - {"SMILE_DATA"})
        wanted = {**known, **answers.settings}
        settings = Settings.read({**wanted, **{name: text for name, text in os.environ.items() if text}})
        node = held.enter_context(boot.booted(settings))
        from smilecity.city.preparing import prepare

        _check_looks(answers)
        prepare(node, demo=False)
        areas, path = _write(answers, folder, wanted)
        address = settings.address or f"http://localhost:{settings.port}"
        return Founded(folder / envfile.NAME, areas, f"{address}{path}")


def _write(answers: Answers, folder: Path, wanted: Mapping[str, str]) -> tuple[int, str]:
    """How many areas there are, and the path of the operator's link."""
    from django.db import connection, transaction

    from smilecity.people.reads.accounts import password_link

    path = folder / envfile.NAME
    before = path.read_bytes() if path.exists() else None
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            refuse_a_city()
            _identity(answers)
            root, areas = _areas(answers)
            link = password_link(_operator(answers, _municipality(answers, root)))
            envfile.write(folder, wanted)
    except BaseException:
        _put_back(path, before)
        raise
    return areas, link


def refuse_a_city() -> None:
    """Refuses a node that somebody lives in already."""
    from smilecity.city import identity

    if identity.exists():
        raise Refusal(
            "init.not-empty",
            "This node has a city already.",
            cure="Use another data folder (SMILE_DATA) or database; change this city at /desk/city/.",
            status=409,
        )


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != before:
        path.write_bytes(before)


def _check_looks(answers: Answers) -> None:
    """Colours, logo and texts by the city's own rules, before any table is made."""
    from django.utils import translation

    from smilecity.city import identity

    with _Explained(), translation.override("en"):
        identity.draft(
            name=answers.name,
            contact=answers.contact,
            colours=answers.colours,
            logo=answers.logo,
            texts=templates.completed(answers.texts),
        )


def _identity(answers: Answers) -> None:
    from smilecity.city import identity
    from smilecity.core.who import NODE

    identity.keep_identity(
        NODE,
        name=answers.name,
        contact=answers.contact,
        colours=answers.colours,
        logo=answers.logo,
        texts=templates.completed(answers.texts),
        demo=False,
    )


def _areas(answers: Answers) -> tuple[Area | None, int]:
    """The municipality, with the outline of its parts together, and the parts below it."""
    if answers.areas is None:
        return None, 0
    from smilecity.core.who import NODE
    from smilecity.space import reads
    from smilecity.space.actions import keep_area

    _import(answers.areas)
    parts = reads.areas_of_level(NODE, answers.areas.level)
    with _Explained(key="city.key", level="areas.level"):
        root = keep_area(NODE, "municipality", answers.key, {"de": answers.name}, _together(parts))
        for part in parts:
            keep_area(NODE, part.level, part.key, part.noun.title, part.noun.geo or {}, parent=root)
    return root, len(parts)


def _import(areas: Areas) -> None:
    """Take over the parts. What is wrong with the file is said here in short, and at length by `smile space import`."""
    from django.utils import translation

    from smilecity.core.who import NODE
    from smilecity.space import actions
    from smilecity.space.rules.reading import Wish

    names = {"de": areas.name_field, **({"en": areas.name_field_en} if areas.name_field_en else {})}
    plan = actions.Plan(areas.level, Wish(areas.key_field, names, areas.system))
    with _Explained("areas", level="areas.level"), translation.override("en"):
        report = actions.import_areas(NODE, areas.file.read_bytes(), plan)
    if report.state != "done":
        found = [one for one in report.findings if one.weight != "note"]
        with translation.override("en"):
            said = " ".join(f"{one.sentence} ({', '.join(one.keys[:5])})" for one in found[:3])
        cure = "Correct the file, or leave out [areas] and use 'smile space import' later: it says where."
        raise wrong("areas.file", f"{len(found)} things are wrong. {said}", cure)


def _together(parts: list[Area]) -> dict[str, Any]:
    """The outline of all parts as one."""
    from shapely import make_valid, union_all
    from shapely.geometry import mapping, shape

    whole = make_valid(union_all([shape(part.noun.geo) for part in parts]))
    return dict(mapping(whole))


def _municipality(answers: Answers, root: Area | None) -> Organisation:
    from smilecity.core.who import NODE
    from smilecity.people.actions import keep_organisation

    with _Explained(title="city.name"):
        return keep_organisation(
            NODE,
            "municipality",
            kind="municipality",
            title={"de": answers.name},
            area=root.noun_id if root else None,
        )


def _operator(answers: Answers, organisation: Organisation) -> Account:
    from smilecity.core.who import NODE
    from smilecity.people.actions import give_role
    from smilecity.people.actions.accounts import open_account

    with _Explained("operator"):
        account = open_account(NODE, answers.operator_email, answers.operator_pseudonym)
    give_role(NODE, account, "operator", organisation)
    return account


class _Explained:
    """Says which answer a rule said no to, in the language of the command line."""

    def __init__(self, table: str = "city", **keys: str) -> None:
        self._table = table
        self._keys = keys

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Refusal):
            return
        from django.utils import translation

        with translation.override("en"):
            key = self._keys.get(error.field, f"{self._table}.{error.field or 'file'}")
            key = key.removeprefix("city.") if key.startswith("city.texts.") else key
            raise wrong(key, str(error.sentence), str(error.cure)) from error
