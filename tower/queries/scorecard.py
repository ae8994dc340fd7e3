"""The figures of the scorecard: which metrics, their value now and before, their months, their standing to target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import polars as pl

from tower.access import RowScope
from tower.metrics import Catalogue, Filter, Period, query

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# The groups of the scorecard and their metrics, in reading order.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "customer": (
        "on_time_in_full_rate",
        "line_fill_rate",
        "order_fulfilment_cycle_days",
        "backlog_value",
        "on_time_shipment_rate",
        "csat_rate",
        "net_promoter_score",
        "pipeline_coverage",
    ),
    "money": (
        "revenue",
        "gross_margin_rate",
        "order_book_value",
        "overdue_receivables_rate",
        "days_sales_outstanding_countback",
        "cash_to_cash_cycle_days",
        "win_rate",
        "customer_lifetime_value",
    ),
    "production": (
        "schedule_adherence_rate",
        "oee_rate",
        "production_yield_rate",
        "manufacturing_lead_time_days",
    ),
    "supply": (
        "supplier_on_time_rate",
        "supplier_lead_time_days",
        "incoming_defect_ppm",
        "purchase_price_variance_rate",
    ),
    "inventory": ("stock_value", "inventory_turns", "aged_stock_share", "weighted_stock_age_days"),
}
SCORECARD_METRICS = tuple(metric for metrics in GROUPS.values() for metric in metrics)

CardState = Literal["shown", "not_connected", "not_filterable", "not_in_scope"]
Standing = Literal["on_target", "warning", "off_target"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a metric should reach; between target and warning it needs watching."""

    target: float
    warning: float


@dataclass(frozen=True, slots=True)
class Card:
    """One metric as it stands. `before` is the value of the equally long period before, `months` of each month.

    `missing` lists what the sources lack, `blocked` the filtered dimensions that the metric's documents do not carry.
    """

    metric: str
    state: CardState
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    before: float | None = None
    months: tuple[tuple[date, float | None], ...] = ()
    target: Target | None = None
    standing: Standing | None = None
    missing: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


def answerable(
    catalogue: Catalogue,
    names: Sequence[str],
    missing: Mapping[str, tuple[str, ...]],
    where: Sequence[Filter],
    scope: RowScope,
) -> tuple[list[str], dict[str, Card]]:
    """Part the metrics into those that can be asked and the cards of those that cannot, with the reason."""
    asked, refused = [], {}
    for name in names:
        possible = {dimension.name for dimension in catalogue.dimensions_of(name)}
        blocked = tuple(condition.dimension for condition in where if condition.dimension not in possible)
        if missing[name]:
            refused[name] = Card(name, "not_connected", missing=missing[name])
        elif is_torn_by(scope, catalogue, name):
            refused[name] = Card(name, "not_in_scope")
        elif blocked:
            refused[name] = Card(name, "not_filterable", blocked=blocked)
        else:
            asked.append(name)
    return asked, refused


def is_torn_by(scope: RowScope, catalogue: Catalogue, name: str) -> bool:
    """Whether the scope narrows only one side of a ratio, such as the cost of own customers over everybody's stock."""
    sides = [
        {dimension.name for dimension in catalogue.dimensions_of(leaf.name)}
        for leaf in catalogue.leaves(name)
        if catalogue.measure_of(leaf)[1].timing != "calendar_days"
    ]
    return any(len({axis in reached for reached in sides}) > 1 for axis in scope.axes)


def values(
    warehouse: Warehouse, catalogue: Catalogue, names: tuple[str, ...], where: tuple[Filter, ...], period: Period
) -> dict[str, tuple[float | None, float | None, float | None]]:
    """Each metric's value, numerator and denominator over the period, which what is known only as of today ignores."""
    found: dict[str, tuple[float | None, float | None, float | None]] = {}
    for asked, days in _by_timing(catalogue, names, period):
        row = query(warehouse, catalogue, asked, where=where, period=days, with_parts=True).row(0, named=True)
        for name in asked:
            found[name] = (row[name], row.get(f"{name}__numerator"), row.get(f"{name}__denominator"))
    return found


def by_time(
    warehouse: Warehouse,
    catalogue: Catalogue,
    names: tuple[str, ...],
    where: tuple[Filter, ...],
    period: Period,
    grain: str,
) -> pl.DataFrame:
    """Each metric by week, month or quarter: `period` (the first day of each), then one column per metric.

    Metrics that are known only as of today are left out.
    """
    asked = [name for name in names if catalogue.grains(name)]
    if not asked:
        return pl.DataFrame(schema={"period": pl.Date})
    frame = query(warehouse, catalogue, asked, by=[grain], where=where, period=period)
    return (
        frame.rename({grain: "period"}).with_columns(pl.col("period").cast(pl.Date)).drop_nulls("period").sort("period")
    )


def targets(warehouse: Warehouse) -> pl.DataFrame:
    """The targets that hold on the as-of date: metric, target, warning."""
    return warehouse.frame(
        """
        with ranked as (
            select
                metric, target, warning,
                row_number() over (partition by metric order by valid_from desc) as position
            from reference.kpi_targets
            where valid_from <= $as_of
        )
        select metric, target, warning from ranked where position = 1
        """,
        {"as_of": warehouse.as_of},
    )


def standing(direction: str, value: float | None, target: Target | None) -> Standing | None:
    """How a value stands to its target, in the direction in which the metric is good."""
    if value is None or target is None or direction == "none":
        return None
    sign = 1 if direction == "up" else -1
    if sign * value >= sign * target.target:
        return "on_target"
    return "warning" if sign * value >= sign * target.warning else "off_target"


def trend_period(period: Period) -> Period:
    """The months to draw: those of the period, and at least the twelve that end with it."""
    count = period.end.year * 12 + period.end.month - 12
    return Period(min(period.start, date(count // 12, count % 12 + 1, 1)), period.end)


def _by_timing(catalogue: Catalogue, names: Sequence[str], period: Period) -> list[tuple[list[str], Period | None]]:
    over_time = [name for name in names if catalogue.grains(name)]
    today = [name for name in names if not catalogue.grains(name)]
    return [(asked, days) for asked, days in ((over_time, period), (today, None)) if asked]
