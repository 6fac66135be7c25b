# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about a person: what they said here, and where an answer should go."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smilecity.citizens.actions.supporting import count_threads, forget_supports
from smilecity.citizens.models import Need, Support
from smilecity.core.privacy import ForgetReport, Kept, Processing
from smilecity.people import reads as people

TITLE = _("Ihre Anliegen")

REGISTER = (
    Processing(
        "needs",
        _("Anliegen"),
        _("Lesen und beantworten, was Menschen der Stadt sagen"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihre Worte, ihre Art, wozu sie gehören, Ihr Konto, wenn Sie angemeldet sind"),
        _("wer sich um das Gebiet oder den Ort kümmert; andere erst, wenn ein Mensch es veröffentlicht hat"),
        _("dauerhaft; Ihr Konto steht dabei, bis Sie es löschen"),
    ),
    Processing(
        "need_steps",
        _("Was aus Anliegen wird"),
        _("Zeigen, wer wann was damit gemacht hat, und warum"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Stand, Satz dazu, Nummer des Kontos, das es tat"),
        _("wer das Anliegen sieht; Vermerke und wer es tat nur, wer es bearbeitet"),
        _("dauerhaft; nach dem Löschen eines Kontos steht nur noch seine Nummer da"),
    ),
    Processing(
        "supports",
        _("Das brauche ich auch"),
        _("Zählen, wie viele Menschen etwas brauchen, und ihnen sagen, was daraus wird"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihr Konto und welches Anliegen"),
        _("niemand; gezeigt wird nur die Anzahl"),
        _("bis Sie es zurücknehmen oder Ihr Konto löschen"),
    ),
    Processing(
        "contacts",
        _("Adresse für eine Antwort"),
        _("Ihnen antworten"),
        _("Art. 6 Abs. 1 Buchst. a DSGVO (Einwilligung)"),
        _("E-Mail-Adresse, wenn Sie eine angeben"),
        _("niemand; die Antwort schickt die Stadt von selbst"),
        _("bis zur eingestellten Frist, die beim Formular steht, oder bis Sie Ihr Konto löschen"),
    ),
)


def export(account: int) -> dict[str, Any]:
    """What was said while signed in, or with an address that is shown to be this person's."""
    found = Need.objects.filter(_of(account)).select_related("noun").order_by("noun_id")
    return {
        "needs": [
            {
                "id": need.noun_id,
                "address": need.noun.address,
                "kind": need.kind,
                "words": need.words,
                "contact": need.contact,
                "language": need.language,
                "said_at": need.said_at.isoformat(),
                "state": need.state,
                "answer": need.answer,
                "answered_at": need.answered_at.isoformat() if need.answered_at else None,
                "decision": need.decision,
                "steps": [
                    f"{one.at.isoformat()} {one.state}: {one.sentence}"
                    for one in need.steps.all()
                    if not one.internal
                ],
            }
            for need in found.prefetch_related("steps")
        ],
        "supports": [
            {"noun": one.need_id, "address": one.need.noun.address, "since": one.at.isoformat()}
            for one in Support.objects.filter(account=account).select_related("need__noun").order_by("id")
        ],
    }


def forget(account: int) -> ForgetReport:
    """The words stay, for they are the city's work now; who said them goes. In the caller's transaction."""
    supported = forget_supports(account)
    found = Need.objects.select_for_update(of=("self",)).filter(_of(account)).order_by("noun_id")
    mine = list(found.values_list("noun_id", flat=True))
    Need.objects.filter(noun__in=mine).update(account=None, contact="")
    count_threads(mine)
    erased = (_("Welche Anliegen Sie unterstützen"),) if supported else ()
    if not mine:
        return ForgetReport(erased=erased)
    return ForgetReport(
        erased=(*erased, _("Ihre Adressen für Antworten auf Anliegen")),
        pseudonymised=(_("Ihre Anliegen stehen ohne Konto da"),),
        kept=(
            Kept(
                _("Die Worte Ihrer Anliegen"),
                _("Die Stadt arbeitet daran weiter, und es muss nachvollziehbar bleiben, warum."),
            ),
        ),
    )


def _of(account: int) -> Q:
    mine = Q(account=account)
    for address in people.addresses(account):
        mine |= Q(contact__iexact=address)
    return mine
