# SPDX-License-Identifier: EUPL-1.2
"""Making a need public in words that are fit for it, and taking it back. The words as they were said stay private."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, rules
from smilecity.citizens.actions.walking import step, taken
from smilecity.citizens.models import Moderated, Need, NeedPhoto
from smilecity.core import clock, log, nouns
from smilecity.core.models import Link, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def publish_need(
    who: Who,
    noun_id: int,
    title: str,
    words: str,
    *,
    plain: str | None = None,
    photos: Collection[int] | None = None,
) -> Need:
    """Show a need to everybody by this title and these words, in the language it was said in; again to change them.

    `plain` says it in plain language, and `photos` are the pictures in which somebody has looked for faces and number
    plates, and that everybody may see; without them these stay as they are. It stands on the map where it was said to
    be (blurred at a home), else where the place is that it is about. Whoever objected that it was hidden was right then.
    Lock: the need's row.
    """
    title, words = rules.checked_title(title), rules.checked_words(words)
    with transaction.atomic():
        need = taken(who, noun_id)
        noun, first = need.noun, need.published_at is None
        need.noun = nouns.put(
            "need",
            noun.address,
            {need.language: title},
            text={need.language: words},
            geo=noun.geo if need.spot else _where(noun_id),
            area=noun.area_id,
            keeper=noun.keeper_id,
            visibility=Noun.PUBLIC,
        )
        need.published_at = need.published_at or clock.now()
        need.alike = nouns.sort_key(f"{title}\n{words}")
        if plain is not None:
            need.plain = _plain(need, plain)
        if photos is not None:
            _show(need, photos)
        read = need.state == Need.NEW
        need.state = Need.OPEN if read else need.state
        need.save(update_fields=["published_at", "alike", "state", "plain"])
        Moderated.objects.filter(need=need, outcome="open").update(outcome="upheld")
        if read:
            step(who, need)
        if first:
            log.append(
                who, facts.NEED_PUBLISHED, noun=noun_id, data={"author": need.account_id, "state": need.state}
            )
        return need


def hide_need(who: Who, noun_id: int, reason: str, rule: str = "") -> Need:
    """Take a published need from the public again, by a `rule` of the house if moderators do it.

    Who said it and those who work on it read why, and who said it may object once (`object_to_hiding`); it goes by mail
    to an address they left (`mail_act`).
    Lock: the need's row.
    """
    reason = rules.checked_sentence(reason)
    with transaction.atomic():
        need = taken(who, noun_id)
        if need.published_at is None:
            raise Refusal(
                "need.not-public", _("Dieses Anliegen ist schon nicht mehr öffentlich."), status=409
            )
        need.published_at, need.alike = None, ""
        need.save(update_fields=["published_at", "alike"])
        need.noun.visibility, need.noun.changed_at = Noun.DRAFT, clock.now()
        need.noun.save(update_fields=["visibility", "changed_at"])
        step(who, need, reason, internal=True)
        act = Moderated.HIDDEN if rule else Moderated.TAKEN_BACK
        Moderated.objects.create(
            need=need, act=act, rule=rule, sentence=reason, by=who.label, owed=bool(need.contact)
        )
        told = {"author": need.account_id, **({"rule": rule} if rule else {})}
        log.append(who, facts.NEED_HIDDEN, noun=noun_id, data=told)
        return need


def _plain(need: Need, plain: str) -> dict[str, str]:
    """Empty takes it away again."""
    others = {language: text for language, text in need.plain.items() if language != need.language}
    said = rules.checked_plain(plain)
    return {**others, need.language: said} if said else others


def _show(need: Need, photos: Collection[int]) -> None:
    """These of its pictures for all, the others for those alone who read its words."""
    every = NeedPhoto.objects.filter(need=need)
    if not set(photos) <= set(every.values_list("id", flat=True)):
        raise Refusal("need.unknown-photo", _("Dieses Bild gehört nicht dazu."), field="photos", status=422)
    every.filter(id__in=photos).update(shown=True)
    every.exclude(id__in=photos).update(shown=False)


def _where(noun_id: int) -> dict[str, object] | None:
    """The position of the place that the need is about."""
    about = Link.objects.filter(source=noun_id, kind="about", target__kind="place")
    return about.values_list("target__geo", flat=True).first()
