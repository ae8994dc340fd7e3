"""The app as a person meets it, without a browser: run from app.py against the example company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.conftest import BUILT_AT, REPOSITORY
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.store import Store, User, open_store
from tower.warehouse import Warehouse, open_warehouse

OpenApp = Callable[..., AppTest]
# The homes that were opened, one after another.
_HOMES: list[Path] = []


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@pytest.fixture
def text(language: Language) -> Text:
    return Text(language)


@pytest.fixture
def numbers(language: Language, warehouse: Warehouse) -> Numbers:
    return Numbers(language, warehouse.company_currency)


@pytest.fixture
def example_home(example_build: BuildSummary) -> Path:
    return example_build.file.parents[1]


@pytest.fixture(scope="module")
def warehouse(example_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(example_build.file)
    yield opened
    opened.close()


@pytest.fixture
def demo_home(demo_build: BuildSummary) -> Path:
    return demo_build.file.parents[1]


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


@pytest.fixture
def store(demo_home: Path) -> Iterator[Store]:
    """The app store of the demo company, without scenarios at the end."""
    opened = open_store(f"sqlite:///{demo_home / 'store.sqlite'}")
    yield opened
    with opened.engine.begin() as connection:
        connection.exec_driver_sql("delete from scenarios")
        connection.exec_driver_sql("delete from scenario_inputs")
        connection.exec_driver_sql("delete from alert_decisions")
    opened.close()


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, example_home: Path) -> OpenApp:
    """Open a page of the app at a URL: `open_app("overview/scorecard", user="executive", lang="zh")`.

    Answers and plans are kept by build id, and the builds of the tests share theirs: another home begins with nothing
    kept.
    """

    def opened(page: str | None = None, *, home: Path = example_home, **parameters: str) -> AppTest:
        monkeypatch.setenv("TOWER_HOME", str(home))
        if _HOMES[-1:] != [home]:
            _HOMES.append(home)
            st.cache_data.clear()
            st.cache_resource.clear()
        app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        app.query_params.update(parameters)
        if page is not None:
            app.switch_page(f"pages/{page}.py")
        app.run()
        assert not app.exception, [error.value for error in app.exception]
        return app

    return opened


@pytest.fixture
def add_user(example_home: Path) -> Iterator[Callable[[User], None]]:
    """Put a user into the app store for one test."""
    store = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    added: list[User] = []

    def add(user: User) -> None:
        store.save_user(user, "admin", BUILT_AT)
        added.append(user)

    yield add
    for user in added:
        store.remove_user(user.user_id, "admin", BUILT_AT)
    store.close()


def words(app: AppTest) -> str:
    """Everything that is written on the page, for looking up a sentence."""
    return "\n".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])


def value_of(app: AppTest, label: str) -> str:
    """The value on the metric card with this label."""
    found = [metric.value for metric in app.metric if metric.label == label]
    assert len(found) == 1, f"{len(found)} cards are called {label!r}: {[metric.label for metric in app.metric]}"
    return found[0]
