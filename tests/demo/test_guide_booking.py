# SPDX-License-Identifier: EUPL-1.2
"""The guide's page about booking: a court by keyboard, a club's series with one conflict, and the clerk who decides."""

from datetime import date, datetime, timedelta

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import City, sign_in
from tests.demo.pictures import picture

WEEKDAY = 2
"""Wednesday: the demo's own club has the hall on Tuesdays."""


def enter(page: Page, name: str) -> None:
    """Press a button by keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")


def without_a_script(chromium: Browser, width: int) -> Page:
    size = {"width": width, "height": 900}
    return chromium.new_context(viewport=size, locale="de-DE", java_script_enabled=False).new_page()


@pytest.mark.browser
def test_a_court_is_booked_by_keyboard_and_without_a_script(chromium: Browser, city: City) -> None:
    page = without_a_script(chromium, 360)
    sign_in(page, city, "nils")
    page.goto(f"{city.address}/places/hafensport/")
    page.get_by_role("link", name="Nordkorb buchen").click()
    page.locator("summary", has_text="Regeln").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Absagen kann man bis 1 Stunde vorher.")).to_be_visible()
    page.get_by_role("navigation", name="Tag wählen").get_by_role("link").nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    slot = page.get_by_role("button", name="12:00 bis 13:00 Uhr")
    expect(slot).to_be_visible()
    slot.focus()
    picture(page, "buchen-zeiten")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Stimmt alles?")).to_be_visible()
    expect(page.get_by_text("So lange halten wir die Zeit für Sie frei.")).to_be_visible()
    page.get_by_label("Wofür?").fill("Körbe werfen")
    page.get_by_label("Wie viele Menschen kommen?").fill("4")
    enter(page, "Verbindlich buchen")
    expect(page.get_by_text("Gebucht. Viel Freude!")).to_be_visible()
    page.goto(f"{city.address}/me/bookings/")
    expect(page.get_by_role("link", name="12:00 bis 13:00 Uhr")).to_be_visible()
    picture(page, "buchen-meine")
    page.context.close()


@pytest.mark.trial
@pytest.mark.browser
def test_a_club_asks_for_a_series_and_the_clerk_decides(chromium: Browser, city: City) -> None:
    first = a_free_weekday(city)
    club, clerk = without_a_script(chromium, 360), without_a_script(chromium, 1280)
    sign_in(club, city, "karim")
    club.goto(f"{city.address}/places/sporthalle-luetten-klein/book/series/")
    club.get_by_label("Was?").select_option(label="Große Halle")
    club.get_by_label("Für wen?").select_option(label="SV Hafensport (Demo)")
    for label, value in (
        ("Erster Tag", first.isoformat()), ("Letzter Tag", (first + timedelta(weeks=3)).isoformat()),
        ("Von", "18:00"), ("Bis", "20:00"),
    ):  # fmt: skip
        club.get_by_label(label, exact=True).fill(value)
    club.get_by_label("Wofür?").fill("Basketball")
    enter(club, "Wunsch abschicken")
    expect(club.get_by_text("Noch ist nichts gebucht.")).to_be_visible()

    somebody_else_was_faster(city, first + timedelta(weeks=1))
    sign_in(clerk, city, "petra")
    clerk.goto(f"{city.address}/desk/bookings/")
    clerk.get_by_role("link", name="Große Halle: Mittwoch").click()
    picture(clerk, "buchen-entscheiden")
    enter(clerk, "Mit diesem Satz ablehnen")
    expect(clerk.locator("#id_reason_error")).to_be_visible()  # not without a word
    enter(clerk, "Zusagen")
    expect(clerk.get_by_text("Zugesagt. Wer gefragt hat, erfährt es.")).to_be_visible()
    expect(clerk.get_by_text("Ein Termin ging nicht")).to_be_visible()

    club.reload()
    expect(club.get_by_text(": schon vergeben")).to_be_visible()
    expect(club.get_by_role("heading", name="3 Termine kommen noch")).to_be_visible()
    picture(club, "buchen-serie")
    club.get_by_role("button", name="Zurückgeben").first.click()
    expect(club.get_by_role("heading", name="2 Termine kommen noch")).to_be_visible()
    club.context.close()
    clerk.context.close()


def a_free_weekday(city: City) -> date:
    """The first of four Wednesdays in a row on which the hall is open and nobody has it at six."""
    with psycopg.connect(city.url) as connection:
        row = connection.execute(
            """
            SELECT day::date FROM generate_series(current_date + 3, current_date + 200, interval '1 day') AS day
            WHERE extract(isodow FROM day) = %s + 1 AND NOT EXISTS (
                SELECT FROM generate_series(0, 3) AS week
                WHERE to_char(day + week * interval '7 days', 'MM-DD')
                      = ANY(ARRAY['01-01', '03-08', '05-01', '10-03', '10-31', '12-25', '12-26'])
                OR EXISTS (
                    SELECT FROM places_booking b JOIN places_unit u ON u.id = b.unit_id
                    JOIN core_noun n ON n.id = u.place_id
                    WHERE n.address = 'places/sporthalle-luetten-klein' AND b.state IN ('held', 'asked', 'booked')
                      AND b.during && tstzrange(
                          (day + week * interval '7 days' + interval '16 hours') AT TIME ZONE 'Europe/Berlin',
                          (day + week * interval '7 days' + interval '21 hours') AT TIME ZONE 'Europe/Berlin')))
            ORDER BY day LIMIT 1
            """,
            [WEEKDAY],
        ).fetchone()
    assert row is not None
    return date.fromisoformat(str(row[0]))


def somebody_else_was_faster(city: City, day: date) -> None:
    """A third of the hall is taken on one of the dates, by the same tables that booking writes."""
    start, end = (datetime(day.year, day.month, day.day, hour) for hour in (18, 19))
    with psycopg.connect(city.url) as connection:
        connection.execute(
            """
            WITH made AS (
                INSERT INTO places_booking
                    (key, unit_id, during, state, what, fee_cents, policy_version, reason, decided_by)
                SELECT gen_random_uuid(), u.id,
                    tstzrange(%(start)s AT TIME ZONE 'Europe/Berlin',
                        %(end)s AT TIME ZONE 'Europe/Berlin'), 'booked', '', 0, 1, '', ''
                FROM places_unit u JOIN core_noun n ON n.id = u.place_id
                WHERE n.address = 'places/sporthalle-luetten-klein' AND u.key = 'drittel-1'
                RETURNING id, unit_id, during
            ) INSERT INTO places_claim (booking_id, unit_id, during) SELECT id, unit_id, during FROM made
            """,
            {"start": start, "end": end},
        )
