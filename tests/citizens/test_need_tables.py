# SPDX-License-Identifier: EUPL-1.2
"""A table from a workshop is brought, looked through with nothing kept, taken in, halted and gone on with."""

import html
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smilecity.citizens import privacy
from smilecity.citizens.actions.doors import tables as actions
from smilecity.citizens.actions.saying import Said, say_needs
from smilecity.citizens.jobs import take_need_tables
from smilecity.citizens.models import Category, Need, NeedTable
from smilecity.citizens.reads import doors as reads
from smilecity.citizens.rules import Coming
from smilecity.citizens.rules.tables import Layout
from smilecity.core import clock
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from tests.citizens.town import Town
from tests.space.ground import keep, square

HEAD = "Anliegen;Art;Stadtteil;Datum;E-Mail\n"


@pytest.fixture(autouse=True)
def _place(settings: Any, tmp_path: Path) -> None:
    settings.TABLES = tmp_path / "tables"


def lines(count: int, first: int = 0) -> str:
    return "".join(f"Mehr Bänke am Weg {n};Wunsch;Q;22.05.2026;\n" for n in range(first, first + count))


def brought(*texts: str, town: Town | None = None) -> NeedTable:
    who = town.people["clerk"] if town else NODE
    return actions.bring_table(who, "werkstatt.csv", iter(text.encode() for text in texts))


def now(made: NeedTable) -> NeedTable:
    return NeedTable.objects.get(pk=made.pk)


def work_on(made: NeedTable) -> None:
    while not actions.work_on_table(NODE, made.pk):
        pass


def take_all(made: NeedTable) -> NeedTable:
    actions.look_through_table(NODE, made.pk)
    work_on(made)
    actions.take_in_table(NODE, made.pk, seen=now(made).refused)
    work_on(made)
    return now(made)


def test_it_is_looked_through_with_nothing_kept_then_taken_in(town: Town) -> None:
    bad = "ab;Wunsch;Q;;\nMehr Licht;Befehl;Q;;\nMehr Licht;;Q;35.05.2026;\nMehr Licht;;;;a b\n"
    made = brought(
        HEAD, lines(5), bad, "\n;;;;\n", "Ein Lob;Lob;Hinter der Post;;name@beispiel.de\n", town=town
    )
    entries = LogEntry.objects.count()
    actions.look_through_table(town.people["clerk"], made.pk)
    work_on(made)
    looked = now(made)
    assert (looked.state, looked.rows, looked.refused, Need.objects.count()) == ("draft", 10, 4, 0)
    assert LogEntry.objects.count() == entries
    assert [(one["line"], one["code"]) for one in looked.troubles] == [
        (7, "need.words-missing"),
        (8, "need.unknown-kind"),
        (9, "table.bad-day"),
        (10, "need.contact"),
    ]
    actions.take_in_table(town.people["clerk"], made.pk, seen=4)
    take_need_tables()
    done = now(made)
    assert (done.state, done.stored, done.refused, Need.objects.count()) == ("done", 6, 4, 6)
    need = Need.objects.get(words="Mehr Bänke am Weg 0")
    assert (need.door, need.account, need.noun.area_id) == ("table", None, town.quarter)
    assert need.said_at.date() == date(2026, 5, 22)
    assert Need.objects.get(kind="praise").where == "Hinter der Post"
    assert not reads.file_of(made).exists()


def test_what_the_city_does_not_know_is_named_before(town: Town) -> None:
    asks = [{"code": "n", "label": {"de": "Nummer"}, "type": "text", "required": True}]
    Category.objects.create(code="post", title={"de": "Mast"}, asks=asks)
    Category.objects.create(code="lamp", title={"de": "Lampe"}, organisation_id=town.hall)
    made = brought("Anliegen;Kategorie\nMehr Licht;lamp\nMehr Licht;nothing\nMehr Licht;post\n")
    done = take_all(made)
    assert [one["code"] for one in done.troubles] == ["need.unknown-category", "need.detail-missing"]
    assert Need.objects.get().noun.keeper_id == town.hall


@pytest.mark.django_db
def test_troubles_never_hold_what_people_said() -> None:
    made = brought("Anliegen;E-Mail\nGeheim ist das;erika@\n")
    actions.look_through_table(NODE, made.pk)
    work_on(made)
    assert "Geheim" not in str(now(made).troubles)
    assert "erika" not in str(now(made).troubles)


@pytest.mark.django_db
def test_a_kill_among_rows_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = brought("Anliegen\n", *(f"Mehr Bänke am Weg {n}\n" for n in range(40)))
    actions.look_through_table(NODE, made.pk)
    work_on(made)
    actions.take_in_table(NODE, made.pk, seen=0)
    monkeypatch.setattr(actions, "ROWS", 5)
    say, tries = say_needs, 0

    def dying(*given: Any) -> Any:
        nonlocal tries
        said = say(*given)
        tries += 1
        if tries % 3 == 0:
            raise KeyboardInterrupt
        return said

    monkeypatch.setattr(actions, "say_needs", dying)
    for _try in range(30):
        try:
            work_on(made)
        except KeyboardInterrupt:
            continue
        break
    assert tries > 10
    assert (now(made).state, now(made).stored, Need.objects.count()) == ("done", 40, 40)


