"""What must hold of every figure, whatever the rows: roll-up, partition, documents."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.metrics_scratch import AS_OF, catalogue, scratch_warehouse
from tower.metrics import Filter, Period, Reading, document_rows, explain_difference, query
from tower.warehouse import Warehouse

ITEMS = [
    {"item_id": f"i{number}", "category_name": category, "product_family": family}
    for number, (category, family) in enumerate(
        [("Bikes", "Ride"), ("Bikes", None), ("Helmets", "Ride"), (None, "Wear")]
    )
]
ITEM_IDS = [*(item["item_id"] for item in ITEMS), "unknown", None]
CHANNELS = ["direct", "web_shop", None]
DAYS = st.integers(-500, 0).map(lambda days: AS_OF + timedelta(days=days))
MONEY = st.integers(-1_000_00, 1_000_000_00).map(lambda cents: cents / 100)
FLAG = st.sampled_from([0, 1, None])
RATIOS = [
    "gross_margin_rate",
    "return_rate",
    "on_time_in_full_shipped_requested_rate",
    "inventory_days",
    "average_stock_value",
]
ADDITIVE = ["revenue", "cost_of_goods_sold", "gross_margin_value", "returned_quantity", "order_intake_value"]

LAWS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def companies(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows of four facts that share items and channels, with gaps in every column that may have them."""
    amount = st.integers(0, 25)
    deliveries = []
    for number in range(draw(amount)):
        net, cost = draw(MONEY), draw(st.one_of(st.none(), MONEY))
        deliveries.append(
            {
                "delivery_line_id": str(number), "item_id": draw(st.sampled_from(ITEM_IDS)), "channel": draw(st.sampled_from(CHANNELS)),
                "shipped_date": draw(st.one_of(st.none(), DAYS)), "net_value": net, "cost_value": cost,
                "margin_value": None if cost is None else round(net - cost, 2), "shipped_quantity": draw(st.integers(0, 50)),
            }
        )  # fmt: skip
    returns = [
        {
            "return_line_id": str(number),
            "item_id": draw(st.sampled_from(ITEM_IDS)),
            "returned_date": draw(DAYS),
            "returned_quantity": draw(st.integers(1, 9)),
        }
        for number in range(draw(amount))
    ]
    orders = [
        {
            "sales_order_line_id": str(number), "sales_order_id": str(number // 2), "item_id": draw(st.sampled_from(ITEM_IDS)),
            "channel": draw(st.sampled_from(CHANNELS)), "ordered_date": draw(DAYS), "requested_date": draw(DAYS), "is_cancelled": draw(st.sampled_from([0, 1])),
            "net_value": draw(MONEY), "is_on_time_in_full_shipped_requested": draw(FLAG),
        }
        for number in range(draw(amount))
    ]  # fmt: skip
    stock = []
    for item in ITEM_IDS[:3]:
        changes = sorted(set(draw(st.lists(DAYS, max_size=5))))
        for start, end in zip(changes, [*changes, date(9999, 12, 31)][1:], strict=True):
            stock.append(
                {
                    "item_id": item,
                    "location_id": "w",
                    "valid_from_date": start,
                    "valid_to_date": end,
                    "quantity": 1,
                    "basis": "movements",
                    "value": draw(st.integers(0, 900)),
                }
            )
    return {
        "dim_items": ITEMS, "fct_delivery_lines": deliveries, "fct_customer_returns": returns,
        "fct_sales_order_lines": orders, "fct_stock_intervals": stock,
    }  # fmt: skip


def built(company: dict[str, list[dict[str, Any]]], folder: str) -> Warehouse:
    return scratch_warehouse(Path(folder) / "b.duckdb", company)


def total_of(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].sum() or 0)


