"""Fixtures of the whole suite.

A test that touches the database asks for ``samaki`` (or carries ``pytest.mark.django_db``): it works in Samaki's
schema, as the application's own role, inside a transaction that is rolled back. ``committed_db`` gives a database of
its own instead, where commits and parallel connections are real. Both hold the cast (tests/cast.py) and a twin
hospital, royal.
"""

import gc
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import translation
from django_tenants.utils import schema_context
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from core.translations.compiling import compile_catalogues
from deploy.local.paths import LocalDir
from deploy.local.shared import lease
from tests.cast import CAST
from tests.support.browsing import browser, page_for, signed_in, web, web_db, windows  # noqa: F401
from tests.support.connecting import connect, forget_cache
from tests.support.databases import Databases
from tests.support.queries import CountedQueries
from tests.support.threads import race as run_race

JOURNEYS = ("tests/journeys/", "tests/guards/test_crossing.py", "tests/test_harness.py")
# A day or a month of their own to begin with.
WITH_A_DAY = ("tests/guards/test_markers.py", "tests/reports/test_masked_copy.py", "tests/demo/test_month.py")
# One looks at every transaction of the server, the others keep one open for a minute: they take turns in one process.
IN_TURN = ("tests/audit/test_chain.py", "tests/guards/test_matrix.py", "tests/guards/test_neighbours.py")
_numbers = itertools.count(1)
gc.set_threshold(100_000, 50, 100)  # what is loaded stays: the collector need not look at it again and again


def pytest_configure(config: pytest.Config) -> None:
    compile_catalogues()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's driver keeps an event loop in this thread
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        Databases.prepare_aside(LocalDir.from_environment("test"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys are marked by what they use, and come first: while one process walks them, the other does the rest."""
    for item in items:
        if "web" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            if not item.nodeid.startswith(JOURNEYS):
                raise pytest.UsageError(f"{item.nodeid} needs the web server: name its place in JOURNEYS")
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.collect()
    gc.freeze()


class JourneysTogether(LoadScopeScheduling):
    """Journeys stay in one process, for they share a server and a database; so do a file with a day of its own and
    files that would disturb each other.

    Every other test goes where there is room.

    xdist's own grouping by mark writes into ``Item._nodeid``, which pytest no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(JOURNEYS):
            return "journeys"
        if nodeid.startswith(IN_TURN):
            return "in turn"
        return next((file for file in WITH_A_DAY if nodeid.startswith(file)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> JourneysTogether:
    return JourneysTogether(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.report_of_call = report  # a journey that failed leaves a picture
    return report


# --- Servers and databases --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The suite's PostgreSQL and Valkey, with the template database built."""
    local = LocalDir.from_environment("test")
    with lease(local):
        made = Databases(local)
        made.ensure_template()
        yield made


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """This process's own copy of the template, instead of pytest-django's empty database."""
    with databases.copy("main") as name:
        with django_db_blocker.unblock():
            connect(databases, name)
        yield
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture
def committed_db(databases: Databases, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test alone: commits are real, threads see each other's rows (see ``race``)."""
    main = settings.DATABASES["default"]["NAME"]
    with databases.copy(f"own{next(_numbers)}") as name, django_db_blocker.unblock():
        connect(databases, name)
        yield name
        connect(databases, main)


# --- Hospitals --------------------------------------------------------------------------------------------------------


def _uses_database(request: pytest.FixtureRequest) -> bool:
    wanted = {"db", "samaki", "committed_db", "web_db"} & set(request.fixturenames)
    return bool(wanted or request.node.get_closest_marker("django_db"))


@pytest.fixture(autouse=True)
def _clean_surroundings(request: pytest.FixtureRequest) -> None:
    """Every test begins in English; one that uses the database in Samaki's schema, with an empty cache."""
    translation.activate(settings.LANGUAGE_CODE)  # a page answered in Khmer leaves its language behind
    if _uses_database(request):
        from hospitals.middleware import forget_hospitals

        request.getfixturevalue("samaki")
        forget_hospitals()


@pytest.fixture
def samaki(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The hospital of the test; the connection stands in its schema."""
    from hospitals.models import Hospital

    kind = next((kind for kind in ("web_db", "committed_db") if kind in request.fixturenames), "db")
    request.getfixturevalue(kind)
    if kind != "web_db":  # there the web server's cache is the test's as well
        forget_cache(f"{settings.DATABASES['default']['NAME']}.{next(_numbers)}")
    connection.set_schema_to_public()
    hospital = Hospital.objects.get(schema_name="samaki")
    connection.set_tenant(hospital)
    yield hospital
    connection.set_schema_to_public()


@pytest.fixture
def royal(samaki: Any) -> Any:
    """The hospital next door: look into it with ``with tenant_context(royal):``."""
    from hospitals.models import Hospital

    return Hospital.objects.get(schema_name="royal")


# --- People -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(samaki: Any) -> Callable[[str], Any]:
    """``staff("doctor2")`` is that colleague in the present schema."""
    from accounts.models import User

    return lambda username: User.objects.get(username=username)


def _person(username: str) -> Callable[..., Any]:
    @pytest.fixture(name=username)
    def person(staff: Callable[[str], Any]) -> Any:
        return staff(username)

    person.__doc__ = f"{CAST[username][0]}, of Samaki."
    return person


for _username in CAST:
    globals()[f"_{_username}"] = _person(_username)


@pytest.fixture
def client_for(samaki: Any) -> Callable[..., Any]:
    """``client_for("cashier")`` or ``client_for(user, hospital="royal", surface="portal")``; None stays outside."""
    from accounts.models import User
    from tests.support.clients import PLATFORM_HOST, HospitalClient

    def make(user: Any = None, *, hospital: str = "samaki", surface: str = "portal", **defaults: Any) -> HospitalClient:
        client = HospitalClient(hospital, surface, **defaults)
        with schema_context("public" if surface in PLATFORM_HOST else hospital):
            if isinstance(user, str):
                user = User.objects.get(username=user)
            if user is not None:
                client.sign_in(user)
        return client

    return make


# --- Measures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def query_count() -> Callable[[], CountedQueries]:
    """``with query_count() as queries: …`` then ``queries.count`` and ``queries.statements``."""
    return lambda: CountedQueries(connection)


@pytest.fixture
def race(committed_db: str) -> Callable[..., Any]:
    """``race(lambda: …, times=8)`` runs it in parallel threads on real connections: ``.results`` and ``.errors``."""
    return run_race


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[[], Any]:
    """``with after_commit(): …`` runs what was to happen after the commit (jobs, events) at the block's end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands at a Tuesday, eleven o'clock; ``clock.advance(minutes=5)`` moves it."""
    from core.clock import freeze

    with freeze("2026-03-03T11:00:00") as frozen:
        yield frozen
