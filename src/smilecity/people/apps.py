# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class People(AppConfig):
    name = "smilecity.people"
    label = "people"

    def ready(self) -> None:
        from smilecity.core import words
        from smilecity.people import facts

        words.tell(kinds=facts.KINDS, verbs=facts.VERBS)
