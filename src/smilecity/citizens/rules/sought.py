# SPDX-License-Identifier: EUPL-1.2
"""What those who answer look for at the desk."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

# All that is not decided yet, and then each state by itself.
OPEN = "owed"
WORKERS: dict[str, Sentence] = {
    "me": _("ich, auch in Vertretung"),
    "others": _("nur die ich vertrete"),
    "nobody": _("noch niemand"),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; empty means any. `category` is a code (of a group: all in it), `area` a noun's id.

    `worker` is one of `WORKERS`; `overdue` asks for what should be decided by now.
    """

    state: str = OPEN
    kind: str = ""
    category: str = ""
    area: int | None = None
    worker: str = ""
    door: str = ""
    overdue: bool = False
    unpublished: bool = False

    def query(self) -> dict[str, str]:
        """What of it stands in an address."""
        said = {
            "state": "" if self.state == OPEN else self.state,
            "kind": self.kind,
            "category": self.category,
            "area": str(self.area or ""),
            "worker": self.worker,
            "door": self.door,
            "overdue": "1" if self.overdue else "",
            "public": "no" if self.unpublished else "",
        }
        return {name: text for name, text in said.items() if text}
