# SPDX-License-Identifier: EUPL-1.2
"""Talking about needs: the rules of the house, what a comment must be, and who may do what with it when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.citizens.rules.words import LEAST, MOST_ANSWER, cleaned
from smilecity.core.problems import Refusal, Sentence

# The rules of the house, by their codes: what each is called, and what it asks for.
# What a mail says of an act of moderators on a need; of others none is owed.
MAILED: Mapping[str, Sentence] = {
    "need-hidden": _("Wir zeigen es nicht mehr öffentlich. Sie selbst können es weiter lesen."),
    "need-taken-back": _("Wir zeigen es nicht mehr öffentlich. Sie selbst können es weiter lesen."),
    "kept-hidden": _("Über Ihren Widerspruch ist entschieden: Es bleibt verborgen."),
    "shown-again": _("Über Ihren Widerspruch ist entschieden: Es ist wieder öffentlich."),
}
HOUSE: Mapping[str, tuple[Sentence, Sentence]] = {
    "insult": (_("Beleidigung"), _("Streiten Sie über die Sache. Setzen Sie niemanden herab.")),
    "personal": (
        _("Persönliche Daten"),
        _("Nennen Sie keine Namen, Adressen, Telefonnummern oder Kennzeichen anderer Menschen."),
    ),
    "discrimination": (
        _("Diskriminierung"),
        _(
            "Werten Sie niemanden ab wegen Herkunft, Religion, Geschlecht, Alter, Behinderung, Liebe oder Armut."
        ),
    ),
    "unlawful": (
        _("Verbotenes"),
        _("Drohen Sie nicht, rufen Sie nicht zu Gewalt auf, und schreiben Sie nichts, was strafbar ist."),
    ),
    "off-topic": (
        _("Anderes Thema"),
        _("Bleiben Sie bei dem Anliegen. Für etwas Neues sagen Sie ein neues Anliegen."),
    ),
    "advertising": (_("Werbung"), _("Werben Sie nicht: weder für Waren noch um Stimmen für eine Wahl.")),
    "spam": (_("Wiederholung"), _("Schreiben Sie dasselbe nicht mehrmals und nichts Sinnloses.")),
    "copyright": (
        _("Fremde Werke"),
        _("Schreiben Sie eigene Worte. Fremde Texte und Bilder verlinken Sie, statt sie abzuschreiben."),
    ),
}
MODERATION = ("before", "new", "after")

MOST = 1500
MOST_AN_HOUR = 10
MOST_LINKS, MOST_LINKS_NEW = 5, 1
# How many comments without an account may wait for a look at a time.
MOST_WAITING = 200
CHANGE_MINUTES = 15
NEW_HOURS = 24
LEAST_SECONDS = 2
# How long a form may lie open. When it was drawn is signed.
MOST_SECONDS = 24 * 3600
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts against floods: whether the account is `new`, and what it said in the last hour and day."""

    new: bool = False
    in_the_hour: int = 0
    said_before: bool = False
    official: bool = False


def checked_comment(words: str) -> str:
    """The words of a comment, cleaned, if there are neither too few nor too many."""
    return _text(words, "words", MOST, _("Hier stehen noch keine Worte."))


def checked_appeal(words: str) -> str:
    """Why a comment should be seen again."""
    return _text(words, "words", MOST, _("Schreiben Sie, warum Ihr Beitrag bleiben kann."))


def checked_sentence(sentence: str) -> str:
    """What a moderator says to whom it concerns: nothing is hidden without a sentence."""
    return _text(sentence, "sentence", MOST_ANSWER, _("Schreiben Sie in einem Satz, warum."))


def checked_hint(words: str) -> str:
    """What somebody adds to a report; it may be nothing."""
    said = cleaned(words)
    return _text(said, "words", MOST, "") if said else ""


def checked_rule(rule: str) -> str:
    """One of the rules of the house."""
    if rule not in HOUSE:
        raise Refusal(
            "talk.unknown-rule", _("Wählen Sie die Regel, um die es geht."), field="rule", status=422
        )
    return rule


