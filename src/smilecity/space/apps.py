# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Space(AppConfig):
    name = "smilecity.space"
    label = "space"

    def ready(self) -> None:
        from smilecity.core import words
        from smilecity.space import facts

        words.tell(kinds=facts.KINDS, verbs=facts.VERBS)
