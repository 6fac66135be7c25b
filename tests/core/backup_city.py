# SPDX-License-Identifier: EUPL-1.2
"""A small city with one of everything that a dump can lose, and its portrait to compare."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from smilecity.core.database import Lease, attach, drop

from .test_cluster_ground import copy_of_a_city

# One of everything that has been lost by a dump somewhere: a stored column computed by a function (written
# with `public.`, as a dump's empty search path wants it), identity, sequences, partitions, exclusion.
CITY = """
create extension btree_gist;
create extension pg_trgm;
create function public.low(what jsonb) returns float8 language plpgsql immutable strict as
  $$ begin return (what->>0)::float8; end $$;
create function public.box_of(what jsonb) returns box language plpgsql immutable strict as
  $$ begin return box(point(public.low(what), 0), point(public.low(what) + 1, 1)); end $$;
create table place (
  id bigint generated always as identity primary key,
  name text not null,
  geometry jsonb,
  box box generated always as (public.box_of(geometry)) stored
);
create index on place using gist (box);
create index on place using gin (name gin_trgm_ops);
create table booking (place bigint references place, during tstzrange not null,
  exclude using gist (place with =, during with &&));
create table observation (id bigserial, at timestamptz not null, result float8, primary key (id, at))
  partition by range (at);
create table observation_1 partition of observation for values from ('2026-01-01') to ('2026-07-01');
create table observation_2 partition of observation for values from ('2026-07-01') to ('2027-01-01');
create sequence ticket start 1000 increment 7;
insert into place (name, geometry) select 'Straße „' || n || '“', jsonb_build_array(n / 3.0)
  from generate_series(1, 500) n;
insert into place (name) values (E'tab\\t, newline\\n, backslash \\\\, \\u00e4\\u1e9e\\U0001f642');
insert into booking select n, tstzrange('2026-01-01', '2026-01-02') from generate_series(1, 50) n;
insert into observation (at, result) select '2026-01-01'::timestamptz + n * '17 min'::interval, random() / 3
  from generate_series(1, 20000) n;
insert into observation (at, result) values
  ('2026-03-01', 'NaN'), ('2026-03-01', '-Infinity'), ('2026-03-01', 5e-324);
select nextval('ticket') from generate_series(1, 5);
create view busy as select place, count(*) from booking group by place;
"""


def connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url, autocommit=True)


def portrait(url: str) -> dict[str, tuple[object, ...]]:
    """Count and checksum of each table's rows, state of each sequence, and all definitions."""
    with connected(url) as connection:
        connection.execute("set extra_float_digits = 3")
        tables = connection.execute(
            "select c.relname, c.relkind::text from pg_class c where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p', 'v') order by 1"
        ).fetchall()
        found: dict[str, tuple[object, ...]] = {}
        for name, _ in tables:
            query = sql.SQL(
                "select count(*), md5(string_agg(md5(t::text), '' order by t::text collate \"C\")) from {} t"
            ).format(sql.Identifier(str(name)))
            found[str(name)] = connection.execute(query).fetchone() or ()
        found["sequences"] = tuple(
            connection.execute(
                "select sequencename, last_value, increment_by from pg_sequences order by 1"
            ).fetchall()
        )
        found["columns"] = tuple(
            connection.execute(
                "select table_name, column_name, data_type, is_identity, is_generated, generation_expression,"
                " column_default from information_schema.columns where table_schema = 'public' order by 1, 2"
            ).fetchall()
        )
        found["indexes"] = tuple(
            connection.execute(
                "select indexdef from pg_indexes where schemaname = 'public' order by 1"
            ).fetchall()
        )
        found["constraints"] = tuple(
            connection.execute(
                "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
                " where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2"
            ).fetchall()
        )
        found["functions"] = tuple(
            connection.execute("select pg_get_functiondef('public.box_of'::regproc)").fetchall()
        )
        found["extensions"] = tuple(
            connection.execute("select extname from pg_extension order by 1").fetchall()
        )
        return found


def databases(url: str) -> set[str]:
    with connected(url) as connection:
        rows = connection.execute("select datname from pg_database where not datistemplate").fetchall()
        return {str(row[0]) for row in rows} - {"postgres", "model"}


@pytest.fixture(scope="module")
def server() -> Iterator[Lease]:
    """One server for all tests here, with a database `model` that has something of everything."""
    with tempfile.TemporaryDirectory(prefix="smile-backup-") as folder:
        Path(folder).chmod(0o755)
        with attach(copy_of_a_city(Path(folder) / "city")) as held:
            with connected(held.url("model")) as connection:
                connection.execute(CITY.encode())
            yield held


@pytest.fixture
def lease(server: Lease) -> Iterator[Lease]:
    """The server with no database of a test yet."""
    yield server
    with connected(server.url("postgres")) as connection:
        for name in databases(server.url("postgres")):
            drop(connection, name)
    server._databases.clear()


@pytest.fixture
def full(lease: Lease) -> str:
    """The URL of a city with something of everything."""
    with connected(lease.url("postgres")) as connection:
        connection.execute("create database smilecity template model")
    return lease.url()
