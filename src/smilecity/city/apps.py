# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class City(AppConfig):
    name = "smilecity.city"
    label = "city"

    def ready(self) -> None:
        from smilecity.city import announcing, facts, privacy, wiring
        from smilecity.core import words

        words.tell(verbs=facts.VERBS)
        privacy.tell_rooms()
        announcing.tell_kinds()
        wiring.hand_over()
