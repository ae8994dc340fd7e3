"""dbt's unit tests: three rows in, three rows out, for every model with logic. They need relations to read types from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.build.project import DbtProject
from tower.builds import CATALOGUE, BuildSummary

# Models that only select and cast what others worked out (an engine with laws of its own, a master table), or that unite
# the laws; and laws that are one call of a macro which the tested laws call too. tests/contract/test_core_laws.py breaks
# each law on purpose.
WITHOUT_LOGIC = frozenset(
    {
        "dim_sales_reps", "dim_supplier_places", "dim_suppliers", "dim_work_centres",
        "fct_demand_audit", "fct_demand_channels", "fct_demand_forecasts", "fct_demand_history", "fct_demand_pipeline",
        "fct_demand_series", "fct_forecast_accuracy", "fct_forecast_alarms", "fct_forecast_churn",
        "fct_forecast_coverage", "fct_forecast_item_accuracy", "fct_forecast_overrides", "fct_forecast_series",
        "fct_forecast_value_added", "fct_forecast_weights", "fct_stock_policies", "fct_stock_policy_trade_off",
        "fct_activities", "fct_campaigns",
        "fct_chance_calibration", "fct_chance_models", "fct_chance_validation",
        "fct_alert_actions", "fct_alert_amounts", "fct_alert_causes", "fct_alert_detectors", "fct_alert_effects",
        "fct_alert_evidence", "fct_alert_hits", "fct_alert_members", "fct_alert_touches", "fct_alerts",
        "fct_prediction_calibration", "fct_prediction_models", "fct_prediction_validation",
        "fct_production_prediction_reasons", "fct_production_predictions",
        "fct_churn_calibration", "fct_churn_reasons", "fct_churn_validation", "fct_customer_stages",
        "fct_customer_value_groups", "fct_customer_value_parameters", "fct_customer_values",
        "fct_late_effects", "fct_next_product_groups", "fct_next_product_items", "fct_next_product_validation",
        "fct_next_products",
        "fct_arrival_predictions", "fct_arrival_reasons", "fct_shipment_lines", "mart_subcontract_balances",
        "fct_inspection_measurements",
        "fct_bom_components", "fct_supplier_tiers", "fct_stock_layer_uses", "fct_stock_layers",
        "fct_plan_arrivals", "fct_plan_part_risk", "fct_plan_probability", "fct_plan_risk_drivers",
        "fct_plan_demands", "fct_plan_findings", "fct_plan_firmed_orders", "fct_plan_load", "fct_plan_messages", "fct_plan_orders",
        "fct_plan_pegging", "fct_plan_shortages",
        "fct_clear_to_build", "fct_clear_to_build_lines", "fct_clear_to_build_shortages", "fct_golden_screw",
        "fct_golden_screw_orders", "fct_release_proposals",
        "fct_finite_demands", "fct_finite_load", "fct_finite_operations", "fct_finite_orders", "fct_source_splits",
        "fct_aged_stock_positions", "fct_net_realisable_uses", "fct_net_realisable_values", "fct_stock_consumption",
        "int_reconciliation_counts", "mart_forecast_alarms", "mart_reconciliation", "reconciliation_differences",
        "law_bought_items_have_suppliers", "law_delivered_within_shipped", "law_issued_within_required",
        "law_planned_items_have_policies", "law_received_within_ordered",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def project(example_build: BuildSummary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DbtProject]:
    folder = tmp_path_factory.mktemp("unit-tests")
    shutil.copyfile(example_build.file, folder / f"{CATALOGUE}.duckdb")
    project = DbtProject(
        build_file=folder / f"{CATALOGUE}.duckdb",
        target_folder=folder / "dbt",
        variables={
            "as_of": "2026-06-30",
            "adapters": ["adventureworks", "files"],
            "sources": ["example"],
            "owned_entities": {},
            "converts_currency": True,
            "converts_units": True,
            "company_currency": "CNY",
        },
        threads=2,
        memory_limit="2GB",
        temporary_folder=folder,
    )
    yield project
    project.release()


def test_all_unit_tests_pass(project: DbtProject) -> None:
    results = project.invoke("test", ("test_type:unit",))
    failed = {result.unique_id.rsplit(".", 1)[-1]: result.message for result in results if result.status != "pass"}
    assert failed == {}
    assert len(results) >= 40


def test_every_core_model_and_mart_with_logic_has_a_unit_test(project: DbtProject) -> None:
    tested = {test.model for test in project.manifest.unit_tests.values()}
    models = {
        Path(node.path).stem
        for node in project.manifest.nodes.values()
        if node.resource_type == "model" and node.path.split("/")[0] in {"core", "marts"}
    }
    assert sorted(models - tested - WITHOUT_LOGIC) == []