def checked_pace(words: str, standing: Standing) -> None:
    """Refuses floods: too many in an hour, the same twice in a day, more links than somebody new may place."""
    if standing.in_the_hour >= MOST_AN_HOUR and not standing.official:
        raise Refusal(
            "comment.too-many",
            _("Das waren viele Beiträge in einer Stunde."),
            cure=_("Lesen Sie eine Weile mit, und schreiben Sie in einer Stunde weiter."),
            status=429,
        )
    if standing.said_before:
        raise Refusal(
            "comment.said-already",
            _("Genau das haben Sie heute schon geschrieben."),
            cure=_("Es steht noch da. Schreiben Sie, was dazukommt."),
            field="words",
            status=409,
        )
    most = MOST_LINKS_NEW if standing.new else MOST_LINKS
    if len(_LINK.findall(words)) > most:
        raise Refusal(
            "comment.too-many-links",
            _("Das sind zu viele Links. Es dürfen %(most)d sein.") % {"most": most},
            cure=_("Nehmen Sie die heraus, die es nicht braucht."),
            field="words",
            status=422,
        )


def checked_crowd(waiting: int) -> None:
    """Refuses one more without an account while so many of them wait that nobody could look at them."""
    if waiting >= MOST_WAITING:
        raise Refusal(
            "comment.too-many",
            _("Gerade warten zu viele Beiträge auf den ersten Blick."),
            cure=_("Schicken Sie ihn morgen noch einmal, oder melden Sie sich an."),
            status=429,
        )


def checked_seconds(seconds: float | None) -> None:
    """Refuses a form that nobody can have filled in so quickly, or that was not drawn by us (`None`)."""
    if seconds is None or seconds > MOST_SECONDS:
        raise Refusal(
            "talk.form-old",
            _("Dieses Formular ist zu alt oder unvollständig angekommen."),
            cure=_("Ihre Worte stehen noch da: Schicken Sie sie noch einmal ab."),
            status=422,
        )
    if seconds < LEAST_SECONDS:
        raise Refusal(
            "talk.too-quick",
            _("Das kam sehr schnell, so wie von einem Programm."),
            cure=_("Ihre Worte stehen noch da: Schicken Sie sie noch einmal ab."),
            status=422,
        )


def waits(moderation: str, standing: Standing) -> bool:
    """Whether a comment is looked at before it is shown; never one of those who answer."""
    return not standing.official and (moderation == "before" or (moderation == "new" and standing.new))


def may_change(state: str, minutes: float) -> bool:
    """Whether its author may change the words: for a quarter of an hour, and nothing that is hidden or withdrawn."""
    return state in ("shown", "waiting") and minutes <= CHANGE_MINUTES


def may_appeal(state: str, outcome: str) -> bool:
    """Whether its author may object: once, and only against hiding."""
    return state == "hidden" and not outcome


def may_decide_appeal(moderator: str, decided_by: str, *, others: bool) -> bool:
    """Whether this moderator decides an appeal: not the one who hid it, as long as there is another."""
    return moderator != decided_by or not others


def hides_by_itself(reports: int, limit: int) -> bool:
    """Whether so many people's reports make a comment wait until it was looked at; a limit of 0 means never."""
    return 0 < limit <= reports


def unknown() -> Refusal:
    """The refusal of a comment that is not there, or not for this person."""
    return Refusal("comment.unknown", _("Diesen Beitrag gibt es hier nicht."), status=404)


def decided() -> Refusal:
    """Somebody else was quicker."""
    return Refusal(
        "comment.decided-already",
        _("Das hat inzwischen jemand anderes entschieden."),
        cure=_("Laden Sie die Seite neu, dann sehen Sie, wie es steht."),
        status=409,
    )


def _text(text: str, field: str, most: int, missing: Sentence) -> str:
    words = cleaned(text)
    if len(words) < LEAST:
        raise Refusal(
            f"talk.{field}-missing",
            missing or _("Das ist zu kurz."),
            cure=_("Ein Satz genügt."),
            field=field,
            status=422,
        )
    if len(words) > most:
        raise Refusal(
            f"talk.{field}-too-long",
            _("Das sind %(count)d Zeichen. Es passen %(most)d.") % {"count": len(words), "most": most},
            cure=_("Kürzen Sie Ihren Text."),
            field=field,
            status=422,
        )
    return words
