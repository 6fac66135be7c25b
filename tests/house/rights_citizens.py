# SPDX-License-Identifier: EUPL-1.2
"""Who may say, read, support, answer, decide and publish what people need: the rows of the room `citizens`."""

import uuid
from collections.abc import Callable
from typing import Any

from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from tests.house.rights_rows import (
    ALL,
    MANY_YEARS_AGO,
    NOBODY,
    NODE,
    PERSONS,
    RITA,
    RUN,
    SEE_DRAFTS,
    Row,
    asks,
)  # fmt: skip
from tests.house.town import Town


def _noun(town: Town) -> Any:
    return town.pier.noun


def _mailed(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Nothing is answered yet, so nothing is sent."""

    def send(*given: Any) -> Any:
        raise AssertionError("nobody has news in this town")

    return function(who, _need(town), send)


def _need(town: Town) -> int:
    return int(town.need.noun_id)


def _stepped(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import step_need

    step_need(town.who["petra"], _need(town), "in_progress", "Wir sehen nach.")
    return function(who, town.need)


def _appeal(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import decide_need

    decide_need(town.who["petra"], _need(town), "refused", "Dort ist kein Platz.")
    return function(who, _need(town), "Doch, am Ufer.")


def _shown(town: Town) -> int:
    """Rita's need, for all to read."""
    from smilecity.citizens.actions import publish_need

    publish_need(town.who["petra"], _need(town), "Mehr Bänke", "Es fehlen Bänke.")
    return _need(town)


def _taken(town: Town) -> Any:
    """The same, taken from the public by Stefan."""
    from smilecity.citizens.actions import hide_need

    return hide_need(town.who["stefan"], _shown(town), "Darin steht ein Name.")


def _objected(town: Town) -> int:
    """The same, and Rita objects."""
    from smilecity.citizens.actions.moderating import object_to_hiding

    object_to_hiding(town.who["rita"], _taken(town).noun_id, "Es ist meiner.")
    return _need(town)


def _answered_objection(town: Town) -> Any:
    from smilecity.citizens.actions.moderating import settle_objection
    from smilecity.citizens.models import Moderated

    settle_objection(town.who["petra"], _objected(town), False, "Er steht darin.")
    return Moderated.objects.get(act=Moderated.TAKEN_BACK)


def _of_anyone(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _public(town))


def _public(town: Town) -> int:
    """What somebody said without an account, for all to read."""
    from smilecity.citizens.actions import publish_need, say_need

    more = {"kind": "wish", "words": "Mehr Licht", "language": "de", "about": town.pier.noun_id}
    said = say_need(ANYONE, uuid.UUID(int=3), **more)
    publish_need(town.who["petra"], said.noun_id, "Mehr Licht", "Es ist dunkel.")
    return int(said.noun_id)


def _said_with_others(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions.saying import Said

    (kept,) = function(who, [Said(form=uuid.UUID(int=2), kind="wish", words="Mehr Licht", language="de")])
    if isinstance(kept, Refusal):
        raise kept
    return kept


def _published_and_read(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Of the list a wish is asked, of what is alike the words."""
    from smilecity.citizens.actions import publish_need
    from smilecity.citizens.rules import Wish

    publish_need(town.who["petra"], _need(town), "Mehr Bänke", "Es fehlen Bänke.")
    return function(
        who, Wish() if function.__name__ in ("listed", "listed_long", "found") else "Bänke fehlen"
    )


def _on_the_map(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.rules import Wish

    _public(town)
    return function(who, Wish(), 5)


def _of_a_code(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.reads import code_of

    return function(who, code_of(town.need.form))


def _in_a_category(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.models import Category

    Category.objects.create(code="lampe", title={"de": "Lampe"})
    return function(who, "lampe", None)


def _with_a_picture(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.models import NeedPhoto

    kept = {"width": 1, "height": 1, "full": b"f", "small": b"s", "digest": "d"}
    one = NeedPhoto.objects.create(need=town.need, **kept)
    return function(who, town.need, *((one.id,) if function.__name__ == "photo" else ()))


def _covered(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from io import BytesIO

    from PIL import Image

    from smilecity.citizens.models import NeedPhoto
    from smilecity.citizens.rules.covering import Cover

    written = BytesIO()
    Image.new("RGB", (200, 200), "green").save(written, "WEBP")
    kept = {"width": 200, "height": 200, "full": written.getvalue(), "small": b"s", "digest": "d"}
    one = NeedPhoto.objects.create(need=town.need, **kept)
    return function(who, _need(town), one.id, [Cover(0, 0, 50, 50)])


def _supported(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import support_need
    from smilecity.citizens.models import Need

    number = _public(town)
    support_need(town.who["rita"], number)
    return function(who, Need.objects.get(noun=number))


def _comment(town: Town, **fields: Any) -> Any:
    """What Rita said to a public need, in this state; nothing of it waits for a moderator unless that says so."""
    from smilecity.citizens.actions.talking import comment
    from smilecity.citizens.models import Comment

    said = comment(town.who["rita"], uuid.UUID(int=7), _public(town), "Das sehe ich auch so.", "de")
    Comment.objects.filter(id=said.id).update(**{"state": "shown", **fields})
    return Comment.objects.select_related("need__noun").get(id=said.id)


def _commented(may: set[str], *more: Any, **fields: Any) -> Row:
    """A row whose case is the function called with the number of such a comment."""
    return Row(
        may,
        lambda town, who, function: function(who, town.stage, *more),
        lambda town: _comment(town, **fields).id,
    )


def _hidden(may: set[str]) -> Row:
    """A row whose case is the function called with a comment that was hidden."""

    def hidden(town: Town) -> Any:
        from smilecity.citizens.actions.moderating import hide_comment

        return hide_comment(town.who["petra"], _comment(town).id, "spam", "Das ist Werbung.")

    return Row(may, lambda town, who, function: function(who, town.stage), hidden)


def _reported(may: set[str], *more: Any) -> Row:
    """A row whose case is the function called with the number of a need that was reported."""

    def reported(town: Town) -> int:
        from smilecity.citizens.actions.abuse import report_need

        number = _public(town)
        report_need(ANYONE, number, "spam")
        return number

    return Row(may, lambda town, who, function: function(who, town.stage, *more), reported)


def _waiting(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Of what waits, whatever else is given, the function is asked for all of it."""
    return function(who)


def _reports(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.models import Need

    return function(who, Need.objects.select_related("noun").get(noun=town.stage))


def _took_part(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, town.stage.need)


def _talked(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, town.stage.need).items


def _data(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.rules import Wish

    return list(function(who, Wish()) if function.__name__ == "needs_data" else function(who))


def _reckoned(town: Town) -> Any:
    from smilecity.citizens.actions.numbers import reckon_months

    return reckon_months(town.who["node"])


MODERATE = {"stefan", "petra", "mia"}
HIDDEN = {"state": "hidden", "rule": "spam", "reason": "So."}
CITIZENS: dict[str, Row] = {
    "citizens.actions.abuse.report_comment": _commented(ALL, "spam"),
    "citizens.actions.abuse.report_need": asks(ALL, _public, "spam"),
    "citizens.actions.moderating.hide_comment": _commented(MODERATE, "spam", "Das ist Werbung."),
    "citizens.actions.moderating.hide_reported": _reported(MODERATE, "spam", "Das ist Werbung."),
    "citizens.actions.moderating.let_through": _commented(MODERATE, state="waiting"),
    "citizens.actions.moderating.object_to_hiding": Row(
        RITA, lambda t, who, function: function(who, t.stage.noun_id, "Es ist meiner."), _taken
    ),
    "citizens.actions.moderating.settle_objection": Row(
        {"petra", "mia"}, lambda t, who, function: function(who, t.stage, True, "Stimmt."), _objected
    ),
    "citizens.actions.moderating.settle_appeal": _commented(
        MODERATE, True, "Stimmt.", **HIDDEN, outcome="open"
    ),
    "citizens.actions.moderating.settle_need": _reported(MODERATE),
    "citizens.actions.moderating.settle_reports": _commented(MODERATE, reported=1),
    "citizens.actions.moderating.show_again": _commented(MODERATE, "Ein Irrtum.", **HIDDEN),
    "citizens.actions.numbers.reckon_months": asks(RUN),
    "citizens.actions.talking.appeal_comment": _commented(RITA, "Doch.", **HIDDEN),
    "citizens.actions.talking.change_comment": _commented(RITA, "Das sehe ich anders."),
    "citizens.actions.talking.comment": asks(
        PERSONS, uuid.UUID(int=8), _public, "Das sehe ich auch so.", "de"
    ),
    "citizens.actions.talking.comment_by_app": asks(
        NODE, uuid.UUID(int=9), _public, "Das sehe ich auch so.", "de"
    ),
    "citizens.actions.talking.withdraw_comment": _commented(RITA),
    "citizens.reads.moderation.acts": _hidden(MODERATE | RITA),
    "citizens.reads.moderation.another_moderates": asks(MODERATE, lambda t: t.need.noun.area_id),
    "citizens.reads.moderation.count_queue": Row(MODERATE, _waiting, _reported(MODERATE).stage),
    "citizens.reads.moderation.moderated_need": _reported(MODERATE),
    "citizens.reads.moderation.queue": Row(MODERATE, _waiting, _commented(MODERATE, state="waiting").stage),
    "citizens.reads.moderation.reported_needs": Row(MODERATE, _waiting, _reported(MODERATE).stage),
    "citizens.reads.moderation.answer_to": Row(
        ALL, lambda t, who, function: function(who, t.stage), _answered_objection
    ),
    "citizens.reads.moderation.hiding": Row(
        MODERATE | RITA, lambda t, who, function: function(who, t.stage), _taken
    ),
    "citizens.reads.moderation.acts_owed": asks(NOBODY),
    "citizens.reads.moderation.objections": Row(MODERATE, _waiting, _objected),
    "citizens.reads.moderation.reports": Row(MODERATE, _reports, _reported(MODERATE).stage),
    "citizens.reads.numbers.months": Row(ALL, _waiting, _reckoned),
    "citizens.reads.opendata.comments_data": Row(ALL, _data, _comment),
    "citizens.reads.opendata.needs_data": Row(ALL, _data, _comment),
    "citizens.reads.talk.comment": _commented(MODERATE | RITA, state="waiting"),
    "citizens.reads.talk.moderated_by": asks(ALL),
    "citizens.reads.talk.public_need": Row(
        ALL, lambda t, who, function: function(who, uuid.UUID(int=3)), _public
    ),
    "citizens.reads.talk.takes_part": Row(RITA, _took_part, _comment),
    "citizens.reads.talk.talk": Row(ALL, _talked, _comment),
    "citizens.actions.answering.answer_need": asks(SEE_DRAFTS, _need, "Kommt im Mai."),
    "citizens.actions.answering.hand_on": asks(
        SEE_DRAFTS, _need, lambda t: t.organisations["club-b"].pk, "Dort geht es schneller."
    ),
    "citizens.actions.answering.note_need": asks(SEE_DRAFTS, _need, "Ist angerufen."),
    "citizens.actions.answering.step_need": asks(SEE_DRAFTS, _need, "in_progress", "Wir sehen nach."),
    "citizens.actions.deciding.answer_needs": asks(
        SEE_DRAFTS, lambda t: [t.need.noun_id], "answered", "Kommt im Mai."
    ),
    "citizens.actions.deciding.appeal": Row(RITA, _appeal),
    "citizens.actions.deciding.decide_need": asks(SEE_DRAFTS, _need, "refused", "Dort ist kein Platz."),
    "citizens.actions.mailing.forget_contacts": asks(RUN, MANY_YEARS_AGO),
    "citizens.actions.mailing.mail_act": Row(NODE, _mailed),
    "citizens.actions.mailing.mail_answer": Row(NODE, _mailed),
    "citizens.actions.mailing.mail_receipt": Row(
        NODE, lambda t, who, function: function(who, _need(t), lambda need: None)
    ),
    "citizens.actions.photos.cover_photo": Row(SEE_DRAFTS, _covered),
    "citizens.actions.publishing.hide_need": asks(SEE_DRAFTS, _shown, "Darin steht ein Name."),
    "citizens.actions.publishing.publish_need": asks(SEE_DRAFTS, _need, "Mehr Bänke", "Es fehlen Bänke."),
    "citizens.actions.saying.say_need": asks(
        ALL, uuid.UUID(int=2), kind="wish", words="Mehr Licht", language="de"
    ),
    "citizens.actions.saying.say_needs": Row(ALL, _said_with_others),
    "citizens.actions.supporting.support_need": Row(PERSONS, _of_anyone),
    "citizens.actions.supporting.withdraw_support": Row(PERSONS, _of_anyone),
    "citizens.reads.behind.behind": asks(NODE, lambda t: [t.need.noun_id]),
    "citizens.reads.choosing.answering": asks(ALL, "Am Pier ist es dunkel"),
    "citizens.reads.choosing.chosen": Row(ALL, _in_a_category),
    "citizens.reads.needs.by_code": Row(ALL, _of_a_code),
    "citizens.reads.photos.photo": Row(SEE_DRAFTS | RITA, _with_a_picture),
    "citizens.reads.photos.photos": Row(SEE_DRAFTS | RITA, _with_a_picture),
    "citizens.reads.public.found": Row(ALL, _published_and_read),
    "citizens.reads.public.newest": Row(ALL, _on_the_map),
    "citizens.reads.public.with_position": Row(ALL, _on_the_map),
    "citizens.reads.desk.areas_read": asks({"stefan", "petra", "mia", "nils"}),
    "citizens.reads.desk.count_waiting": asks(SEE_DRAFTS),
    "citizens.reads.desk.noun_at": asks(SEE_DRAFTS, "https://city.example/en/places/plan/"),
    "citizens.reads.desk.receipts_due": asks(NODE),
    "citizens.reads.desk.unmailed": asks(NOBODY),
    "citizens.reads.desk.waiting": asks(SEE_DRAFTS),
    "citizens.reads.desk.words_of": asks(SEE_DRAFTS, lambda t: [t.need.noun_id]),
    "citizens.reads.needs.count_about": asks(SEE_DRAFTS, _noun),
    "citizens.reads.needs.is_author": asks(RITA, lambda t: t.need),
    "citizens.reads.needs.knows_its_words": asks(SEE_DRAFTS | RITA, lambda t: t.need),
    "citizens.reads.needs.mine": asks(RITA),
    "citizens.reads.needs.need": asks(SEE_DRAFTS, _need),
    "citizens.reads.needs.need_at": asks(SEE_DRAFTS | RITA, uuid.UUID(int=1)),
    "citizens.reads.needs.needs_about": asks(SEE_DRAFTS, _noun),
    "citizens.reads.needs.steps": Row(SEE_DRAFTS | RITA, _stepped),
    "citizens.reads.needs.subject": asks(SEE_DRAFTS, lambda t: t.plan.noun_id),
    "citizens.reads.needs.supports": Row(RITA, _supported),
    "citizens.reads.needs.thread": asks(ALL, lambda t: t.need),
    "citizens.reads.public.areas": asks(ALL),
    "citizens.reads.public.listed": Row(ALL, _published_and_read),
    "citizens.reads.public.listed_long": Row(ALL, _published_and_read),
    "citizens.reads.public.month": asks(ALL),
    "citizens.reads.public.suggest": Row(ALL, _published_and_read),
    "citizens.reads.threads.way": asks(ALL, lambda t: t.need),
}
CITIZENS_NO_ROW = {
    "citizens.actions.talking.tell_once_a_day": "within the actions on a comment, which have asked",
    "citizens.actions.walking.step": "within the actions on a need, which have asked",
    "citizens.actions.walking.taken": "is the question itself",
    "citizens.actions.walking.taken_open": "is the question itself",
    "citizens.actions.walking.tell_thread": "within the actions on a need, which have asked",
    "citizens.reads.desk.target": "refuses beside its field (422); who sees what is in `test_decisions.py`",
}
