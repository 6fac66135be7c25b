# SPDX-License-Identifier: EUPL-1.2
"""Opening hours in the form of an entry: typed by day, without a script and without their syntax."""

import html
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places.actions import opening
from smilecity.places.models import Change, Place
from smilecity.places.rules.schoolfile import SchoolDays
from tests.places.town import City, Person

pytestmark = pytest.mark.django_db
PAGE = "/desk/places/court/"
NOW = datetime(2026, 12, 21, 9, tzinfo=UTC)  # Monday of the week of Christmas


@pytest.fixture
def city(person: Person, organisation: Person, client: Client) -> Iterator[City]:
    cache.clear()
    with clock.frozen(NOW):
        made = City(person, organisation)
        client.force_login(made.accounts["clerk"])
        yield made
    cache.clear()


def shown(client: Client) -> dict[str, Any]:
    """What a browser would send if one pressed a button without typing anything."""
    form = client.get(PAGE).context["form"]
    fields = (*form, *form.hours)
    return {one.html_name: one.value() for one in fields if one.value() not in (None, "")}


def press(client: Client, then: str = "publish", **change: Any) -> Any:
    return client.post(PAGE, {**shown(client), **change, "then": then})


def hours() -> str:
    return Place.objects.get().opening_hours


def keep(client: Client, text: str) -> None:
    assert press(client, hours_how="text", opening_hours=text).status_code == 302
    assert hours() == text


WEEK = {
    "hours_how": "days", "mo_kind": "times", "mo_from0": "08:00", "mo_to0": "12:00",
    "mo_from1": "14:00", "mo_to1": "18:00",
    "tu_kind": "same", "we_kind": "same", "th_kind": "same", "fr_kind": "dusk", "fr_from0": "8:00", "fr_to0": "",
    "sa_kind": "times", "sa_from0": "22:00", "sa_to0": "02:00", "su_kind": "closed", "ph_kind": "closed",
    "sh_kind": "all", "sh_days": "Mo-Fr",
}  # fmt: skip


def typed(client: Client, **change: Any) -> dict[str, Any]:
    """The week typed into an entry whose hours nobody knows."""
    kept = {key: value for key, value in shown(client).items() if key[2:3] != "_"}
    return {**kept, **WEEK, **change}


def test_a_week_is_typed_by_day_and_shown_again(city: City, client: Client) -> None:
    assert client.post(PAGE, {**typed(client), "then": "publish"}).status_code == 302
    written = "Mo-Th 08:00-12:00,14:00-18:00, Fr 08:00-dusk, Sa 22:00-02:00; SH Mo-Fr 00:00-24:00; PH off"
    assert hours() == written
    again = shown(client)
    assert (again["mo_from1"], again["tu_kind"], again["fr_kind"], again["sa_to0"]) == (
        "14:00",
        "same",
        "dusk",
        "02:00",
    )
    page = client.get(PAGE).content.decode()
    assert "Dienstag: wie am Tag davor" in page and "22:00–02:00 (am nächsten Tag)" in page


def test_who_changes_nothing_keeps_it_word_for_word(city: City, client: Client) -> None:
    keep(client, "Mo-Fr 08:00-20:00; Sa,Su,PH 10:00-22:00")
    assert press(client, title_de="Feld").status_code == 302
    assert hours() == "Mo-Fr 08:00-20:00; Sa,Su,PH 10:00-22:00"


def test_what_the_form_cannot_say_stays_a_text_and_is_shown_in_words(city: City, client: Client) -> None:
    keep(client, "week 1-53/2 Mo-We 10:00-12:00")
    page = client.get(PAGE)
    assert page.context["form"].hours["hours_how"].value() == "text"
    assert "So verstehen wir die nächsten Tage" in page.content.decode()
    assert press(client, title_de="Feld").status_code == 302
    assert hours() == "week 1-53/2 Mo-We 10:00-12:00"


def test_hours_are_made_unknown(city: City, client: Client) -> None:
    assert press(client, hours_how="unknown").status_code == 302
    assert hours() == ""


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"mo_from1": "11:00"}, "id_mo_kind"),
        ({"mo_to0": ""}, "id_mo_to0"),
        ({"mo_from0": "abc"}, "id_mo_from0"),
        ({"mo_from0": "29:99"}, "id_mo_from0"),
        ({"fr_from0": "17:00"}, "id_fr_kind"),
        ({"fr_to0": "20:00"}, "id_fr_to0"),
        ({"sa_kind": "times", "sa_from0": "", "sa_to0": ""}, "id_sa_from0"),
        ({"su_kind": "times", "su_from0": "01:00", "su_to0": "03:00"}, "id_su_kind"),
        ({"th_kind": "nonsense"}, "id_th_kind"),
        ({"tu_kind": "same", "tu_from0": "10:00", "tu_to0": "11:00"}, "id_tu_kind"),
        ({"hours_how": "nonsense"}, "id_hours_how"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_day(
    city: City, client: Client, change: dict[str, str], where: str
) -> None:
    answer = client.post(PAGE, {**typed(client), **change, "then": "publish"})
    assert answer.status_code == 422
    assert f'id="{where}_error"' in answer.content.decode()
    assert not Change.objects.exists()


def test_times_typed_at_a_day_that_says_otherwise_are_not_lost_silently(city: City, client: Client) -> None:
    keep(client, "Mo-Fr 08:00-20:00")
    answer = press(client, tu_from0="10:00", tu_to0="12:00")
    assert answer.status_code == 422
    assert "Wählen Sie dazu „zu diesen Zeiten“" in html.unescape(answer.content.decode())
    keep(client, "")
    answer = press(client, mo_kind="times", mo_from0="10:00", mo_to0="12:00")
    assert answer.status_code == 422 and "Wählen Sie dazu „für jeden Tag“" in answer.content.decode()


def test_the_preview_knows_holidays_and_exceptions(city: City, client: Client, settings: Any) -> None:
    settings.SMILE = replace(settings.SMILE, state="MV")
    opening.import_school_holidays(
        NODE, "MV", [SchoolDays(date(2026, 12, 21), date(2027, 1, 2), {"de": "Weihnachten"})]
    )
    place = Place.objects.get()
    day = tuple(datetime(2026, 12, 23, hour, tzinfo=UTC) for hour in (8, 18))
    opening.close(NODE, place.noun_id, (day[0], day[1]), "event", {"de": "Hafenfest"})
    said = {
        **typed(client),
        "fr_kind": "same",
        "fr_from0": "",
        "sh_kind": "times",
        "sh_from0": "10:00",
        "sh_to0": "13:00",
    }
    answer = client.post(PAGE, {**said, "then": "preview"})
    week = {one.date.day: (one.hours, one.note) for one in answer.context["week"]}
    assert week[21] == ("10:00–13:00", "")
    assert week[23][0] == "geschlossen" and "Hafenfest" in week[23][1]
    assert week[25] == ("geschlossen", "")
    assert "Hafenfest" in answer.content.decode()
    assert not Change.objects.exists()
