# SPDX-License-Identifier: EUPL-1.2
"""A policy in words, so that nobody meets a rule for the first time when it bites."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smilecity.places.rules.booking import policy as policies
from smilecity.places.rules.booking.policy import Policy, Quota


def explained(policy: Policy, language: str = "de") -> list[str]:
    """What holds, sentence by sentence, in the language of the moment; `language` chooses the keeper's own texts."""
    return [*_who(policy), *_when(policy), *_how_much(policy), *_then(policy), *_cost(policy, language)]


def lasting(minutes: int) -> str:
    """A length of time as people say it: `90 Minuten`, `2 Stunden`, `3 Tage`."""
    if minutes and minutes % policies.DAY == 0:
        days = minutes // policies.DAY
        return ngettext("%(count)d Tag", "%(count)d Tage", days) % {"count": days}
    if minutes and minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(count)d Stunde", "%(count)d Stunden", hours) % {"count": hours}
    return ngettext("%(count)d Minute", "%(count)d Minuten", minutes) % {"count": minutes}


def euros(cents: int) -> str:
    """An amount as it is written here: `12,50 €`."""
    return _("%(euros)d,%(cents)02d €") % {"euros": cents // 100, "cents": cents % 100}


def _who(policy: Policy) -> Iterator[str]:
    yield {
        policies.EVERYONE: _("Alle mit einem Konto können buchen."),
        policies.MEMBERS: _("Buchen können Mitglieder derer, die den Ort pflegen."),
        policies.RESIDENTS: _("Buchen können Menschen, die in der Stadt wohnen, und Vereine."),
    }[policy.who]
    if policy.age_from:
        yield _("Wer bucht, ist mindestens %(age)d Jahre alt.") % {"age": policy.age_from}
    if policy.alone_from:
        yield _("Wer jünger als %(age)d ist, braucht das Einverständnis der Eltern.") % {
            "age": policy.alone_from
        }
    if policy.people:
        yield _("Höchstens %(count)d Menschen auf einmal.") % {"count": policy.people}


def _when(policy: Policy) -> Iterator[str]:
    if policy.shortest == policy.longest:
        yield _("Eine Buchung dauert %(length)s.") % {"length": lasting(policy.shortest)}
    else:
        yield _("Eine Buchung dauert %(least)s bis %(most)s.") % {
            "least": lasting(policy.shortest),
            "most": lasting(policy.longest),
        }
    yield _("Buchen kann man bis zu %(ahead)s im Voraus.") % {
        "ahead": lasting(policy.latest_days * policies.DAY)
    }
    if policy.soonest:
        yield _("Spätestens %(before)s vorher.") % {"before": lasting(policy.soonest)}
    if policy.gap:
        yield _("Nach jeder Buchung bleiben %(gap)s frei zum Aufräumen.") % {"gap": lasting(policy.gap)}


def _how_much(policy: Policy) -> Iterator[str]:
    yield from _quota(policy.person, _("Wer für sich bucht"))
    yield from _quota(policy.organisation, _("Ein Verein oder eine andere Organisation"))


def _quota(quota: Quota, whose: str) -> Iterator[str]:
    if quota.open is not None:
        yield ngettext(
            "%(whose)s hat höchstens eine Buchung, die noch kommt.",
            "%(whose)s hat höchstens %(count)d Buchungen, die noch kommen.",
            quota.open,
        ) % {"whose": whose, "count": quota.open}
    if quota.minutes is not None:
        yield _("%(whose)s bucht in einer Woche höchstens %(length)s.") % {
            "whose": whose,
            "length": lasting(quota.minutes),
        }


def _then(policy: Policy) -> Iterator[str]:
    if policy.approval == policies.ALWAYS:
        yield _("Jede Anfrage sieht sich jemand an, bevor sie gilt.")
    elif policy.approval == policies.LONGER:
        yield _("Was länger als %(length)s dauert, sieht sich jemand an, bevor es gilt.") % {
            "length": lasting(policy.approval_over)
        }
    elif policy.approval == policies.OUTSIDE:
        yield _("Außerhalb der Öffnungszeiten kann man anfragen; jemand sieht es sich an.")
    if policy.grace is not None:
        yield _("Wer %(grace)s nach Beginn nicht da ist, verliert die Buchung; dann ist frei für andere.") % {
            "grace": lasting(policy.grace)
        }
    if policy.cancel_until:
        yield _("Absagen kann man bis %(before)s vorher.") % {"before": lasting(policy.cancel_until)}
    else:
        yield _("Absagen kann man, bis es beginnt.")


def _cost(policy: Policy, language: str) -> Iterator[str]:
    if not any(policy.fees.values()):
        yield _("Es kostet nichts.")
        return
    said = {
        policies.PERSON: _("Für Einzelne kostet eine Stunde %(price)s."),
        policies.CLUB: _("Für Vereine kostet eine Stunde %(price)s."),
        policies.BUSINESS: _("Für Unternehmen kostet eine Stunde %(price)s."),
    }
    for group, sentence in said.items():
        yield sentence % {"price": euros(policy.fees.get(group, 0))}
    if why := policy.fee_text.get(language) or next(iter(policy.fee_text.values()), ""):
        yield why
