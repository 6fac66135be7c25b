# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Places(AppConfig):
    name = "smilecity.places"
    label = "places"

    def ready(self) -> None:
        from smilecity.core import words
        from smilecity.places import facts

        words.tell(kinds=facts.KINDS, verbs=facts.VERBS)
