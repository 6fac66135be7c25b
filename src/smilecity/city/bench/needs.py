# SPDX-License-Identifier: EUPL-1.2
"""A hundred thousand published needs that say different things in different places, and a long talk about one."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE_WANT = (
    "Bank", "Schatten", "Laterne", "Radweg", "Spielplatz", "Schaukel", "Papierkorb", "Zebrastreifen", "Trinkbrunnen",
    "Bordstein", "Haltestelle", "Toilette", "Baum", "Hundewiese", "Rutsche", "Ampel", "Geländer", "Treppe", "Rampe",
    "Tischtennisplatte",
)  # fmt: skip
HOW = (
    "fehlt",
    "ist kaputt",
    "wackelt",
    "ist zu hoch",
    "wäre schön",
    "ist dunkel",
    "steht falsch",
    "ist voll",
)
# A city's streets and places: 30 times 7 of them.
_FIRST = (
    "Linden", "Garten", "Hafen", "Schul", "Markt", "Mühlen", "Kirch", "Kanal", "Bahnhof", "Birken", "Eichen", "Rosen",
    "Wiesen", "Wald", "Park", "Brücken", "Fischer", "Nord", "Süd", "Turm", "Berg", "Deich", "Werft", "Kloster", "Post",
    "Kastanien", "Ufer", "Anger", "Schmiede", "Weiden",
)  # fmt: skip
_SECOND = ("straße", "weg", "allee", "platz", "ring", "gasse", "damm")
WHERE = tuple(
    f"{'an der' if part in ('straße', 'allee', 'gasse') else 'am'} {name}{part}"
    for name in _FIRST
    for part in _SECOND
)
NOUNS = """
COPY core_noun (id, kind, address, title, text, sort, plain, geo, area_id, facts, words, visibility, licence, changed_at)
FROM STDIN
"""
NEEDS = """
COPY citizens_need (noun_id, kind, words, language, form, said_at, state, answer, answered_at, decision, published_at,
                    alike, backing, contact, answered_by, spot)
FROM STDIN
"""


def fill(count: int) -> None:
    """So many published needs, spread over two years and all areas; most are decided, as they are after two years."""
    from django.db import connection, transaction

    from smilecity.core import clock
    from smilecity.core.models import Noun

    areas: list[int | None] = list(Noun.objects.filter(kind="area").values_list("id", flat=True)) or [None]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('public.core_id') FROM generate_series(1, %s)", [count])
        ids = [row[0] for row in cursor.fetchall()]
        made = list(_needs(ids, areas, clock.now()))
        for statement, part in ((NOUNS, 0), (NEEDS, 1)):
            with cursor.copy(statement) as copy:
                for rows in made:
                    copy.write_row(rows[part])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")  # as autovacuum leaves a table that has grown


def addresses(count: int, comments: int) -> dict[str, str]:
    """Pages among so many needs, by the names of their figures. `{n}` is another number each time: nothing is shared."""
    from smilecity.citizens.models import Comment, Need

    fill(count)
    discussed = Need.objects.filter(published_at__isnull=False).order_by("noun_id").last()
    assert discussed is not None
    Comment.objects.bulk_create(
        Comment(
            need=discussed,
            form=uuid4(),
            words=f"Das sehe ich auch so, zum {n}. Mal.",
            language="de",
            state="shown",
        )
        for n in range(comments)
    )
    return {
        "contributions": "/needs/?kind=problem&state=open&q=Laterne&order=backed&n={n}",
        "thread": f"/needs/{discussed.form}/?n={{n}}",
        "needs_map": "/needs/tiles/12/2185/1313.mvt?kind=problem&n={n}",
        "proposals900": "/needs/all/?kind=wish&n={n}",
    }


def take_part(person: int) -> None:
    """One of those who have signed in says something to the need that is discussed most."""
    from smilecity.citizens.models import Comment
    from smilecity.people.models import Account

    account = Account.objects.get(email=f"bench{person}@example.org")
    need = Comment.objects.order_by("-id")[0].need
    Comment.objects.create(
        need=need, account=account, form=uuid4(), words="Ich auch.", language="de", state="shown"
    )


def said(chance: random.Random) -> str:
    """What somebody writes, now and then with a slip."""
    words = f"{chance.choice(PEOPLE_WANT)} {chance.choice(HOW)} {chance.choice(WHERE)}"
    at = chance.randrange(len(words))
    return words[:at] + words[at + 1 :] if chance.random() < 0.3 else words


def _needs(ids: list[int], areas: list[Any], now: Any) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    from psycopg.types.json import Jsonb

    from smilecity.core import nouns

    chance = random.Random(9)  # noqa: S311 - it must repeat
    for number, one in enumerate(ids):
        title = f"{chance.choice(PEOPLE_WANT)} {chance.choice(HOW)} {chance.choice(WHERE)}"
        text = f"{title}, seit {chance.randrange(2, 40)} Wochen. Nummer {number}."
        form, closed = UUID(int=chance.getrandbits(128)), chance.random() < 0.93
        at = now - timedelta(minutes=chance.randrange(1, 730 * 1440))
        geo = {"type": "Point", "coordinates": [chance.gauss(12.1, 0.05), chance.gauss(54.1, 0.03)]}
        plain = nouns.sort_key(f"{title}\n{text}")
        yield (
            (one, "need", f"needs/{form}", Jsonb({"de": title}), Jsonb({"de": text}), nouns.sort_key(title), plain,
             Jsonb(geo), chance.choice(areas), Jsonb({}), Jsonb({}), "public", "CC-BY-4.0", at),
            (one, chance.choice(("problem", "wish", "idea")), text, "de", form, at, "closed" if closed else "open",
             "Das ist erledigt." if closed else "", at + timedelta(days=9) if closed else None,
             "done" if closed else "", at, plain, chance.randrange(0, 50), "", "", Jsonb(geo)),
        )  # fmt: skip
