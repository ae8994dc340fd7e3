"""The page Today on the demo company: the inbox, one alert, and what people decide about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tests.store.rows import NOW
from tower.i18n import Language, Numbers, Text
from tower.queries import alerts
from tower.store import Store
from tower.store.alert_decisions import AlertDecision, alert_decisions, assign
from tower.warehouse import Warehouse

PAGE = "overview/today"


@pytest.fixture
def largest(demo: Warehouse) -> str:
    found = alerts.inbox(demo)
    assert found.height > 0, "the demo company of the tests has alerts"
    return str(found["alert_key"][0])


def test_the_total_counts_each_order_line_once(
    open_app: OpenApp, demo_home: Path, demo: Warehouse, language: Language
) -> None:
    app = open_app(PAGE, home=demo_home, user="executive", lang=language)
    text, numbers = Text(language), Numbers(language, demo.company_currency)
    late = demo.frame("select sum(exclusive_value) from core.fct_alert_hits").item() or 0.0
    own = demo.frame("select sum(own_value) from core.fct_alert_amounts").item() or 0.0
    assert value_of(app, text("today.money_at_risk")) == numbers.value(late + own, "money")
    assert value_of(app, text("today.open_alerts")) == numbers.integer(alerts.inbox(demo).height)


def test_an_alert_opens_with_its_figures_its_lines_and_its_action(
    open_app: OpenApp, demo_home: Path, demo: Warehouse, largest: str, language: Language
) -> None:
    app = open_app(PAGE, home=demo_home, user="planner", lang=language, alert=largest)
    text = Text(language)
    said = words(app)
    figures = alerts.evidence(demo, largest)["figure"].to_list()
    assert all(text.term("alert_figure", one) in said for one in figures)
    assert all(text.term("alert_figure", one) != one for one in figures)
    hits = alerts.hits(demo, largest)
    tables = [one.value for one in app.dataframe if "exclusive_value" in one.value.columns]
    assert [len(one) for one in tables] == ([hits.height] if hits.height else [])


def test_taking_snoozing_and_resolving_is_kept_and_shown(
    open_app: OpenApp, demo_home: Path, store: Store, largest: str
) -> None:
    app = open_app(PAGE, home=demo_home, user="planner", lang="en", alert=largest)
    app.button(key="alert_take").click().run()
    assert alert_decisions(store)[0].owner == "planner"
    assert "planner has it" in words(app)
    app.button(key="alert_snooze").click().run()
    assert alert_decisions(store)[0].snoozed_until is not None
    app.button(key="alert_reopen").click().run()
    app.text_input(key="alert_reason").set_value("supplier flies it in").run()
    app.button(key="alert_resolve").click().run()
    (kept,) = alert_decisions(store)
    assert (kept.status, kept.reason, kept.alert_key) == ("resolved", "supplier flies it in", largest)
    assert "Resolved" in words(app)
    open_after = open_app(PAGE, home=demo_home, user="planner", lang="en", standing="resolved")
    assert [len(one.value) for one in open_after.dataframe if "money_value" in one.value.columns] == [1]


def test_what_somebody_had_and_no_build_has_is_said_to_be_gone(
    open_app: OpenApp, demo_home: Path, store: Store
) -> None:
    key = "supplier_slipping|supplier|V-GONE"
    if all(one.alert_key != key for one in alert_decisions(store)):
        assign(store, AlertDecision(key, "supplier_slipping"), "bo", "bo", NOW)
    app = open_app(PAGE, home=demo_home, user="executive", lang="en")
    assert "V-GONE" in words(app)


@pytest.mark.parametrize("role", ["sales", "buyer", "production", "finance", "admin"])
def test_every_role_may_open_it(open_app: OpenApp, demo_home: Path, role: str) -> None:
    app = open_app(PAGE, home=demo_home, user=role, lang="en", whose="my_role")
    assert "page.today" not in words(app)


def test_a_company_without_alerts_says_what_was_looked_at(open_app: OpenApp, example_home: Path) -> None:
    app = open_app(PAGE, user="executive", lang="en")
    assert not app.exception
