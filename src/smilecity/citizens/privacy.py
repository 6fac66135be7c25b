# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about a person: what they said here, and where an answer should go."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smilecity.citizens.actions.supporting import count_threads, forget_supports
from smilecity.citizens.actions.talking import forget_talk
from smilecity.citizens.models import AbuseReport, Comment, Deputy, Moderated, Need, NeedTable, Support
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
        "letters",
        _("Nachrichten per E-Mail"),
        _("Jede einmal aufnehmen, einmal bestätigen, und nicht überflutet werden"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Prüfsumme der Nachricht; Prüfsumme des Absenders, die jeden Tag eine andere ist"),
        _("niemand"),
        _(
            "der Absender einen Tag; die Nachricht 90 Tage, oder solange wir Ihre Adresse für die Antwort haben"
        ),
    ),
    Processing(
        "need_tables",
        _("Tabellen aus Veranstaltungen"),
        _("Aufnehmen, was Menschen bei einer Veranstaltung gesagt haben"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Worte, Ort und E-Mail-Adresse, wie sie in der Tabelle stehen; wer sie hochgeladen hat"),
        _("wer sie hochgeladen hat"),
        _("die Datei, bis sie übernommen ist, höchstens einen Monat"),
    ),
    Processing(
        "pulse",
        _("Puls der Stadt"),
        _("Dass in einer Runde jeder Mensch einmal zählt"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _(
            "Mit Konto: ein Schlüsselwert, der nur mit dem Geheimnis der Runde zu Ihrem Konto führt. Ohne Konto: ein"
            " notwendiges Cookie in Ihrem Browser; die IP-Adresse höchstens zwei Minuten im Arbeitsspeicher"
        ),
        _("niemand; was Sie antworten, erhöht nur eine Zahl"),
        _("bis die Runde endet; dann werden Geheimnis, Schlüsselwerte und kleine Zahlen gelöscht"),
    ),
    Processing(
        "comments",
        _("Beiträge zu Anliegen"),
        _("Mit anderen über Anliegen sprechen, und die Hausregeln dabei halten"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihre Worte, Ihr Konto, was die Moderation dazu entschieden hat, Ihr Widerspruch"),
        _("alle, mit dem Namen, den Sie sich gegeben haben; Verborgenes nur Sie und die Moderation"),
        _("bis Sie ihn zurückziehen; nach dem Löschen Ihres Kontos ohne Namen"),
    ),
    Processing(
        "abuse_reports",
        _("Gemeldete Verstöße"),
        _("Ansehen, was gegen die Hausregeln verstoßen soll; jeder Mensch zählt dabei einmal"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Regel, Ihre Worte dazu, Ihr Konto, wenn Sie angemeldet sind"),
        _("die Moderation, ohne Ihr Konto"),
        _("Ihr Konto, bis die Moderation es angesehen hat; sonst dauerhaft"),
    ),
    Processing(
        "workers",
        _("Wer sich um Anliegen kümmert, und wer vertritt"),
        _("Nichts bleibt liegen, und alle wissen, wer daran arbeitet"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihr Konto beim Anliegen; wer wen von wann bis wann vertritt"),
        _("wer das Anliegen bearbeitet; Vertretungen die beiden und die Verantwortlichen"),
        _("bis jemand anders sich kümmert; Vertretungen, bis sie gelöscht werden oder Ihr Konto"),
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
    objected = Moderated.objects.filter(need__in=found, comment=None).exclude(appeal="").order_by("id")
    appeals = dict(objected.values_list("need", "appeal"))
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
                "appeal": appeals.get(need.noun_id, ""),
                "steps": [
                    f"{one.at.isoformat()} {one.state}: {one.sentence}"
                    for one in need.steps.all()
                    if not one.internal
                ],
            }
            for need in found.prefetch_related("steps")
        ],
        "looked_after": [
            {"noun": one.noun_id, "address": one.noun.address, "state": one.state}
            for one in Need.objects.filter(worker=account).select_related("noun").order_by("noun_id")
        ],
        "deputies": [
            {
                "account": one.account_id,
                "deputy": one.deputy_id,
                "during": f"{one.since} – {one.until}",
            }
            for one in Deputy.objects.filter(Q(account=account) | Q(deputy=account)).order_by("id")
        ],
        "supports": [
            {"noun": one.need_id, "address": one.need.noun.address, "since": one.at.isoformat()}
            for one in Support.objects.filter(account=account).select_related("need__noun").order_by("id")
        ],
        "comments": [_comment(one) for one in _talk(Comment, account)],
        "abuse_reports": [
            {
                "noun": one.need_id,
                "address": one.need.noun.address,
                "words": one.words,
                "at": one.at.isoformat(),
            }
            for one in _talk(AbuseReport, account)
        ],
        "need_tables": [
            {"id": one.pk, "name": one.name, "made_at": one.made_at.isoformat(), "taken_in": one.stored}
            for one in NeedTable.objects.filter(by=f"account/{account}").order_by("made_at", "id")
        ],
    }


def forget(account: int) -> ForgetReport:
    """The words stay, for they are the city's work now; who said them goes. In the caller's transaction."""
    supported = forget_supports(account)
    Need.objects.filter(worker=account).update(worker=None)
    Deputy.objects.filter(Q(account=account) | Q(deputy=account)).delete()
    talked = forget_talk(account)
    found = Need.objects.select_for_update(of=("self",)).filter(_of(account)).order_by("noun_id")
    mine = list(found.values_list("noun_id", flat=True))
    Need.objects.filter(noun__in=mine).update(account=None, contact="", code="")
    Moderated.objects.filter(need__in=mine, outcome="open").update(outcome="")
    Moderated.objects.filter(need__in=mine).update(appeal="")
    count_threads(mine)
    NeedTable.objects.filter(by=f"account/{account}").update(by="account")
    erased = (_("Welche Anliegen Sie unterstützen"),) if supported else ()
    nameless = (
        (_("Ihre Beiträge zu Anliegen stehen ohne Namen da; Verborgenes ist gelöscht"),) if talked else ()
    )
    if not mine:
        return ForgetReport(erased=erased, pseudonymised=nameless)
    return ForgetReport(
        erased=(*erased, _("Ihre Adressen für Antworten auf Anliegen")),
        pseudonymised=(_("Ihre Anliegen stehen ohne Konto da"), *nameless),
        kept=(
            Kept(
                _("Die Worte Ihrer Anliegen"),
                _("Die Stadt arbeitet daran weiter, und es muss nachvollziehbar bleiben, warum."),
            ),
        ),
    )


def _talk(table: Any, account: int) -> Any:
    return table.objects.filter(account=account).select_related("need__noun").order_by("id")


def _comment(one: Comment) -> dict[str, Any]:
    return {
        "id": one.id,
        "noun": one.need_id,
        "address": one.need.noun.address,
        "words": one.words,
        "at": one.at.isoformat(),
        "state": one.state,
        "reason": one.reason,
        "appeal": one.appeal,
    }


def _of(account: int) -> Q:
    mine = Q(account=account)
    for address in people.addresses(account):
        mine |= Q(contact__iexact=address)
    return mine
