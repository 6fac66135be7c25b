# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class Things(AppConfig):
    name = "smilecity.things"
    label = "things"

    def ready(self) -> None:
        from smilecity.core import words
        from smilecity.things import facts

        words.tell(kinds=facts.KINDS, verbs=facts.VERBS, goes_to=facts.GOES_TO)
