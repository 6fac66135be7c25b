# SPDX-License-Identifier: EUPL-1.2
"""`python -m tests.demo.offered`: what the guide's test needs in the city of `DATABASE_URL`, always next Saturday."""

import os
from datetime import timedelta

KEY, TITLE = "tanzen-im-test", "Tanzen für alle am Samstag"


def main() -> None:
    """One offer for a single person, so that the next one waits."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "smilecity.city.django"
    import django

    django.setup()
    from django.conf import settings

    from smilecity.core import clock
    from smilecity.core.models import Noun
    from smilecity.core.who import NODE
    from smilecity.places.actions.offers import keeping

    today = clock.now().astimezone(settings.SMILE.zone).date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    place = Noun.objects.get(address="places/stadtbibliothek")
    keeping.keep_offer(
        NODE, KEY, keeper=place.keeper_id, then=keeping.SEND, place=place.id, title={"de": TITLE},
        text={"de": "Musik aus aller Welt."}, plain={"de": "Wir tanzen zusammen."}, kind="offer", category="culture",
        starts=f"{saturday}T15:00", minutes=120, capacity=1, registration="here", free=True, age_from=6,
    )  # fmt: skip


if __name__ == "__main__":
    main()
