"""What a plan means in figures: service, stock, purchases, cash, hours, all within one horizon.

Everything is counted from the plan's own events, so that a plan of any scenario is measured without making its tables.
Dates are those of the plan; what is overdue counts on the first day. Sums of money are added in a fixed order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from planning.mrp.codes import NONE, UNIT, DemandKind, Floats, Integers, SupplyKind
from planning.mrp.shortages import demand_at_risk
from planning.scenarios.draft import SALES, as_date, delivered_by
from planning.scenarios.outcome import Outcome, money
from planning.scenarios.prices import paid_for_sources, paid_for_supply

HORIZON_DAYS = 182
# Measure: unit, whether more of it is better (None: it depends).
MEASURES: dict[str, tuple[str, bool | None]] = {
    "sales_lines": ("lines", None),
    "on_time_lines": ("lines", True),
    "on_time_share": ("share", True),
    "late_lines": ("lines", False),
    "late_value": ("money", False),
    "late_line_days": ("days", False),
    "late_customers": ("customers", False),
    "late_forecast_value": ("money", False),
    "stock_value_now": ("money", None),
    "stock_value_end": ("money", None),
    "stock_value_mean": ("money", False),
    "purchases": ("money", None),
    "payments": ("money", None),
    "production_hours": ("hours", None),
    "overload_hours": ("hours", False),
    "overloaded_weeks": ("work centre weeks", False),
    "planned_orders": ("orders", None),
    "past_due_releases": ("orders", False),
    "findings": ("findings", False),
}
MONTH_SCHEMA = {"month": pl.Date, "measure": pl.String, "value": pl.Float64}


@dataclass(frozen=True, slots=True)
class Purchases:
    """One row an order that is paid for: planned ones, then open ones. `paid_day` is NONE where no terms are known."""

    supplier: pl.Series
    due_day: Integers
    paid_day: Integers
    value: Floats


@dataclass(frozen=True, slots=True)
class LateLines:
    """Sales order lines that come late: rows of the demands, days late, and the money of the late part."""

    demand: Integers
    days: Integers
    value: Floats


def measures(outcome: Outcome, horizon_days: int = HORIZON_DAYS) -> dict[str, float | None]:
    """All of MEASURES; None where the data do not say."""
    planned = outcome.planned
    model, plan = planned.model, planned.plan
    first_day = model.problem.first_day
    end = first_day + horizon_days
    is_sale = (model.demands["document_type"] == SALES).to_numpy()
    sold = plan.demand.quantity[: is_sale.size][is_sale] > 0
    late = late_lines(outcome)
    risk = demand_at_risk(plan, planned.short)
    foreseen = plan.demand.kind[risk.demand] == DemandKind.FORECAST
    customers = plan.problem.demands.customer[late.demand]
    lines = int(sold.sum())
    stock = stock_value(outcome, horizon_days)
    bought = purchases(outcome)
    load = planned.load
    weeks = np.flatnonzero(load.edges[:-1] < end)
    hours, room = load.hours[:, weeks + 1], load.capacity[:, weeks + 1]
    over = np.maximum(hours - room, 0.0)
    inside = bought.due_day < end
    is_paid = bought.paid_day != NONE
    return {
        "sales_lines": lines,
        "on_time_lines": lines - late.demand.size,
        "on_time_share": (lines - late.demand.size) / lines if lines else None,
        "late_lines": late.demand.size,
        "late_value": money(late.value),
        "late_line_days": int(late.days.sum()),
        "late_customers": int(np.unique(customers[customers >= 0]).size),
        "late_forecast_value": money(risk.value[foreseen & (risk.days > 0)]),
        "stock_value_now": float(stock[0]) if stock.size else 0.0,
        "stock_value_end": float(stock[-1]) if stock.size else 0.0,
        "stock_value_mean": float(stock.mean()) if stock.size else 0.0,
        "purchases": money(bought.value[inside]),
        "payments": money(bought.value[is_paid & (bought.paid_day < end)]) if is_paid.any() else None,
        "production_hours": money(hours.ravel()),
        "overload_hours": money(over.ravel()),
        "overloaded_weeks": int((over > 0).sum()),
        "planned_orders": plan.orders.count,
        "past_due_releases": int((plan.orders.release_day < first_day).sum()),
        "findings": len(plan.findings) + model.findings.height,
    }


def late_lines(outcome: Outcome) -> LateLines:
    """Sales order lines that cannot be met in full on their day."""
    planned = outcome.planned
    risk = demand_at_risk(planned.plan, planned.short)
    is_sale = np.zeros(planned.plan.demand.count, np.bool_)
    is_sale[: planned.model.demands.height] = (planned.model.demands["document_type"] == SALES).to_numpy()
    chosen = is_sale[risk.demand] & (risk.days > 0)
    return LateLines(risk.demand[chosen], risk.days[chosen], risk.value[chosen])


def stock_value(outcome: Outcome, horizon_days: int = HORIZON_DAYS) -> Floats:
    """Money of the stock that may be planned with, at the end of each day of the horizon, at unit values.

    The first figure is what is there before the first day. Work in process is in none of them: parts leave on the day
    their order starts, what is made of them comes in when it is due.
    """
    plan = outcome.planned.plan
    first_day, value = plan.problem.first_day, plan.problem.nodes.unit_value
    days = horizon_days + 1
    moved = np.zeros(days)
    now = plan.supply.kind == SupplyKind.ON_HAND
    for events, sign in ((plan.supply, 1.0), (plan.demand, -1.0)):
        # The stock is there before the day begins.
        at = np.maximum(events.day, first_day) - first_day + 1
        if events is plan.supply:
            at = np.where(now, 0, at)
        inside = at < days
        # Whole millionths of each node and day first: so the sum does not depend on the order of the rows.
        cell = events.node[inside] * days + at[inside]
        cells, row = np.unique(cell, return_inverse=True)
        quantity = np.zeros(cells.size, np.int64)
        np.add.at(quantity, row, events.quantity[inside])
        moved += sign * np.bincount(cells % days, quantity / UNIT * value[cells // days], days)
    return np.cumsum(moved)


def purchases(outcome: Outcome) -> Purchases:
    """What is paid for: planned orders from suppliers and open purchase lines, fees of subcontractors included."""
    model, plan = outcome.planned.model, outcome.planned.plan
    first_day = model.problem.first_day
    sources, opened = model.problem.sources, model.problem.open_supply
    terms = payment_days(outcome)
    made = np.flatnonzero(plan.orders.source >= 0) if sources.count else np.zeros(0, np.int64)
    source = plan.orders.source[made]
    price = paid_for_sources(model, outcome.prices)[source]
    named = pl.Series([None, *model.suppliers], dtype=pl.String)
    by_source = named.gather(sources.supplier[source] + 1)
    known = delivered_by(model)
    due = np.concatenate((plan.orders.due_day[made], opened.day))
    counts = np.where(opened.is_firm, opened.quantity, 0)
    value = np.concatenate(
        (plan.orders.quantity[made] / UNIT * price, counts / UNIT * paid_for_supply(model, outcome.prices))
    )
    supplier = pl.concat([by_source, known])
    due = np.maximum(due, first_day)
    days = supplier.replace_strict(terms, default=None, return_dtype=pl.Int64) if terms else None
    paid = np.full(due.size, NONE)
    if days is not None:
        is_known = days.is_not_null().to_numpy()
        paid[is_known] = (due + days.fill_null(0).to_numpy())[is_known]
    some = value > 0
    return Purchases(supplier.filter(pl.Series(some)), due[some], paid[some], value[some])


def payment_days(outcome: Outcome) -> dict[str, int]:
    """Days until a supplier is paid, where the master data say."""
    suppliers = outcome.planned.model.rows.suppliers
    if "payment_terms_days" not in suppliers.columns:
        return {}
    stated = suppliers.filter(pl.col("payment_terms_days").is_not_null())
    days = pl.col("payment_terms_days").round().cast(pl.Int64)
    return dict(stated.select("supplier_id", days).iter_rows())


def by_month(outcome: Outcome, horizon_days: int = HORIZON_DAYS) -> pl.DataFrame:
    """Purchases by the month they are due, payments by the month they are paid; MONTH_SCHEMA, by month.

    Without payment terms of suppliers there are no payments.
    """
    bought = purchases(outcome)
    end = outcome.planned.model.problem.first_day + horizon_days
    parts = []
    for measure, day in (("payments", bought.paid_day), ("purchases", bought.due_day)):
        inside = (day != NONE) & (day < end)
        month = np.array([_month(int(one)) for one in np.unique(day[inside])], dtype="datetime64[D]")
        _, row = np.unique(day[inside], return_inverse=True)
        frame = pl.DataFrame({"month": pl.Series(month).cast(pl.Date).gather(row), "value": bought.value[inside]})
        parts.append(
            frame.group_by("month")
            .agg(pl.col("value").sort().sum())
            .with_columns(measure=pl.lit(measure))
            .sort("month")
        )
    return pl.concat([one.select(*MONTH_SCHEMA).cast(MONTH_SCHEMA) for one in parts]).sort("measure", "month")  # type: ignore[arg-type]


def _month(day: int) -> date:
    return as_date(day).replace(day=1)
