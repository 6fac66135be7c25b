# SPDX-License-Identifier: EUPL-1.2
"""What may be done on a need's page: which forms somebody has there, and what each does."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.actions import moderating
from smilecity.citizens.forms import (
    AppealForm,
    DecideForm,
    HandForm,
    HideForm,
    ObjectionForm,
    PublishForm,
    RefusableForm,
    StepForm,
)
from smilecity.citizens.models import Need
from smilecity.citizens.pages.shown import title
from smilecity.citizens.reads.moderation import hiding
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads.organisations import organisations_to_choose

Typed = dict[str, Any]


def forms(who: Who, need: Need, key: str) -> dict[str, RefusableForm]:
    """The forms of this page by what they do, in order; empty for who may only read."""
    found: dict[str, RefusableForm] = {}
    open_ = need.state != Need.CLOSED
    if rights.may_answer(who, need.noun.area_id, need.noun.keeper_id):
        bodies = [(one.id, title(one)) for one in organisations_to_choose(who)]
        if open_:
            found["decide"] = DecideForm(organisations=bodies)
        found["step"] = StepForm(prefix="step")
        if open_:
            found["hand"] = HandForm(prefix="hand", organisations=bodies)
        found["publish"] = _publishing(who, need)
        if need.published_at:
            found["hide"] = HideForm(prefix="hide")
    if reads.is_author(who, need, key) and rules.may_appeal(
        need.state, appealed=need.appealed_at is not None
    ):
        found["appeal"] = AppealForm(prefix="appeal")
    if reads.is_author(who, need, key) and (act := hiding(who, need, key)) and not act.outcome:
        found["object"] = ObjectionForm(prefix="object")
    return found


def done(who: Who, need: Need, do: str, forms: dict[str, RefusableForm], posted: QueryDict, key: str) -> str:
    """Do it, and what to say then; nothing if what was typed is not right, which its form says."""
    if do == "support":
        actions.support_need(who, need.noun_id)
        return _("Gezählt. Sie erfahren, was daraus wird.")
    if do == "withdraw":
        actions.withdraw_support(who, need.noun_id)
        return _("Zurückgenommen.")
    if do == "appeal":
        return _appealed(who, need, forms, posted, key)
    if do == "object":
        return _objected(who, need, forms, posted, key)
    if do not in DO or not rights.may_answer(who, need.noun.area_id, need.noun.keeper_id):
        raise rules.unknown()
    if do not in forms:  # decided meanwhile, by somebody else
        raise Refusal(
            "need.closed",
            _("Dieses Anliegen ist schon entschieden."),
            cure=_("Laden Sie die Seite neu, dann sehen Sie die Antwort."),
            status=409,
        )
    form = _bound(forms, do, posted)
    return DO[do](who, need, form.cleaned_data) if form.is_valid() else ""


def _appealed(who: Who, need: Need, forms: dict[str, RefusableForm], posted: QueryDict, key: str) -> str:
    if "appeal" not in forms:  # the action says why not
        actions.appeal(who, need.noun_id, "", key)
    form = _bound(forms, "appeal", posted)
    if not form.is_valid():
        return ""
    actions.appeal(who, need.noun_id, form.cleaned_data["reason"], key)
    return _("Das Anliegen ist wieder offen. Wir sehen es uns noch einmal an.")


def _objected(who: Who, need: Need, forms: dict[str, RefusableForm], posted: QueryDict, key: str) -> str:
    if "object" not in forms:  # the action says why not
        moderating.object_to_hiding(who, need.noun_id, posted.get("object-reason", ""), key)
    form = _bound(forms, "object", posted)
    if not form.is_valid():
        return ""
    moderating.object_to_hiding(who, need.noun_id, form.cleaned_data["reason"], key)
    return _("Ihr Widerspruch ist angekommen. Jemand anderes aus der Moderation sieht es sich an.")


def _bound(forms: dict[str, RefusableForm], do: str, posted: QueryDict) -> RefusableForm:
    """The form with what was typed; it takes the place of the empty one."""
    form = forms[do]
    form.data, form.is_bound = posted, True
    return form


def _decide(who: Who, need: Need, typed: Typed) -> str:
    decision, target = typed["decision"], _target(who, typed)
    actions.decide_need(who, need.noun_id, decision, typed["reason"], target)
    return _("Entschieden. Wer es gesagt hat und wer es unterstützt, erfährt davon.")


def _target(who: Who, typed: Typed) -> rules.Target:
    """What the decision points to, of the three fields that could say so."""
    if typed["decision"] == "referred":
        return typed["organisation"] or typed["outside"] or None
    if not typed["page"].strip():
        return None
    noun = reads.noun_at(who, typed["page"])
    return noun.id if noun else 0


def _step(who: Who, need: Need, typed: Typed) -> str:
    state, sentence = typed["state"], typed["sentence"]
    if state == "note":
        actions.note_need(who, need.noun_id, sentence)
        return _("Der Vermerk ist gespeichert.")
    if state == Need.ANSWERED:
        actions.answer_need(who, need.noun_id, sentence)
    else:
        actions.step_need(who, need.noun_id, state, sentence)
    return _("Gespeichert. Wer es gesagt hat und wer es unterstützt, erfährt davon.")


def _hand(who: Who, need: Need, typed: Typed) -> str:
    actions.hand_on(who, need.noun_id, typed["organisation"], typed["sentence"])
    return _("Weitergegeben. Wer es gesagt hat, erfährt davon.")


def _publish(who: Who, need: Need, typed: Typed) -> str:
    actions.publish_need(
        who, need.noun_id, typed["title"], typed["words"], plain=typed["plain"], photos=typed.get("photos")
    )
    return _("Alle können es jetzt lesen.")


def _hide(who: Who, need: Need, typed: Typed) -> str:
    actions.hide_need(who, need.noun_id, typed["sentence"])
    return _("Es ist nicht mehr öffentlich.")


DO: dict[str, Callable[[Who, Need, Typed], str]] = {
    "decide": _decide,
    "step": _step,
    "hand": _hand,
    "publish": _publish,
    "hide": _hide,
}


def _publishing(who: Who, need: Need) -> PublishForm:
    seen = reads.photos(who, need)
    pictures = [
        (one.id, _("Bild %(number)d") % {"number": number}) for number, one in enumerate(seen, start=1)
    ]
    shown = [one.id for one in seen if one.shown]
    initial = {**_public(need), "plain": need.plain.get(need.language, ""), "photos": shown}
    return PublishForm(prefix="publish", initial=initial, pictures=pictures)


def _public(need: Need) -> dict[str, str]:
    """What is public, to be changed; before that what was said, for the title nothing."""
    if need.published_at:
        return {
            "title": in_text(need.noun.title, need.language),
            "words": in_text(need.noun.text, need.language),
        }
    return {"words": need.words}
