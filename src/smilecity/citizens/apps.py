# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Citizens(AppConfig):
    name = "smilecity.citizens"
    label = "citizens"

    def ready(self) -> None:
        from smilecity.citizens import facts
        from smilecity.core import words

        words.tell(kinds=facts.KINDS, verbs=facts.VERBS, for_authors=facts.FOR_AUTHORS)
