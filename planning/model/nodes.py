"""Policies as the engine's nodes: every parameter in its unit, and what a policy leaves open filled by stated rules.

Items counted in pieces are ordered in whole pieces where no multiple says otherwise. Phantoms are never ordered. At a
subcontractor, parts that a bill needs there are brought lot for lot, whether or not a policy says so.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.model.calendars import WorkingCalendars
from planning.model.forecast import whole_items
from planning.model.network import Network
from planning.model.rows import KEY, PlanningRows
from planning.mrp import Nodes
from planning.mrp.codes import NONE, UNIT, Floats, Integers, LotRule, Strategy

PERIOD_DAYS = 7
DAYS_A_YEAR = 365.0


def node_arrays(
    rows: PlanningRows, found: Network, nodes: pl.DataFrame, calendars: WorkingCalendars, window_days: int
) -> tuple[Nodes, pl.DataFrame]:
    """The nodes of the engine, and the frame of their names with item words, unit value, planner and lot rule.

    `window_days`: how far orders use up forecast before and after their own bucket where the policy does not say.
    """
    frame = _described(rows, found, nodes, window_days)
    places = {row[0]: calendars.code(row[1]) for row in _place_calendars(rows.locations).iter_rows()}
    items = {item: code for code, item in enumerate(frame["item_id"].unique().sort())}
    sites = {place: code for code, place in enumerate(frame["location_id"].unique().sort())}
    whole = frame["item_id"].is_in(list(whole_items(rows.items))).to_numpy()
    multiple = _millionths(frame, "lot_multiple")
    unit_value = frame["unit_value"].fill_null(0.0).to_numpy()
    holding_rate = frame["holding_rate"].fill_null(0.0).to_numpy()

    def days(column: str, otherwise: int) -> Integers:
        return frame[column].ceil().cast(pl.Int64).fill_null(otherwise).to_numpy()

    def coded(column: str, codes: dict[str, int]) -> Integers:
        return frame[column].replace_strict(codes, default=NONE, return_dtype=pl.Int64).to_numpy()

    arrays = Nodes.of(
        frame.height,
        item=coded("item_id", items),
        site=coded("location_id", sites),
        calendar=coded("location_id", places),
        has_policy=frame["is_planned"].to_numpy(),
        is_phantom=frame["is_phantom"].to_numpy(),
        strategy=coded("strategy", {one.name.lower(): int(one) for one in Strategy}),
        lot_rule=coded("lot_rule", {one.name.lower(): int(one) for one in LotRule}),
        fixed_lot=_millionths(frame, "fixed_lot_quantity"),
        min_lot=_millionths(frame, "min_lot_quantity"),
        max_lot=_millionths(frame, "max_lot_quantity"),
        lot_multiple=np.where((multiple == 0) & whole, UNIT, multiple),
        periods_of_supply=frame["periods_of_supply"].cast(pl.Int64).fill_null(0).to_numpy(),
        period_days=PERIOD_DAYS,
        ordering_cost=frame["ordering_cost"].fill_null(0.0).to_numpy(),
        holding_cost=holding_rate * unit_value * PERIOD_DAYS / DAYS_A_YEAR,
        safety_stock=_millionths(frame, "safety_stock_quantity"),
        days_of_cover=days("days_of_cover", 0),
        safety_time_days=days("safety_time_days", 0),
        reorder_point=_millionths(frame, "reorder_point_quantity", NONE),
        max_stock=_millionths(frame, "max_stock_quantity"),
        yield_rate=_rate(frame, "yield_rate"),
        receiving_days=days("receiving_days", 0),
        planning_fence_days=days("planning_fence_days", NONE),
        frozen_fence_days=days("frozen_fence_days", NONE),
        demand_time_fence_days=days("demand_time_fence_days", NONE),
        forecast_backward_days=days("forecast_backward_days", 0),
        forecast_forward_days=days("forecast_forward_days", 0),
        unit_value=unit_value,
    )
    return arrays, frame


def _described(rows: PlanningRows, found: Network, nodes: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Nodes with their policy's columns; the defaults of those without one."""
    phantom = (
        found.sources.join(rows.boms.select("bom_id", "bom_type"), on="bom_id", how="left")
        .group_by(KEY)
        .agg(is_phantom=(pl.col("bom_type") == "phantom").fill_null(value=False).all())
    )
    outside = rows.locations.filter(pl.col("location_type") == "subcontractor")["location_id"].implode()
    brought = found.lines.select(KEY).unique().with_columns(is_taken=pl.lit(value=True))
    general = rows.costs.filter(pl.col("location_id").is_null()).select("item_id", general_cost="standard_cost")
    own = rows.costs.filter(pl.col("location_id").is_not_null()).select(*KEY, own_cost="standard_cost")
    stated_windows = pl.col("forecast_backward_days").is_not_null() | pl.col("forecast_forward_days").is_not_null()
    return (
        nodes.join(rows.policies, on=KEY, how="left", maintain_order="left")
        .join(phantom, on=KEY, how="left", maintain_order="left")
        .join(brought, on=KEY, how="left", maintain_order="left")
        .join(rows.items, on="item_id", how="left", maintain_order="left")
        .join(general, on="item_id", how="left", maintain_order="left")
        .join(own, on=KEY, how="left", maintain_order="left")
        .with_columns(
            pl.col("is_phantom").fill_null(value=False),
            pl.col("strategy").fill_null("make_to_stock"),
            pl.col("lot_rule").fill_null("lot_for_lot"),
            unit_value=pl.coalesce("own_cost", "general_cost"),
            **{
                name: pl.when(stated_windows).then(pl.col(name)).otherwise(float(window_days))
                for name in ("forecast_backward_days", "forecast_forward_days")
            },
        )
        .with_columns(
            is_planned=pl.col("has_policy")
            | pl.col("is_phantom")
            | (pl.col("location_id").is_in(outside) & pl.col("is_taken").fill_null(value=False))
        )
    )


def _place_calendars(locations: pl.DataFrame) -> pl.DataFrame:
    """The calendar of each place: its own, else that of the place it is part of."""
    above = locations.select(parent_location_id="location_id", parent_calendar="calendar_id")
    return locations.join(above, on="parent_location_id", how="left").select(
        "location_id", pl.coalesce("calendar_id", "parent_calendar")
    )


def _millionths(frame: pl.DataFrame, column: str, otherwise: int = 0) -> Integers:
    return (frame[column] * UNIT).round(0).cast(pl.Int64).fill_null(otherwise).to_numpy()


def _rate(frame: pl.DataFrame, column: str) -> Floats:
    return frame[column].fill_null(1.0).to_numpy().astype(np.float64)
