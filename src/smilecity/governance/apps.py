# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Governance(AppConfig):
    name = "smilecity.governance"
    label = "governance"

    def ready(self) -> None:
        from smilecity.core import words
        from smilecity.governance import facts

        words.tell(kinds=facts.KINDS, verbs=facts.VERBS)
