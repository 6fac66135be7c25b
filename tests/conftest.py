# SPDX-License-Identifier: EUPL-1.2
"""One PostgreSQL for all tests, started by the first process; the named people; and what must not be skipped in CI."""

import functools
import gc
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from smilecity.core.who import ANYONE, NODE, Role, Who
from tests import migrated
from tests.examples import examples, know_how_many

if TYPE_CHECKING:
    from smilecity.people.models import Account, Organisation

# What steers a test run; every other setting of whoever runs it must not.
STEERING = {"SMILE_CI", "SMILE_POSTGRES", "SMILE_SCREENSHOTS", "SMILE_BENCH_SIZE", "SMILE_HISTORIES"}

# Nothing of a test run must survive a power cut or is copied elsewhere: its server need not wait for the disk.
CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "update_process_title": "off",
}

_begun: list[pytest.Config] = []  # by this process: it is no worker
_making: list[threading.Thread] = []
_leases = []
_folders: list[Path] = []


def _forget_settings() -> None:
    for name in list(os.environ):
        if name.startswith("SMILE_") and name not in STEERING:
            del os.environ[name]


def pytest_configure(config: pytest.Config) -> None:
    """Before Django looks for its settings: a database of our own, unless one is given (or we are a worker).

    What decides whether a change lands tries the same examples each time; everybody else's runs look for new ones.
    """
    gc.disable()  # until all is loaded
    know_how_many(config)
    landing = hypothesis.settings.get_profile("ci")
    hypothesis.settings.register_profile("landing", landing, max_examples=examples())
    hypothesis.settings.register_profile("patient", deadline=None, max_examples=examples())
    hypothesis.settings.load_profile("landing" if os.environ.get("SMILE_CI") else "patient")
    if "DATABASE_URL" not in os.environ:
        from smilecity.core.database import attach

        folder = Path(tempfile.mkdtemp(prefix="smile-tests-", dir="/tmp"))
        folder.chmod(0o755)
        given = os.environ.get("SMILE_POSTGRES")
        lease = attach(folder / "postgres", binaries=Path(given) if given else None, settings=CARELESS)
        _leases.append((lease, folder))
        os.environ["DATABASE_URL"] = lease.url()
    if migrated.NAMED not in os.environ:
        os.environ[migrated.NAMED] = f"smile_template_{os.getpid()}"
        _begun.append(config)
    _forget_settings()
    if _begun and config.getoption("numprocesses", None):
        # While the workers read their tests; who needs it before it is there waits for it.
        server = os.environ["DATABASE_URL"]
        _making.append(threading.Thread(target=migrated.template, args=[server], name="template"))
        _making[0].start()
    os.environ["SMILE_DATA"] = tempfile.mkdtemp(prefix="smile-data-")
    _folders.append(Path(os.environ["SMILE_DATA"]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "smilecity.city.django"
    import django

    django.setup()
    from django.conf import settings

    # Hashing is slow by design; tests that sign hundreds of people in test something else.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays to the end: it is not walked over each time what tests leave is collected."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Only the process that started the database stops it; on one that was given, it cleans up."""
    for one in _making:
        one.join()
    if _begun and not _leases:
        migrated.forget(os.environ["DATABASE_URL"])
    for lease, folder in _leases:
        lease.release()
        shutil.rmtree(folder, ignore_errors=True)
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool, django_db_createdb: bool
) -> None:
    """A worker's database is a copy of the run's own; one that is kept from an earlier run stays as it is."""
    from django.db import connection

    if not django_db_keepdb or django_db_createdb:
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.template(os.environ["DATABASE_URL"])


# These need no tables: a file for each worker while these are made.
FIRST = ("tests/core/test_cluster.py", "tests/things/test_codec_limits.py")
# One node serves all walks through the demo city, one all that the standard asks: one worker runs them, as early as can
# be, for they take longest. What starts whole nodes and databases comes next, so that no long file is left for the end.
TOGETHER = ("tests/demo/", "tests/conformance/")
LONG = (
    "tests/city/",
    "tests/core/",
    "tests/people/test_oidc",
    "tests/things/test_mqtt",
    "tests/things/test_downloads",
)


class OneCity(LoadScopeScheduling):
    """Keeps a folder of `TOGETHER`, elsewhere a file, on one worker, for what its tests share; long ones first."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # the number of its tests says nothing of a file's time
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return next((one for one in TOGETHER if nodeid.startswith(one)), nodeid.partition("::")[0])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of the time they take, as far as it is known."""
    order = (*FIRST, *TOGETHER, *LONG)

    def rank(item: pytest.Item) -> int:
        return next((n for n, one in enumerate(order) if item.nodeid.startswith(one)), len(order))

    items.sort(key=rank)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneCity:
    """Which worker runs what."""
    return OneCity(config, log)


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """libpq URL of this worker's test database, for what does not go through Django; tables empty at the end."""
    from django.db import connection

    return make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])


# What Django itself keeps there, and the log's one row, which starts anew.
LASTING = {"django_migrations", "django_content_type", "auth_permission", "core_loghead"}
# Django does not know these tables; there are many partitions, and emptying an empty one is dear.
OBSERVED = ("things_observation", "things_hour", "things_stalehour")
# Django knows these, but does not keep them: a job that one test asked for must not wait in the next one.
JOBS = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs")


