# SPDX-License-Identifier: EUPL-1.2
"""What one may look for among published needs."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

# How it stands, as residents ask for it: a name, and the states that are meant.
GROUPS: dict[str, tuple[Sentence, tuple[str, ...]]] = {
    "open": (_("noch offen"), ("new", "open", "in_progress", "reopened")),
    "answered": (_("beantwortet"), ("answered",)),
    "closed": (_("entschieden"), ("closed",)),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; `area` is a noun's id, `backed` asks for the most supported first instead of the newest."""

    kind: str = ""
    group: str = ""
    area: int | None = None
    words: str = ""
    backed: bool = False

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.kind or self.group or self.area or self.words)
