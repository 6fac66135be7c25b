# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Places(AppConfig):
    name = "smilecity.places"
    label = "places"

    def ready(self) -> None:
        from smilecity.core import search, words
        from smilecity.places import facts
        from smilecity.places.rules import finding

        words.tell(kinds=facts.KINDS, verbs=facts.VERBS)
        search.tell(finding.SAME)
