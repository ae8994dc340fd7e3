from __future__ import annotations

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.i18n import Language, Numbers, Text
from tower.queries import production_progress as questions
from tower.queries.production_progress import EVERYTHING
from tower.ui.production_progress import SECTIONS
from tower.warehouse import Warehouse

PAGE = "production/progress"
EN = Text("en")
# Of the order in progress: 9 h of cutting done, 60 of 100 pieces of 42 h of welding counted.
RUNNING, EARNED, STANDARD = "MO3006", 9 + 42 * 0.6, 9 + 42
# 420 m of tube at 30; cutting at 60 an hour, welding at 120.
MATERIAL, CONVERSION = 420 * 30, 9 * 60 + 42 * 0.6 * 120


def orders(warehouse: Warehouse) -> pl.DataFrame:
    return questions.orders(warehouse, EVERYTHING)


def test_percent_complete_and_value_of_the_running_order_are_those_worked_out_by_hand(warehouse: Warehouse) -> None:
    row = orders(warehouse).filter(pl.col("production_order_id") == RUNNING).row(0, named=True)
    assert row["complete_rate"] == pytest.approx(EARNED / STANDARD)
    assert row["material_value"] == pytest.approx(MATERIAL)
    assert row["conversion_value"] == pytest.approx(CONVERSION)
    assert row["work_in_process_value"] == pytest.approx(MATERIAL + CONVERSION)


def test_the_open_orders_are_those_of_the_source(warehouse: Warehouse) -> None:
    of_source = warehouse.frame(
        "select production_order_id from canonical.cnl_production_orders "
        "where order_status in ('confirmed', 'released', 'in_progress') order by 1"
    )["production_order_id"]
    assert sorted(orders(warehouse)["production_order_id"]) == of_source.to_list()


def test_parts_and_operations_are_those_of_the_source(warehouse: Warehouse) -> None:
    for order in orders(warehouse)["production_order_id"].to_list():
        parts = questions.parts(warehouse, order).sort("component_line")
        of_source = warehouse.frame(
            "select component_line, required_quantity, issued_quantity from canonical.cnl_production_order_components "
            "where production_order_id = $id order by component_line",
            {"id": order},
        )
        assert parts.select("component_line", "required_quantity", "issued_quantity").rows() == of_source.rows()
        operations = warehouse.frame(
            "select count(*) from canonical.cnl_work_orders where production_order_id = $id "
            "and work_order_status <> 'cancelled'",
            {"id": order},
        ).item()
        assert questions.operations(warehouse, order).height == operations


def test_money_waits_once_however_many_orders_it_waits_for(warehouse: Warehouse) -> None:
    frame = orders(warehouse)
    lines, value = questions.waiting_money(warehouse, tuple(frame["production_order_id"].to_list()))
    assert value <= frame["waiting_value"].sum() + 1e-6
    assert lines > 0
    assert frame["value_at_risk"].to_list() == sorted(frame["value_at_risk"].to_list(), reverse=True)


def test_orders_that_should_run_and_do_not_are_named(warehouse: Warehouse) -> None:
    frame = orders(warehouse)
    found = warehouse.frame(
        "select production_order_id from canonical.cnl_production_orders where started_at is null "
        "and order_status in ('confirmed', 'released', 'in_progress') and planned_start_date < date '2026-06-30'"
    )["production_order_id"]
    assert sorted(frame.filter("warns_start_overdue")["production_order_id"]) == sorted(found)
    overdue = frame.filter("warns_overdue")
    assert (overdue["planned_finish_date"] <= warehouse.as_of).all()
    assert (overdue["late_probability"] == 1).all()


def test_a_company_with_few_orders_gets_plain_rules_and_is_told_why(open_app: OpenApp, warehouse: Warehouse) -> None:
    model = questions.model(warehouse)
    assert model is not None
    assert (model["reason"], model["used_for_date"]) == ("too_few_subjects", "usual_slip")
    assert questions.validation(warehouse).is_empty()
    app = open_app(PAGE, user="planner", lang="en", section="quality")
    assert "Fewer than 200 finished orders" in words(app)
    app = open_app(PAGE, user="planner", lang="en", tab="prediction")
    assert EN("progress.plain_rule") in words(app)


def test_cards_show_orders_and_what_is_in_them(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    frame = orders(warehouse)
    assert value_of(app, text("progress.open")) == numbers.integer(frame.height)
    assert value_of(app, text("progress.contents")) == numbers.value(MATERIAL + CONVERSION, "money")
    assert value_of(app, text("progress.overdue")) == numbers.integer(int(frame["warns_overdue"].sum()))


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_section_opens_in_both_languages(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(PAGE, user="production", lang=language, section=section)
    assert not app.exception
    assert app.segmented_control(key="pick_section").value == section


def test_the_warning_that_is_chosen_filters_the_orders(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.selectbox(key="pick_warning").set_value("start_overdue").run()
    assert app.query_params["warning"] == "start_overdue"
    expected = orders(warehouse).filter("warns_start_overdue")["production_order_id"].to_list()
    assert shown_orders(app) == expected


def test_the_plant_and_the_work_centre_filter_the_orders(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="orders")
    app.multiselect(key="pick_centre").set_value(["WELD"]).run()
    assert app.query_params["centre"] == "WELD"
    assert shown_orders(app) == sorted(questions.orders(warehouse, ((), (), ("WELD",)))["production_order_id"])
    app = open_app(PAGE, user="planner", lang="en", section="orders", plant="PL1")
    found = orders(warehouse).filter(pl.col("plant_id") == "PL1")
    assert sorted(shown_orders(app)) == sorted(found["production_order_id"])


@pytest.mark.parametrize("tab", ["operations", "parts", "customers", "prediction", "history"])
def test_an_order_opens_with_all_that_belongs_to_it(open_app: OpenApp, language: Language, tab: str) -> None:
    app = open_app(PAGE, user="planner", lang=language, section="orders", order=RUNNING)
    app.segmented_control(key="pick_tab").set_value(tab).run()
    assert not app.exception
    assert RUNNING in words(app)


def test_the_operations_of_an_order_earn_what_they_have_counted(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="orders", order=RUNNING)
    shown = table(app, "sequence")
    assert shown["earned_hours"].tolist() == pytest.approx([9, 25.2])  # type: ignore[index]
    assert shown["good_quantity"].tolist() == [100, 60]  # type: ignore[index]
    assert shown["waiting_quantity"].tolist() == [0, 40]  # type: ignore[index]


@pytest.mark.parametrize("sort", ["risk", "finish", "start"])
def test_the_figure_shows_orders_in_the_chosen_sequence(open_app: OpenApp, sort: str) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="gantt")
    app.segmented_control(key="pick_sort").set_value(sort).run()
    assert not app.exception
    assert app.query_params.get("sort", "risk") == sort


def shown_orders(app: AppTest) -> list[str]:
    return table(app, "production_order_id")["production_order_id"].tolist()  # type: ignore[index,no-any-return]