@functools.cache
def _tables() -> tuple[str, ...]:
    """All that a test may fill."""
    from django.db import connection

    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(sorted({*known} - LASTING - {*OBSERVED, *JOBS}))


_EMPTIERS: list[psycopg.Connection] = []


def _emptier() -> psycopg.Connection:
    """Who looks after tests that commit: the same as long as it lives, as a new one has to learn of all tables first."""
    from django.db import connection

    try:
        for one in _EMPTIERS:
            one.execute("SELECT")
            return one
    except psycopg.OperationalError:  # a test has ended it
        _EMPTIERS.clear()
    known = conninfo_to_dict(os.environ["DATABASE_URL"]) | {"dbname": connection.settings_dict["NAME"]}
    _EMPTIERS.append(psycopg.connect(make_conninfo(**known), autocommit=True, options="-c lock_timeout=20s"))
    return _EMPTIERS[0]


def _empty_the_tables(_test: object) -> None:
    """After a test that commits: as Django's flush, but only what has rows, for most tests write to few tables.

    Few rows are deleted in a tenth of the time that `TRUNCATE` takes for the files of all tables and indexes behind
    them. In one statement, as no table may go before the others.
    """
    first = (*OBSERVED, *JOBS)
    tables = (*first, *_tables())
    look = "SELECT " + ", ".join(f"EXISTS (SELECT FROM {one})" for one in tables)
    emptier = _emptier()
    with emptier.transaction():
        found = emptier.execute(look, prepare=True).fetchone() or ()
        filled = [one for one, has_rows in zip(tables, found, strict=True) if has_rows]
        for table in first:
            if table in filled:
                emptier.execute(f"DELETE FROM {table}")
        gone = [f"gone_{n} AS (DELETE FROM {one})" for n, one in enumerate(filled) if one not in first]
        if gone:
            emptier.execute(f"WITH {', '.join(gone)} SELECT")
        anew = "ON CONFLICT (id) DO UPDATE SET last = 0"
        emptier.execute(f"INSERT INTO core_loghead (id, last) VALUES (1, 0) {anew}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Who looks after the tables leaves before they go."""
    yield
    for one in _EMPTIERS:
        one.close()


@pytest.fixture(autouse=True, scope="session")
def _tables_emptied_quickly() -> Iterator[None]:
    from django.test import TransactionTestCase

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_the_tables)
        yield


@pytest.fixture(autouse=True, scope="session")
def _only_pages_are_remembered(django_test_environment: None) -> Iterator[None]:
    """`response.context` knows what the page itself and its main part were given.

    Django copies that of each button and icon besides.
    """
    from django.template import Context, Template
    from django.template.loader_tags import ExtendsNode
    from django.test.utils import instrumented_test_render

    def render(template: Template, context: Context) -> str:
        page = template.nodelist and isinstance(template.nodelist[-1], ExtendsNode)
        if page or str(template.name).endswith("_main.html"):
            return str(instrumented_test_render(template, context))
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What one test's readers were shown must not be shown to the next one's."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _german_again() -> None:
    """A page asked for in English leaves its language behind in the thread."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _a_city_without_a_name() -> None:
    """What a process remembers of the city is of no other test; who needs one asks `identity.keep_identity`."""
    from smilecity.city import identity

    identity.remember(identity.City(), seconds=3600)


Person = Callable[..., "Account"]


@pytest.fixture
def person(db: None) -> Person:
    """Make an account: `person("carla", ("clerk", department, area))`; each role is (name, organisation, area)."""
    from smilecity.core import nouns
    from smilecity.people.models import Account, RoleHeld

    def make(name: str, *roles: tuple[str, "Organisation", int | None]) -> Account:
        account = Account.objects.create(
            email=f"{name}@example.org", pseudonym=name.capitalize(), pseudonym_shape=nouns.sort_key(name)
        )
        for role, organisation, area in roles:
            RoleHeld.objects.create(
                account=account, role=role, organisation=organisation, area_id=area, given_by="node"
            )
        return account

    return make


@pytest.fixture
def organisation(db: None) -> Callable[..., "Organisation"]:
    """Make an organisation: `organisation("club", "SV Hafen", area)`."""
    from smilecity.core import nouns
    from smilecity.people.models import Organisation

    def make(kind: str, title: str, area: int | None = None) -> Organisation:
        slug = nouns.sort_key(title).replace(" ", "-")
        noun = nouns.put(
            "organisation", f"organisations/{slug}", {"de": title}, area=area, visibility="public"
        )
        return Organisation.objects.create(noun=noun, kind=kind)

    return make


@pytest.fixture
def anyone() -> Who:
    """Nobody in particular: a resident who has not signed in."""
    return ANYONE


@pytest.fixture
def node() -> Who:
    """The node itself, as at the command line."""
    return NODE


@pytest.fixture
def alice() -> Who:
    """Alice is steward of the whole city."""
    return Who(label="account/1", account=1, roles=frozenset({Role("steward")}))


@pytest.fixture
def bob() -> Who:
    """Bob is a resident with an account."""
    return Who(label="account/2", account=2)


@pytest.fixture
def olga() -> Who:
    """Olga is operator of the node."""
    return Who(label="account/3", account=3, roles=frozenset({Role("operator")}))
