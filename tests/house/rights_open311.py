# SPDX-License-Identifier: EUPL-1.2
"""Who reads what by Open311: what is published is for everybody, notes for those who work on it."""

import uuid
from collections.abc import Callable
from typing import Any

from smilecity.core.who import Who
from tests.house.rights_rows import ALL, SEE_DRAFTS, Row
from tests.house.town import Town


def _report(town: Town) -> Any:
    """Rita's need as a report that everybody reads, with a picture that everybody sees."""
    from smilecity.citizens.actions import publish_need
    from smilecity.citizens.models import Category, Need, NeedPhoto

    category = Category.objects.create(code="lamp", title={"de": "Lampe"})
    Need.objects.filter(noun=town.need.noun_id).update(category=category)
    kept = {"width": 1, "height": 1, "full": b"f", "small": b"s", "digest": "d", "shown": True}
    NeedPhoto.objects.create(need=town.need, **kept)
    return publish_need(town.who["petra"], town.need.noun_id, "Lampe", "Sie ist aus.")


def _wished(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.rules.open311 import Asked

    _report(town)
    return function(who, Asked())


def _numbered(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _report(town).noun_id)


def _formed(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _report(town).form)


def _pictured(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _report(town).photos.get().id)


def _said(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.models import Comment

    need = _report(town)
    Comment.objects.create(need=need, form=uuid.UUID(int=9), words="Ja.", language="de", state="shown")
    return function(who, need.noun_id)


def _noted(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import note_need

    note_need(town.who["petra"], town.need.noun_id, "Ersatzteil bestellt.")
    return function(who, town.need.noun_id)


def _outlined(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, (), parts=True)


OPEN311 = {
    "citizens.reads.open311.comments": Row(ALL, _said),
    "citizens.reads.open311.count_reports": Row(ALL, _wished),
    "citizens.reads.open311.notes": Row(SEE_DRAFTS, _noted),
    "citizens.reads.open311.outlines": Row(ALL, _outlined),
    "citizens.reads.open311.report": Row(ALL, _numbered),
    "citizens.reads.open311.report_of_form": Row(ALL, _formed),
    "citizens.reads.open311.reports": Row(ALL, _wished),
    "citizens.reads.open311.shown_photo": Row(ALL, _pictured),
}
