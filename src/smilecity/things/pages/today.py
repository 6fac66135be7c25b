# SPDX-License-Identifier: EUPL-1.2
"""What needs a look today, in words."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from smilecity.core import clock, moments
from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.things.reads import fleet as reads
from smilecity.things.rules import said


@dataclass(frozen=True, slots=True)
class Trouble:
    """A thing with what is the matter."""

    title: str
    url: str
    what: str


def today_of(who: Who) -> dict[str, Any]:
    """Lists of troubles by kind; `most` says how long a list can be, so that a full one tells that there are more."""
    return {
        "silent": [_trouble(one, _silent(one)) for one in reads.silent(who)],
        "never": [_trouble(one, "") for one in reads.never_heard(who)],
        "low": [_trouble(one, _low(one)) for one in reads.low_batteries(who)],
        "most": reads.MOST_TROUBLES,
    }


def _trouble(one: reads.Quiet | reads.Empty, what: str) -> Trouble:
    key = one.address.removeprefix("things/")
    return Trouble(in_text(one.title, get_language() or "de"), reverse("things:thing", args=[key]), what)


def _silent(one: reads.Quiet) -> str:
    assert one.last is not None
    last = moments.past(one.last, clock.now(), settings.SMILE.zone)
    if one.silent + one.never >= one.of:
        return _("Schweigt seit %(moment)s") % {"moment": last}
    text = ngettext(
        "%(silent)d von %(of)d Messreihen schweigt", "%(silent)d von %(of)d Messreihen schweigen", one.silent
    )
    return text % {"silent": one.silent, "of": one.of}


def _low(one: reads.Empty) -> str:
    at = moments.past(one.at, clock.now(), settings.SMILE.zone)
    return _("Batterie bei %(share)s (%(moment)s)") % {"share": said.measured(one.share, "%"), "moment": at}
