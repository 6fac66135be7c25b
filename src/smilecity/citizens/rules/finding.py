# SPDX-License-Identifier: EUPL-1.2
"""What one may look for among published needs."""

from dataclasses import dataclass
from urllib.parse import urlencode

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
    """What is looked for; `area` is a noun's id, `category` a code, `backed` puts the most supported first."""

    kind: str = ""
    group: str = ""
    area: int | None = None
    words: str = ""
    backed: bool = False
    category: str = ""

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.kind or self.group or self.area or self.words or self.category)

    def query(self) -> str:
        """The wish as a query string, the same for the same wish; `narrow` things alone, for a map and a feed."""
        said = {
            "q": self.words,
            "kind": self.kind,
            "state": self.group,
            "category": self.category,
            "area": str(self.area or ""),
        }
        return urlencode({name: value for name, value in said.items() if value})
