"""What a company decides for all items: the settings reach the plan, and tower.toml reaches the settings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from planning.errors import PlanningError
from planning.model.inputs import planning_model
from planning.model.settings import PlanningSettings
from planning.mrp.codes import DemandKind
from planning.tables.messages import plan_messages
from planning.tables.results import Planned, plan_orders, planned
from tests.unit.plan_rows import AS_OF, rows
from tower.errors import SettingsError
from tower.settings import PlanSettings, load_settings

BUY: dict[str, Any] = {"item_id": "A", "supply_type": "buy", "lead_time_days": 2.0}
SALE = {"sales_order_line_id": "S1", "item_id": "A", "requested_date": date(2026, 7, 10), "open_quantity": 10.0}


def plan_by(settings: PlanningSettings | None, **tables: Any) -> Planned:
    return planned(planning_model(rows(**tables), AS_OF, settings))


def test_without_settings_the_plan_is_that_of_the_defaults_and_so_is_an_empty_section(tmp_path: Path) -> None:
    assert load_settings(tmp_path).planning.decided == PlanningSettings() == PlanSettings().decided


def test_stock_in_inspection_is_planned_with_where_the_company_says_so() -> None:
    stock = [{"item_id": "A", "quantity": 10.0, "stock_status": "inspection"}]
    assert plan_orders(plan_by(None, policies=[BUY], sales_lines=[SALE], stock=stock)).height == 1
    also = PlanningSettings(usable_stock=("unrestricted", "inspection"))
    assert plan_orders(plan_by(also, policies=[BUY], sales_lines=[SALE], stock=stock)).height == 0


def test_the_scrap_formula_is_the_company_s() -> None:
    tables: dict[str, Any] = {
        "policies": [{"item_id": "P", "supply_type": "make"}, BUY],
        "boms": [{"bom_id": "B", "item_id": "P"}],
        "components": [{"bom_component_id": "1", "bom_id": "B", "component_item_id": "A", "quantity": 1.0,
                        "scrap_rate": 0.2}],
        "sales_lines": [{**SALE, "item_id": "P", "open_quantity": 100.0}],
    }  # fmt: skip
    ordered = {
        formula: plan_orders(plan_by(PlanningSettings(scrap_formula=formula), **tables)).filter(item_id="A")[
            "quantity"
        ][0]
        for formula in ("divide", "multiply")
    }
    assert ordered == {"divide": 125.0, "multiply": 120.0}


def test_how_late_an_open_order_may_be_before_it_is_said() -> None:
    receipt = {"purchase_order_line_id": "L", "item_id": "A", "location_id": "PL", "due_date": date(2026, 7, 14),
               "open_quantity": 10.0}  # fmt: skip
    tables: dict[str, Any] = {"policies": [BUY], "sales_lines": [SALE], "purchase_lines": [receipt]}
    for days, said in ((2, 1), (4, 0)):
        messages = plan_messages(plan_by(PlanningSettings(expedite_days=days), **tables))
        assert messages.filter(pl.col("code") == "EXP").height == said


def test_the_window_of_a_company_counts_where_the_policy_states_none() -> None:
    """31 asked for on 10 July use up the forecast of July alone, or as far as a window reaches into August."""
    forecast = [{"item_id": "A", "location_id": "PL", "bucket_start_date": date(2026, month, 1), "quantity": 20.0,
                 "created_at": None} for month in (7, 8)]  # fmt: skip

    def left(settings: PlanningSettings | None, policy: dict[str, Any]) -> float:
        found = plan_by(settings, policies=[policy], sales_lines=[{**SALE, "open_quantity": 31.0}], forecasts=forecast)
        is_forecast = found.plan.demand.kind == DemandKind.FORECAST
        return float(found.plan.demand.quantity[is_forecast].sum() / 1e6)

    assert left(None, BUY) == 20.0
    assert left(PlanningSettings(forecast_window_days=60), BUY) == 9.0
    stated = {**BUY, "forecast_backward_days": 0.0, "forecast_forward_days": 0.0}
    assert left(PlanningSettings(forecast_window_days=60), stated) == 20.0
    assert left(None, {**BUY, "forecast_forward_days": 60.0}) == 9.0


def test_the_section_of_the_file_is_read_and_a_mistake_in_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tower.toml"
    file.write_text('[planning]\nexpedite_days = 5\nusable_stock = ["unrestricted"]\n', encoding="utf-8")
    decided = load_settings(tmp_path).planning.decided
    assert (decided.expedite_days, decided.usable_stock, decided.defer_days) == (5, ("unrestricted",), 6)
    for wrong, said in (("expedite_days = -1", "planning.expedite_days"), ("dampers = 3", "excess_days")):
        file.write_text(f"[planning]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(SettingsError, match=said):
            load_settings(tmp_path)


def test_words_that_do_not_exist_are_refused() -> None:
    with pytest.raises(PlanningError, match="no stock status 'free'"):
        PlanningSettings(usable_stock=("free",))
    with pytest.raises(PlanningError, match="no scrap formula 'add'"):
        PlanningSettings(scrap_formula="add")
