# SPDX-License-Identifier: EUPL-1.2
"""What we ask people's consent for, as data: whoever changes a text raises its version, and everyone is asked again."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a consent is for. A necessary one belongs to having an account, and ends with it."""

    code: str
    title: Sentence
    text: Sentence
    version: int = 1
    necessary: bool = False


TERMS, DIGEST, PUSH, REAL_NAME = "terms", "digest", "push", "real_name"

PURPOSES: dict[str, Purpose] = {
    one.code: one
    for one in (
        Purpose(
            TERMS,
            _("Ein Konto haben"),
            _(
                "Wir speichern Ihre E-Mail-Adresse, Ihren Namen auf dieser Seite und das, was Sie hier tun,"
                " damit Sie mitmachen können. Andere sehen nur den Namen, den Sie sich gegeben haben."
            ),
            necessary=True,
        ),
        Purpose(
            DIGEST,
            _("E-Mails mit Neuigkeiten"),
            _(
                "Wir schicken Ihnen gesammelt, was es Neues zu Ihren Anliegen und den Orten gibt, denen Sie"
                " folgen. Jede E-Mail hat einen Link, der sie abstellt."
            ),
        ),
        Purpose(
            PUSH,
            _("Hinweise auf Ihrem Gerät"),
            _(
                "Ihr Browser gibt uns eine Adresse, an die wir kurze Hinweise schicken. Der Anbieter Ihres"
                " Browsers leitet sie weiter und kann sie nicht lesen."
            ),
        ),
        Purpose(
            REAL_NAME,
            _("Mein richtiger Name"),
            _(
                "Manche Verfahren müssen wissen, wer Sie sind. Nur wer ein solches Verfahren leitet, sieht"
                " dann Ihren richtigen Namen, und nur für dieses Verfahren."
            ),
        ),
    )
}


def checked_purpose(code: str) -> Purpose:
    """The purpose of this code."""
    if code not in PURPOSES:
        raise Refusal(
            "consent.unknown-purpose", _("Diesen Zweck gibt es hier nicht."), field="purpose", status=404
        )
    return PURPOSES[code]


def checked_version(purpose: Purpose, version: int) -> int:
    """The version of the text that was read, which must be the one that holds now."""
    if version != purpose.version:
        raise Refusal(
            "consent.text-changed",
            _("Der Text hat sich geändert, seit Sie ihn gelesen haben."),
            cure=_("Lesen Sie ihn noch einmal, und entscheiden Sie dann."),
            field="version",
            status=409,
        )
    return version
