# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class People(AppConfig):
    name = "smilecity.people"
    label = "people"

    def ready(self) -> None:
        from smilecity.core import asking, words
        from smilecity.people import facts
        from smilecity.people.reads.who import who_asks
        from smilecity.people.signing import told

        asking.tell(who_asks)
        words.tell(kinds=facts.KINDS, verbs=facts.VERBS, goes_to=facts.GOES_TO)
        told.listen()