@pytest.mark.django_db
def test_it_is_halted_and_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "ROWS", 10)
    made = brought("Anliegen\n", *(f"Mehr Bänke am Weg {n}\n" for n in range(30)))
    actions.look_through_table(NODE, made.pk)
    work_on(made)
    actions.take_in_table(NODE, made.pk, seen=0)
    assert not actions.work_on_table(NODE, made.pk, seconds=-1)
    actions.stop_table(NODE, made.pk)
    assert actions.work_on_table(NODE, made.pk)
    assert (Need.objects.count(), reads.tables_waiting(NODE)) == (9, [])
    actions.go_on_with_table(NODE, made.pk)
    work_on(made)
    assert (Need.objects.count(), now(made).state) == (30, "done")


@pytest.mark.django_db
def test_nothing_is_taken_before_its_troubles_were_seen() -> None:
    made = brought("Anliegen\nMehr Licht\nab\n")
    for seen, code in ((0, "table.not-looked"), (0, "table.meanwhile")):
        with pytest.raises(Refusal) as refused:
            actions.take_in_table(NODE, made.pk, seen=seen)
        assert refused.value.code == code
        actions.look_through_table(NODE, made.pk)
        work_on(made)
    actions.understand_table(NODE, made.pk, Layout())
    with pytest.raises(Refusal) as refused:
        actions.look_through_table(NODE, made.pk)
    assert refused.value.code == "table.no-words"


