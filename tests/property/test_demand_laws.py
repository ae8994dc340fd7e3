"""Laws of demand preparation: nothing lost, order of rows, no leak, scale, days add up to months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from forecasting.demand.preparation import prepared_demand
from forecasting.demand.prepared import PreparedDemand
from forecasting.demand.rows import DemandRows
from forecasting.demand.settings import DemandSettings
from tests.unit.demand_orders import shop_with_stock_outs

BEGIN, AS_OF = date(2024, 1, 3), date(2024, 9, 18)
KEYS = ["series", "bucket", "period_start"]
FRAMES = ("history", "audit", "series", "pipeline", "sell_out", "events", "channels")

days = st.integers(0, 330).map(lambda number: BEGIN + timedelta(days=number))
maybe_day = st.one_of(st.none(), days)
# Multiples of an eighth add up exactly.
quantity = st.integers(1, 400).map(lambda number: number / 8)


@st.composite
def order_line(draw: st.DrawFn) -> dict[str, Any]:
    ordered, amount = draw(days), draw(quantity)
    return {
        "item_id": draw(st.sampled_from(["A", "B"])), "location_id": draw(st.sampled_from(["D1", None])),
        "channel": draw(st.sampled_from(["shop", None])), "customer_id": draw(st.sampled_from(["K1", "OWN", None])),
        "ordered_date": ordered, "requested_date": ordered + timedelta(days=draw(st.integers(-3, 60))),
        "quantity": amount, "cancelled_quantity": draw(st.sampled_from([0.0, 0.0, amount / 2, amount])),
        "cancelled_date": draw(maybe_day), "net_value": amount, "is_internal": draw(st.booleans()) and draw(st.booleans()),
        "is_project": draw(st.booleans()),
    }  # fmt: skip


@st.composite
def returned(draw: st.DrawFn) -> dict[str, Any]:
    back = draw(days)
    sold = draw(st.one_of(st.none(), st.just(back - timedelta(days=draw(st.integers(0, 50))))))
    return {
        "item_id": draw(st.sampled_from(["A", "B"])), "location_id": "D1", "channel": "shop", "requested_date": sold,
        "ordered_date": sold, "returned_date": back, "quantity": draw(quantity),
    }  # fmt: skip


@st.composite
def companies(draw: st.DrawFn) -> DemandRows:
    lines = draw(st.lists(order_line(), min_size=1, max_size=30))
    back = draw(st.lists(returned(), max_size=6))
    empty = [
        ("A", "D1", start, start + timedelta(days=draw(st.integers(1, 60))))
        for start in draw(st.lists(days, max_size=3, unique=True))
    ]
    return DemandRows.of(
        order_lines=pl.DataFrame(lines, infer_schema_length=None),
        returns=pl.DataFrame(back, infer_schema_length=None) if back else pl.DataFrame(),
        stock_outs=pl.DataFrame(empty, schema=["item_id", "location_id", "from_date", "to_date"], orient="row")
        if empty
        else pl.DataFrame(),
        stocked_nodes=pl.DataFrame({"item_id": ["A"], "location_id": ["D1"], "stocked_from": [BEGIN]}),
    )


policies = st.builds(
    DemandSettings,
    buckets=st.sampled_from([("week", "month"), ("day",)]),
    dated_by=st.sampled_from(["requested", "ordered"]),
    returns=st.sampled_from(["ignore", "original_period", "own_period"]),
    cancellations=st.sampled_from(["keep_late", "remove"]),
    projects=st.sampled_from(["keep", "remove"]),
    internal_customers=st.sampled_from([(), ("OWN",)]),
    stock_out_response=st.sampled_from([None, {"shop": 0.25}]),
)


def same(one: PreparedDemand, other: PreparedDemand) -> None:
    for name in FRAMES:
        assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


@settings(max_examples=60, deadline=None)
@given(companies(), policies)
def test_raw_lines_and_all_changes_add_up_to_the_demand(rows: DemandRows, policy: DemandSettings) -> None:
    found = prepared_demand(rows, AS_OF, policy)
    known = rows.order_lines.filter(pl.col("ordered_date") <= AS_OF)["quantity"].sum()
    for bucket in policy.buckets:
        history, audit = (frame.filter(pl.col("bucket") == bucket) for frame in (found.history, found.audit))
        assert history["demand_quantity"].sum() == pytest.approx(known + audit["change"].sum(), abs=1e-6)
        # Each account starts where the rule before it ended, and the last ends at the demand (0 outside the history).
        steps = audit.filter(pl.col("change") != 0).with_columns(previous=pl.col("after").shift(1).over(KEYS))
        assert ((steps["after"] - steps["before"] - steps["change"]).abs() < 1e-9).all()
        assert ((steps["before"] - steps["previous"]).drop_nulls().abs() < 1e-9).all()
        last = steps.group_by(KEYS).agg(pl.col("after").last()).join(history, on=KEYS, how="left")
        assert ((last["after"] - last["demand_quantity"].fill_null(0.0)).abs() < 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(companies(), policies)
def test_history_has_every_bucket_once_and_is_never_negative_or_missing(
    rows: DemandRows, policy: DemandSettings
) -> None:
    found = prepared_demand(rows, AS_OF, policy)
    assert found.history.select(KEYS).is_duplicated().sum() == 0
    assert found.history["demand_quantity"].is_finite().all()
    assert found.history["demand_quantity"].min() is None or found.history["demand_quantity"].min() >= 0
    for bucket in policy.buckets:
        if found.history.filter(pl.col("bucket") == bucket).height:
            panel = found.panel(bucket)
            assert panel.series_count == found.series.filter(pl.col("bucket") == bucket).height


@settings(max_examples=30, deadline=None)
@given(companies(), policies, st.integers(0, 2**31))
def test_the_order_of_rows_changes_nothing(rows: DemandRows, policy: DemandSettings, seed: int) -> None:
    shuffled = DemandRows.of(
        **{name: getattr(rows, name).sample(fraction=1.0, shuffle=True, seed=seed) for name in DemandRows.__slots__}
    )
    same(prepared_demand(rows, AS_OF, policy), prepared_demand(shuffled, AS_OF, policy))


@settings(max_examples=30, deadline=None)
@given(companies(), policies)
def test_what_happens_later_changes_nothing_of_what_was_known(rows: DemandRows, policy: DemandSettings) -> None:
    lines, later = rows.order_lines, pl.col("cancelled_date") > AS_OF
    known = replace(
        rows,
        order_lines=lines.filter(pl.col("ordered_date") <= AS_OF).with_columns(
            cancelled_quantity=pl.when(later).then(0.0).otherwise("cancelled_quantity"),
            cancelled_date=pl.when(~later).then("cancelled_date"),
        ),
        returns=rows.returns.filter(pl.col("returned_date") <= AS_OF),
        stock_outs=rows.stock_outs.filter(pl.col("from_date") <= AS_OF).with_columns(
            pl.min_horizontal("to_date", pl.lit(AS_OF + timedelta(days=1)))
        ),
    )
    same(prepared_demand(rows, AS_OF, policy), prepared_demand(known, AS_OF, policy))


@settings(max_examples=30, deadline=None)
@given(companies(), policies, st.sampled_from([0.25, 2.0, 64.0]))
def test_another_unit_of_measure_scales_quantities_and_changes_no_flag(
    rows: DemandRows, policy: DemandSettings, factor: float
) -> None:
    scaled = replace(
        rows,
        order_lines=rows.order_lines.with_columns(pl.col("quantity", "cancelled_quantity") * factor),
        returns=rows.returns.with_columns(pl.col("quantity") * factor),
    )
    one, other = (prepared_demand(each, AS_OF, policy).history for each in (rows, scaled))
    moved = [name for name in one.columns if name.endswith("_quantity")]
    assert_frame_equal(one.with_columns(pl.col(moved) * factor), other, rel_tol=1e-12)


def test_the_days_of_a_month_add_up_to_it_with_what_was_lost() -> None:
    rows, _ = shop_with_stock_outs(response=0.4, items=8, days=200)
    history = prepared_demand(rows, date(2024, 6, 30), DemandSettings(buckets=("day", "week", "month"))).history
    sums = [
        history.filter(pl.col("bucket") == bucket)
        .group_by("series", period_start=pl.col("period_start").dt.truncate("1mo"))
        .agg(pl.col("sales_quantity", "demand_quantity", "lost_quantity").sum())
        .sort("series", "period_start")
        for bucket in ("day", "month")
    ]
    assert sums[1]["lost_quantity"].sum() > 0
    assert_frame_equal(sums[0], sums[1])
