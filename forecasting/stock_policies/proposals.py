"""The stock each item at a place needs for its service target, what it has today, and what every other target costs.

Demand over lead time and review comes from the forecast's distribution, lead times as they were observed; the level
is found by simulation on both (`forecasting.service_levels`). Items whose lead time and review reach beyond the
forecast are judged at its end, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.demand_distribution import DemandDistribution
from forecasting.panel import Floats, Integers
from forecasting.service_levels import TARGETS, LeadTimes, Measure, StockPolicy, service_of, stock_for_target
from forecasting.stock_policies.requests import KEY, checked_requests

# Above this ratio of variance to mean a Poisson safety stock would promise too much.
POISSON_LIMIT = 1.5

PROPOSAL_COLUMNS = {
    **dict.fromkeys(KEY, pl.String), "target_rate": pl.Float64, "measure": pl.String,
    "review_periods": pl.Int64, "lead_time_periods": pl.Float64, "lead_time_deviation": pl.Float64,
    "protected_demand": pl.Float64, "safety_stock_quantity": pl.Float64, "order_up_to_quantity": pl.Float64,
    "fill_rate": pl.Float64, "cycle_service": pl.Float64, "expected_stock_quantity": pl.Float64,
    "expected_stock_value": pl.Float64,
    "present_safety_stock_quantity": pl.Float64, "present_fill_rate": pl.Float64, "present_cycle_service": pl.Float64,
    "present_stock_quantity": pl.Float64, "present_stock_value": pl.Float64,
    "is_cut_at_horizon": pl.Boolean, "is_overdispersed": pl.Boolean,
}  # fmt: skip
TRADE_OFF_COLUMNS = {
    **dict.fromkeys(KEY, pl.String), "target_fill_rate": pl.Float64, "safety_stock_quantity": pl.Float64,
    "order_up_to_quantity": pl.Float64, "fill_rate": pl.Float64, "cycle_service": pl.Float64,
    "expected_stock_quantity": pl.Float64, "expected_stock_value": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposedPolicies:
    """`policies`: PROPOSAL_COLUMNS, one row per item and place. `trade_off`: TRADE_OFF_COLUMNS, one per target, too.

    Quantities in base units, times in periods of the forecast, money in company currency. `safety_stock_quantity` is
    the order-up-to level less the demand that is expected until the next order arrives, never below 0.
    """

    policies: pl.DataFrame
    trade_off: pl.DataFrame


def proposed_policies(
    demand: DemandDistribution, keys: pl.DataFrame, requests: pl.DataFrame, lead_times: pl.DataFrame, period_days: float
) -> ProposedPolicies:
    """Policies for the requests whose item and place are forecast; `keys` (KEY) names the rows of `demand`.

    `period_days`: days of one period of the forecast. Raises ForecastError as `checked_requests` does.
    """
    asked, taken = checked_requests(requests, lead_times)
    rows = keys.select(KEY).with_row_index("row")
    is_long = asked["review_periods"] > demand.longest
    asked = asked.with_columns(pl.col("review_periods").clip(upper_bound=demand.longest), is_long=is_long)
    asked = asked.join(rows, on=KEY, how="inner", maintain_order="left")
    if asked.is_empty():
        return ProposedPolicies(pl.DataFrame(schema=PROPOSAL_COLUMNS), pl.DataFrame(schema=TRADE_OFF_COLUMNS))
    shares, is_cut = _lead_time_shares(asked, taken, demand.longest, period_days)
    placed = asked.with_row_index("position")
    groups = placed.partition_by("review_periods", "measure", maintain_order=True)
    parts = [_proposed(demand, shares, group) for group in groups]
    policies = (
        pl.concat(parts)
        .with_columns(
            is_cut_at_horizon=pl.col("is_long")
            | pl.Series(is_cut).gather(pl.concat([group["position"] for group in groups]))
        )
        .select(_column(name, kind) for name, kind in PROPOSAL_COLUMNS.items())
        .sort(KEY)
    )
    curves = [
        _curve(demand, shares, group, target)
        for group in placed.partition_by("review_periods", maintain_order=True)
        for target in TARGETS
    ]
    trade_off = pl.concat(curves).select(_column(name, kind) for name, kind in TRADE_OFF_COLUMNS.items())
    return ProposedPolicies(policies, trade_off.sort(*KEY, "target_fill_rate"))


def _lead_time_shares(
    asked: pl.DataFrame, taken: pl.DataFrame, longest: int, period_days: float
) -> tuple[Floats, np.ndarray]:
    """(requests, periods + 1) how often a lead time takes 0, 1, … periods; and where one was cut to fit the forecast.

    A lead time between two whole periods is shared between them, so that its mean stays what it is.
    """
    placed = asked.select([*KEY, "review_periods"]).with_row_index("request").join(taken, on=KEY, maintain_order="left")
    most = longest - placed["review_periods"].to_numpy()
    wanted = placed["days"].to_numpy() / period_days
    periods = np.clip(wanted, 0, np.maximum(most, 0))
    below = np.floor(periods + 1e-9).astype(np.int64)
    above = np.clip(periods - below, 0, 1)
    request, share = placed["request"].cast(pl.Int64).to_numpy(), placed["share"].to_numpy()
    found = np.zeros((asked.height, int(below.max()) + 2))
    np.add.at(found, (request, below), share * (1 - above))
    np.add.at(found, (request, below + 1), share * above)
    is_cut = np.zeros(asked.height, np.bool_)
    is_cut[request[wanted > periods + 1e-9]] = True
    used = int(np.flatnonzero(found.any(axis=0)).max()) + 1
    return found[:, :used], is_cut


def _of_group(demand: DemandDistribution, shares: Floats, group: pl.DataFrame) -> tuple[DemandDistribution, LeadTimes]:
    """Demand and lead times of some requests, no longer than the longest lead time among them."""
    row, position = _numbers(group, "row"), _numbers(group, "position")
    share = shares[position]
    used = int(np.flatnonzero(share.any(axis=0)).max()) + 1
    return DemandDistribution(demand.sums[row]), LeadTimes(share[:, :used] / share[:, :used].sum(axis=1, keepdims=True))


def _proposed(demand: DemandDistribution, shares: Floats, group: pl.DataFrame) -> pl.DataFrame:
    """Proposal and present policy of requests with one review and measure."""
    ahead, leads = _of_group(demand, shares, group)
    review, measure = int(group["review_periods"][0]), group["measure"][0]
    found = _lowest(ahead, leads, group, group["target_rate"].to_numpy(), measure)
    kept_today = group["present_safety_stock"].fill_null(0).to_numpy()
    present = service_of(ahead, leads, review, found.protected_demand + kept_today)
    length = np.arange(leads.share.shape[1])
    mean = leads.share @ length
    over = ahead.over(review)
    return group.with_columns(
        lead_time_periods=mean,
        lead_time_deviation=np.sqrt(np.maximum(leads.share @ length**2 - mean**2, 0.0)),
        protected_demand=found.protected_demand,
        safety_stock_quantity=found.safety_stock,
        order_up_to_quantity=found.order_up_to,
        fill_rate=found.fill_rate,
        cycle_service=found.cycle_service,
        expected_stock_quantity=found.expected_stock,
        expected_stock_value=pl.Series(found.expected_stock) * pl.col("unit_value"),
        present_safety_stock_quantity=pl.col("present_safety_stock"),
        present_fill_rate=present.fill_rate,
        present_cycle_service=present.cycle_service,
        present_stock_quantity=present.expected_stock,
        present_stock_value=pl.Series(present.expected_stock) * pl.col("unit_value"),
        is_overdispersed=over.var(axis=1) > POISSON_LIMIT * over.mean(axis=1),
    ).with_columns(pl.col("fill_rate", "cycle_service", "present_fill_rate", "present_cycle_service").fill_nan(None))


def _curve(demand: DemandDistribution, shares: Floats, group: pl.DataFrame, target: float) -> pl.DataFrame:
    """What one fill rate takes, for requests with one review."""
    ahead, leads = _of_group(demand, shares, group)
    found = _lowest(ahead, leads, group, target, "fill_rate")
    return group.with_columns(
        target_fill_rate=pl.lit(target),
        safety_stock_quantity=found.safety_stock,
        order_up_to_quantity=found.order_up_to,
        fill_rate=found.fill_rate,
        cycle_service=found.cycle_service,
        expected_stock_quantity=found.expected_stock,
        expected_stock_value=pl.Series(found.expected_stock) * pl.col("unit_value"),
    ).with_columns(pl.col("fill_rate", "cycle_service").fill_nan(None))


def _lowest(
    ahead: DemandDistribution, leads: LeadTimes, group: pl.DataFrame, target: float | Floats, measure: Measure
) -> StockPolicy:
    """The least stock that reaches the target with a safety stock of 0 or more: a plan orders what it expects."""
    review = int(group["review_periods"][0])
    found = stock_for_target(ahead, leads, review, target, measure, group["unit"].to_numpy())
    level: Floats = found.order_up_to - np.minimum(found.safety_stock, 0.0)
    return service_of(ahead, leads, review, level)


def _column(name: str, kind: type[pl.DataType]) -> pl.Expr:
    """A column of the answer; what lies below a millionth of a unit comes of adding up and is no figure."""
    column = pl.col(name).cast(kind)
    return column.round(6) if kind == pl.Float64 else column


def _numbers(frame: pl.DataFrame, column: str) -> Integers:
    return frame[column].cast(pl.Int64).to_numpy()