@pytest.mark.django_db
def test_the_same_file_is_not_taken_twice_and_a_lost_one_halts() -> None:
    made = brought("Anliegen\nMehr Licht\n")
    with pytest.raises(Refusal) as refused:
        brought("Anliegen\nMehr ", "Licht\n")
    assert refused.value.code == "table.known"
    reads.file_of(made).unlink()
    actions.look_through_table(NODE, made.pk)
    assert actions.work_on_table(NODE, made.pk)
    assert (now(made).state, now(made).troubles[0]["code"]) == ("stopped", "table.lost")
    actions.forget_table(NODE, made.pk)
    brought("Anliegen\nMehr Licht\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "code"),
    [(b"", "table.empty"), (b"PK\x03\x04abc", "table.not-text"), (b"a;b\n\0\n", "table.not-text")],
)
def test_what_is_no_table_is_refused_and_leaves_no_file(text: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.bring_table(NODE, "x", iter([text]))
    assert refused.value.code == code
    from django.conf import settings

    assert list(Path(settings.TABLES).iterdir()) == []
    assert not NeedTable.objects.exists()


def test_a_table_is_for_who_brought_it_and_forgotten_after_a_month(town: Town) -> None:
    made = brought("Anliegen\nMehr Licht\n", town=town)
    assert reads.need_table(town.people["clerk"], made.pk) == made
    for name in ("steward", "far_clerk", "resident", "anyone"):
        who = town.people[name]
        assert reads.need_table(who, made.pk) is None
        with pytest.raises(Refusal):
            actions.forget_table(who, made.pk)
    account = town.accounts["clerk"].pk
    assert [one["name"] for one in privacy.export(account)["need_tables"]] == ["werkstatt.csv"]
    privacy.forget(account)
    assert now(made).by == "account"
    assert actions.forget_old_tables(NODE) == 0
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert actions.forget_old_tables(NODE) == 1
    with pytest.raises(Refusal):
        actions.forget_old_tables(ANYONE)


def test_at_the_desk(client: Client, town: Town, django_capture_on_commit_callbacks: Any) -> None:
    client.force_login(town.accounts["clerk"])
    empty = client.post("/desk/needs/table/", {})
    assert empty.status_code == 422
    file = SimpleUploadedFile("werkstatt.csv", (HEAD + lines(3) + "ab;;;;\n").encode())
    page = client.post("/desk/needs/table/", {"file": file})["Location"]
    assert "So werden die ersten Zeilen verstanden" in body_of(client.get(page))
    typed = {
        "kind": "wish",
        "header": "on",
        "delimiter": ";",
        "encoding": "utf-8",
        "at_words": "0",
        "at_place": "2",
    }
    assert client.post(page, {**typed, "at_words": "99", "do": "look"}).status_code == 422
    assert client.post(page, {**typed, "at_words": "", "do": "look"}).status_code == 422
    assert client.post(page, {**typed, "do": "look"}).status_code == 302
    assert client.get(page)["Refresh"] == "3"
    take_need_tables()
    looked = body_of(client.get(page))
    assert "3 Anliegen lassen sich übernehmen." in looked
    assert "Eine Zeile fehlt dann." in looked
    client.post(f"{page}take/", {"seen": "1"})
    take_need_tables()
    assert "Fertig." in body_of(client.get(page))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{page}remove/")
    assert client.get(page).status_code == 404
    assert Need.objects.count() == 3
    client.force_login(town.accounts["steward"])
    assert client.post(f"{page}take/", {"seen": "1"}).status_code == 404


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.django_db
def test_many_rows_cost_no_more_questions_than_one(django_assert_max_num_queries: Any) -> None:
    made = brought("Anliegen\n", *(f"Mehr Bänke am Weg {n}\n" for n in range(60)))
    actions.look_through_table(NODE, made.pk)
    with django_assert_max_num_queries(30):
        work_on(made)
    actions.take_in_table(NODE, made.pk, seen=0)
    with django_assert_max_num_queries(30):
        work_on(made)
    assert now(made).stored == 60 == Need.objects.count()


@pytest.mark.parametrize("many", [1, 60])
@pytest.mark.django_db
def test_where_rows_are_is_asked_for_all_together(many: int, django_assert_max_num_queries: Any) -> None:
    city = keep("city", square(12, 54, 0.4), "municipality")
    quarter = keep("quarter", square(12, 54), "quarter")
    inside = (f"Mehr Bänke {n};12,0{n:02}1;54,05\n" for n in range(many))
    made = brought("Anliegen;Länge;Breite\n", *inside, "Am Rand;12,3;54,05\n", "Fern;13;54,05\n")
    actions.look_through_table(NODE, made.pk)
    with django_assert_max_num_queries(30):
        work_on(made)
    assert [(one["line"], one["code"]) for one in now(made).troubles] == [(many + 3, "need.outside")]
    actions.take_in_table(NODE, made.pk, seen=1)
    with django_assert_max_num_queries(35):
        work_on(made)
    found = Counter(Need.objects.values_list("noun__area", flat=True))
    assert found == {quarter.noun_id: many, city.noun_id: 1}


@pytest.mark.parametrize("many", [1, 60])
@pytest.mark.django_db
def test_a_city_without_areas_takes_every_position(many: int) -> None:
    made = brought("Anliegen;Länge;Breite\n", *(f"Bänke {n};12,0{n:02}1;54,05\n" for n in range(many)))
    assert take_all(made).stored == many


def test_of_many_each_is_kept_found_or_refused_by_itself(town: Town) -> None:
    about = {"language": "de", "about": town.court.id}
    first = Said(form=uuid4(), kind="wish", words="Mehr Licht", **about)
    said = [
        replace(first, form=uuid4(), words="Mehr Netze"),
        replace(first, form=uuid4(), kind="none"),
        first,
        replace(first, words="Etwas anderes"),
        replace(first, form=uuid4(), about=None, coming=Coming(category="none")),
    ]
    (kept,) = say_needs(ANYONE, [first])
    found = say_needs(ANYONE, said)
    codes = [one.code if isinstance(one, Refusal) else one.words for one in found]
    assert codes == [
        "Mehr Netze",
        "need.unknown-kind",
        "Mehr Licht",
        "need.form-used",
        "need.unknown-category",
    ]
    assert found[2] == kept
    assert Need.objects.count() == 2
    fresh = Need.objects.select_related("noun").get(words="Mehr Netze")
    assert (fresh.noun.area_id, fresh.noun.keeper_id) == (town.quarter, town.club)
    assert fresh.noun.links_from.get().target_id == town.court.id
    assert (
        LogEntry.objects.filter(verb="need-said", noun=fresh.pk, about=[town.court.id, fresh.pk]).count() == 1
    )


@pytest.mark.trial
@pytest.mark.django_db
def test_a_million_lines_stay_out_of_memory() -> None:
    """Looked through to the end, with every thousandth row broken; then the first of them are taken in."""
    import tracemalloc

    def parts() -> Iterator[bytes]:
        yield b"Anliegen\n"
        for block in range(1000):
            rows = "".join(f"Mehr Bänke am Weg {block}/{n}\n" for n in range(999))
            yield f"{rows}ab\n".encode()

    tracemalloc.start()
    made = actions.bring_table(NODE, "million.csv", parts())
    actions.look_through_table(NODE, made.pk)
    work_on(made)
    looked = now(made)
    assert (looked.rows, looked.refused, len(looked.troubles)) == (1_000_000, 1000, 100)
    actions.take_in_table(NODE, made.pk, seen=1000)
    actions.work_on_table(NODE, made.pk, seconds=5)
    assert tracemalloc.get_traced_memory()[1] < 40 << 20
    tracemalloc.stop()
    assert Need.objects.count() == now(made).stored > 0
    Noun.objects.filter(kind="need").delete()
