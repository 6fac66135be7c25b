# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class City(AppConfig):
    name = "smilecity.city"
    label = "city"

    def ready(self) -> None:
        from smilecity.city import facts, privacy
        from smilecity.core import words

        words.tell(verbs=facts.VERBS)
        privacy.tell_rooms()
