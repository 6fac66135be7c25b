# SPDX-License-Identifier: EUPL-1.2
"""A date has its offer, whoever writes: the database sees to it once a statement, where a foreign key would each row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.places.models import Occasion, Offer

WRITE = """
INSERT INTO places_occasion (offer_id, start, during, cancelled, note, taken, changed)
SELECT %s, at, tstzrange(at, at + interval '1 hour'), false, '{}', 0, false FROM (VALUES (now())) AS w (at)
"""
REMOVE = "DELETE FROM places_offer WHERE noun_id = %s"


def offer(key: str) -> Offer:
    now = clock.now()
    noun = Noun.objects.create(
        kind="offer", address=f"offers/{key}", title={"de": key}, sort=key, changed_at=now
    )
    return Offer.objects.create(noun=noun, starts_at=now, duration=timedelta(hours=1))


def write(of: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [of])


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(IntegrityError), transaction.atomic():
        yield


def remove(one: Offer) -> None:
    """As nobody does who goes through the actions."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [one.noun_id])


def test_no_date_is_without_its_offer(db: None) -> None:
    yoga, chess = offer("yoga"), offer("chess")
    write(yoga.noun_id)
    with refused():
        write(yoga.noun_id + 1_000_000)
    with refused():
        remove(yoga)
    with refused():
        Occasion.objects.filter(offer=yoga).update(offer=chess)
    remove(chess)
    Occasion.objects.get(offer=yoga).save()
    yoga.noun.delete()
    assert not Occasion.objects.exists()
    assert not Offer.objects.exists()


def test_an_offer_stays_while_somebody_writes_its_date(database_url: str) -> None:
    yoga = offer("yoga")
    with psycopg.connect(database_url) as writer, psycopg.connect(database_url) as remover:
        remover.execute("SET lock_timeout = '100ms'")
        remover.commit()
        writer.execute(WRITE, [yoga.noun_id])
        with pytest.raises(psycopg.errors.LockNotAvailable):
            remover.execute(REMOVE, [yoga.noun_id])
        remover.rollback()
        writer.commit()
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            remover.execute(REMOVE, [yoga.noun_id])
        remover.rollback()
