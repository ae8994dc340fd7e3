from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule
from tower.builds import current_build
from tower.i18n import Language, Numbers, Text
from tower.store import User
from tower.warehouse import Warehouse

PAGE = "administration/data_health"


def test_totals_are_those_of_the_build(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="admin", lang=language)
    rows = warehouse.frame("select sum(source_rows) from build.load_tables").item()
    tests = warehouse.frame("select count(*), count_if(status <> 'pass') from build.test_results").row(0)
    rejected = warehouse.frame("select count(*) from build.rejected_rows").item()
    assert rejected == 6
    assert value_of(app, text("health.rows_in")) == numbers.short(float(rows))
    assert value_of(app, text("health.rejected")) == "6"
    assert value_of(app, text("health.tests_failing")) == text("health.of", part=int(tests[1]), whole=tests[0])


def test_loads_list_every_table_and_every_one_adds_up(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="admin", lang=language)
    shown = app.dataframe[0].value
    assert len(shown) == warehouse.frame("select count(*) from build.load_tables").item()
    assert (shown["source_rows"] == shown["rows"] + shown["rejected_rows"]).all()
    assert text("health.loads_equal") in words(app)


def test_rejected_rows_are_shown_whole_with_what_to_do(open_app: OpenApp, language: Language) -> None:
    app = open_app(PAGE, user="admin", lang=language, section="rejected")
    rows = app.dataframe[1].value
    assert len(rows) == 6
    row = rows[rows["table_name"] == "sales_order_lines"].iloc[0]
    assert row["value"] == "F999"
    assert "F999" in row["sentence"]
    assert "{" not in row["sentence"]
    assert "SO2047-2" in row["raw_row"]


def test_rejected_rows_can_be_narrowed_to_a_rule(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="admin", section="rejected")
    app.selectbox(key="pick_rule").set_value("unknown_reference").run()
    assert app.query_params["rule"] == "unknown_reference"
    assert [list(frame.value["table_name"]) for frame in app.dataframe] == [
        ["sales_order_lines"],
        ["sales_order_lines"],
    ]


def test_choosing_a_section_goes_into_the_url_and_shows_it(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="admin")
    app.segmented_control(key="pick_section").set_value("tests").run()
    assert app.query_params["section"] == "tests"
    app.segmented_control(key="pick_tests").set_value("all").run()
    assert len(app.dataframe[0].value) == warehouse.frame("select count(*) from build.test_results").item()


def test_every_law_is_listed_with_its_outcome(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="admin", lang=language, section="reconciliation")
    shown = app.dataframe[0].value
    counted = dict(warehouse.frame("select status, count(*) from core.reconciliation_summary group by status").rows())
    assert dict(shown["status"].value_counts()) == {
        text(f"law_status.{status}"): count for status, count in counted.items()
    }


def test_coverage_names_every_canonical_table_and_its_state(
    open_app: OpenApp, warehouse: Warehouse, language: Language
) -> None:
    app = open_app(PAGE, user="admin", lang=language, section="coverage", table="invoices")
    matrix, columns = app.dataframe[0].value, app.dataframe[1].value
    assert len(matrix) == warehouse.frame("select count(distinct table_name) from build.source_coverage").item()
    asked = "select count(*) from build.source_coverage where table_name = 'invoices' and column_name <> ''"
    assert len(columns) == warehouse.frame(asked).item()


@pytest.mark.parametrize("section", ["cross_references", "steps"])
def test_the_remaining_sections_open(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, section: str
) -> None:
    app = open_app(PAGE, user="admin", lang=language, section=section)
    assert f"**{text(f'health.section_{section}')}**" in words(app)
    if section == "steps":
        assert len(app.dataframe[0].value) == warehouse.frame("select count(*) from build.build_steps").item()
    else:
        assert text("health.cross_references_none") in words(app)


def test_a_reader_with_a_scope_does_not_see_the_rows_of_others(
    open_app: OpenApp, add_user: Callable[[User], None]
) -> None:
    add_user(User("foreman", "Foreman", "production", scope=ScopeRule("plant", ("PL1",))))
    app = open_app(PAGE, user="foreman", section="rejected")
    assert Text("en")("state.forbidden_scope") in words(app)
    assert value_of(app, Text("en")("health.rejected")) == "–"
    assert not app.dataframe


def test_a_kept_forecast_that_is_missing_is_said(
    open_app: OpenApp, example_home: Path, tmp_path: Path, language: Language, text: Text
) -> None:
    assert not open_app(PAGE, user="admin", lang=language).warning
    home = Path(shutil.copytree(example_home, tmp_path / "home"))
    problem = "The forecast vintage v1.parquet is missing. Restore it from a backup."
    with duckdb.connect(str(current_build(home).file)) as connection:
        connection.execute("insert into build.forecast_history_problems values (?)", [problem])
    app = open_app(PAGE, home=home, user="admin", lang=language)
    assert [shown.value for shown in app.warning] == [text("health.forecast_history", problems=problem)]
