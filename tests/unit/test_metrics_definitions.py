"""The definitions as dbt accepts them: complete, answerable, and carried by a build unchanged."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path

import pytest

from pipelines.contract import load_contract
from tests.metrics_scratch import catalogue, parsed_project, scratch_warehouse
from tower.errors import MetricError
from tower.metrics import GRAINS, Period, catalogue_from_manifest, catalogue_from_rows, catalogue_rows, query
from tower.metrics.document import DOCUMENT, document

NAMES = [
    "order_intake_value",
    "order_intake_quantity",
    "order_count",
    "average_order_value",
    "revenue",
    "cost_of_goods_sold",
    "gross_margin_value",
    "gross_margin_rate",
    "order_book_value",
    "backlog_value",
    "backlog_line_count",
    "on_time_in_full_rate",
    "on_time_in_full_received_first_promised_rate",
    "on_time_in_full_received_promised_rate",
    "on_time_in_full_shipped_requested_rate",
    "on_time_in_full_shipped_first_promised_rate",
    "on_time_in_full_shipped_promised_rate",
    "on_time_shipment_rate",
    "line_fill_rate",
    "unit_fill_rate",
    "average_days_late",
    "order_fulfilment_cycle_days",
    "shipping_cycle_days",
    "return_rate",
    "schedule_adherence_rate",
    "production_yield_rate",
    "scrap_rate",
    "completed_quantity",
    "operation_on_time_rate",
    "operation_start_delay_days",
    "manufacturing_lead_time_days",
    "labour_efficiency_rate",
    "purchase_value",
    "supplier_on_time_rate",
    "supplier_lead_time_days",
    "supplier_lead_time_days_p90",
    "incoming_defect_ppm",
    "purchase_price_variance_value",
    "purchase_price_variance_rate",
    "purchase_confirmation_rate",
    "purchase_past_due_value",
    "stock_value",
    "stock_quantity",
    "average_stock_value",
    "inventory_turns",
    "inventory_days",
    "aged_stock_value",
    "aged_stock_share",
    "weighted_stock_age_days",
    "inspection_acceptance_rate",
    "receivables_value",
    "overdue_receivables_rate",
    "payables_value",
    "win_rate",
    "win_rate_value",
    "open_pipeline_value",
    "weighted_pipeline_value",
    "average_sales_cycle_days",
]


def test_every_metric_that_pages_name_is_published() -> None:
    assert sorted(set(NAMES) - set(catalogue().metrics)) == []


def test_every_published_metric_is_written_in_both_languages() -> None:
    unwritten = [
        metric.name
        for metric in catalogue().metrics.values()
        if not all(
            (metric.label, metric.label_zh, metric.definition, metric.definition_zh, metric.formula, metric.formula_zh)
        )
        or metric.label == metric.label_zh
    ]
    assert unwritten == []


def test_every_dimension_has_a_label_in_both_languages() -> None:
    assert [one.name for one in catalogue().dimensions.values() if not one.label_zh or one.label == one.label_zh] == []


def test_what_a_metric_needs_is_a_table_or_column_of_the_contract() -> None:
    contract = {name: {column.name for column in table.columns} for name, table in load_contract().items()}
    unknown = {
        (metric.name, needed)
        for metric in catalogue().metrics.values()
        for need in (*metric.requires, *metric.requires_complete)
        for needed in need.split(" or ")
        for table, _, column in [needed.partition(".")]
        if table not in contract or (column and column not in contract[table])
    }
    assert unknown == set()


def test_a_definition_family_starts_with_its_default() -> None:
    family = [metric.name for metric in catalogue().variants("on_time_in_full_shipped_promised_rate")]
    assert family[0] == "on_time_in_full_rate"
    assert len(family) == 6


def test_the_catalogue_comes_back_from_its_rows_unchanged() -> None:
    assert catalogue_from_rows(catalogue_rows(catalogue())) == catalogue()


def test_no_relation_names_the_database_file_it_was_parsed_with() -> None:
    assert {model.relation.count(".") for model in catalogue().models.values()} == {1}


def test_every_metric_answers_at_every_grain_and_dimension_that_it_says_it_can(tmp_path: Path) -> None:
    warehouse = scratch_warehouse(tmp_path / "empty.duckdb", {})
    for metric in catalogue().metrics.values():
        dimensions = [dimension.name for dimension in catalogue().dimensions_of(metric.name)]
        by = [*dimensions, *catalogue().grains(metric.name)]
        frame = query(warehouse, catalogue(), [metric.name], by=by, with_parts=True)
        assert frame.height == 0
        assert frame.columns[: len(by) + 1] == [*by, metric.name]


def test_all_metrics_answer_together_and_an_empty_build_has_no_figure_but_counts_of_nothing(tmp_path: Path) -> None:
    warehouse = scratch_warehouse(tmp_path / "empty.duckdb", {})
    frame = query(warehouse, catalogue(), list(catalogue().metrics), period=Period(date(2026, 1, 1), date(2026, 6, 30)))
    assert frame.height == 1
    stated = {name: value for name, value in frame.row(0, named=True).items() if value is not None}
    counts = ("order_count", "service_case_count", "csat_response_count", "nps_response_count")
    assert stated == dict.fromkeys(counts, 0)


def test_the_written_page_is_what_the_definitions_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(catalogue()), "run `python -m tower.metrics.document`"


def test_time_grains_are_offered_for_flows_and_stock_but_not_for_what_is_known_today_only() -> None:
    assert catalogue().grains("revenue") == GRAINS
    assert catalogue().grains("stock_value") == GRAINS
    assert catalogue().grains("order_book_value") == ()


def test_a_metric_says_by_which_date_it_counts() -> None:
    bases = {name: catalogue().time_basis(name) for name in ("revenue", "on_time_in_full_rate", "order_book_value")}
    assert {name: basis and basis.name for name, basis in bases.items()} == {
        "revenue": "shipped_date", "on_time_in_full_rate": "requested_date", "order_book_value": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda measure: measure.update(agg="average"), "an average is written as a ratio"),
        (lambda measure: measure["config"]["meta"].update(unit="apples"), "has the unit 'apples'"),
        (lambda measure: measure["config"]["meta"].pop("formula_zh"), "lacks formula_zh"),
        (lambda measure: measure["config"]["meta"].update(timing="sometimes"), "has the timing 'sometimes'"),
        (lambda measure: measure["config"]["meta"].update(timing="interval_days"), "is of intervals"),
        (lambda measure: measure["config"]["meta"].update(known_with="nothing"), "'nothing', which does not exist"),
    ],
)
def test_a_definition_that_cannot_be_compiled_is_refused_by_name(change, sentence) -> None:  # type: ignore[no-untyped-def]
    manifest = copy.deepcopy(parsed_project()[0])
    model = next(model for model in manifest["semantic_models"] if model["name"] == "delivery_lines")
    change(next(measure for measure in model["measures"] if measure["name"] == "revenue"))
    with pytest.raises(MetricError, match=sentence):
        catalogue_from_manifest(manifest)


def test_a_filter_hidden_in_a_definition_is_refused() -> None:
    manifest = copy.deepcopy(parsed_project()[0])
    next(metric for metric in manifest["metrics"] if metric["name"] == "revenue")["filter"] = {"where_filters": []}
    with pytest.raises(MetricError, match="'revenue' has a filter"):
        catalogue_from_manifest(manifest)