@given(
    company=companies(),
    by=st.lists(
        st.sampled_from(["item", "item_category", "product_family", "day", "week", "month", "quarter", "year"]),
        min_size=1,
        max_size=3,
        unique=True,
    ),
)
@LAWS
def test_numerators_and_denominators_of_any_grain_sum_to_the_total_and_the_total_is_their_ratio(
    company: Any, by: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = built(company, folder)
        total = query(warehouse, catalogue(), [*ADDITIVE, *RATIOS], with_parts=True).row(0, named=True)
        groups = query(warehouse, catalogue(), [*ADDITIVE, *RATIOS], by=by, with_parts=True)
        for metric in ADDITIVE:
            assert total_of(groups, metric) == pytest.approx(total[metric] or 0), metric
        for metric in RATIOS:
            above, below = f"{metric}__numerator", f"{metric}__denominator"
            assert total_of(groups, above) == pytest.approx(total[above] or 0), metric
            # The days of a period are the same for every item, so they add up over time only.
            if metric != "average_stock_value":
                assert total_of(groups, below) == pytest.approx(total[below] or 0), metric
            expected = None if total[above] is None or not total[below] else total[above] / total[below]
            assert total[metric] == (None if expected is None else pytest.approx(expected)), metric
        assert groups.select(by).is_duplicated().sum() == 0
        warehouse.close()


@given(
    company=companies(),
    dimension=st.sampled_from(["item", "item_category", "product_family"]),
    value=st.sampled_from(["i0", "Bikes", "Ride", "nothing"]),
)
@LAWS
def test_a_filter_and_its_opposite_part_the_rows_in_two(company: Any, dimension: str, value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = built(company, folder)
        halves = [
            query(warehouse, catalogue(), ADDITIVE, where=[Filter(dimension, operator, (value,))]).row(0, named=True)
            for operator in ("=", "!=")
        ]
        whole = query(warehouse, catalogue(), ADDITIVE).row(0, named=True)
        for metric in ADDITIVE:
            assert sum(half[metric] or 0 for half in halves) == pytest.approx(whole[metric] or 0), metric
        warehouse.close()


@given(company=companies(), cut=DAYS)
@LAWS
def test_two_periods_that_meet_make_the_whole(company: Any, cut: date) -> None:
    first, last = AS_OF - timedelta(days=500), AS_OF
    periods = [Period(first, last)] if cut == last else [Period(first, cut), Period(cut + timedelta(days=1), last)]
    with tempfile.TemporaryDirectory() as folder:
        warehouse = built(company, folder)
        names = [*ADDITIVE, "average_stock_value"]
        parts = [
            query(warehouse, catalogue(), names, period=period, with_parts=True).row(0, named=True)
            for period in periods
        ]
        whole = query(warehouse, catalogue(), names, with_parts=True).row(0, named=True)
        for name in [*ADDITIVE, "average_stock_value__numerator", "average_stock_value__denominator"]:
            assert sum(part[name] or 0 for part in parts) == pytest.approx(whole[name] or 0), name
        warehouse.close()


@given(company=companies(), metric=st.sampled_from([*ADDITIVE, *RATIOS]), value=st.sampled_from(["Bikes", "Helmets"]))
@LAWS
def test_the_documents_of_a_group_sum_to_its_figure(company: Any, metric: str, value: str) -> None:
    where = [Filter("item_category", "=", (value,))]
    with tempfile.TemporaryDirectory() as folder:
        warehouse = built(company, folder)
        figure = query(warehouse, catalogue(), [metric], where=where, with_parts=True).row(0, named=True)
        rows = document_rows(warehouse, catalogue(), metric, where)
        assert total_of(rows, "numerator") == pytest.approx(figure.get(f"{metric}__numerator", figure[metric]) or 0)
        warehouse.close()


@given(
    company=companies(),
    first=st.sampled_from([*ADDITIVE, *RATIOS]),
    second=st.sampled_from([*ADDITIVE, *RATIOS]),
    cut=DAYS,
)
@LAWS
def test_what_explains_the_step_between_two_figures_adds_up_to_it(
    company: Any, first: str, second: str, cut: date
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = built(company, folder)
        early, late = Period(AS_OF - timedelta(days=500), cut), Period(cut, AS_OF)
        found = explain_difference(
            Reading(warehouse, catalogue(), first, (), early), Reading(warehouse, catalogue(), second, (), late)
        )
        values = [
            query(warehouse, catalogue(), [name], period=period).item()
            for name, period in ((first, early), (second, late))
        ]
        if found is None:
            assert None in values
        else:
            assert (found.before, found.after) == pytest.approx(values)
            shares = float(found.rows["share"].sum()) if found.rows.height else 0.0
            assert shares + found.remainder == pytest.approx(values[1] - values[0])
            # Only the number of days, over which stock is averaged, belongs to no document.
            if "average_stock_value" not in (first, second):
                assert found.remainder == pytest.approx(0, abs=1e-6 * max(1.0, *map(abs, values)))
        warehouse.close()


@given(company=companies())
@LAWS
def test_stock_averaged_from_intervals_is_the_mean_of_its_days(company: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = built(company, folder)
        average = query(warehouse, catalogue(), ["average_stock_value"]).item()
        closing = query(warehouse, catalogue(), ["stock_value"], by=["day"])
        rows = company["fct_stock_intervals"]
        if not rows:
            assert average is None
            return
        first = min(row["valid_from_date"] for row in rows)
        days = [first + timedelta(days=number) for number in range((AS_OF - first).days + 1)]
        by_day = {
            day: sum(row["value"] for row in rows if row["valid_from_date"] <= day < row["valid_to_date"])
            for day in days
        }
        assert average == pytest.approx(sum(by_day.values()) / len(days))
        assert dict(closing.rows()) == pytest.approx(by_day)
        warehouse.close()
