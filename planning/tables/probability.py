"""Dates with their chances as tables: end demand, what makes it late, parts ranked by money at risk, arrivals.

A late order line has one reason in each draw: the supply that decided its day, or the last stretch to the customer
where its goods were there. So shares of draws, and money times shares, add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from planning.model.inputs import PlanningModel
from planning.model.observed import Observed, observed
from planning.mrp.codes import NONE, DemandKind, Integers, SupplyKind
from planning.mrp.shortages import demand_value
from planning.probability import drivers, simulate, summarised
from planning.probability.delivery import delivered
from planning.probability.outcome import Outcomes, quantile_days
from planning.tables.naming import chosen, dates, texts
from planning.tables.results import Planned, named

DRAWS = 1000
SEED = 1
# Drivers named for each demand; the parts at risk are summed over all of them.
MOST_DRIVERS = 3
DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Chances:
    """What the draws said: `goods` of the goods, `customer` with the last stretch, and what was observed."""

    goods: Outcomes
    customer: Outcomes
    observed: Observed


def chances(result: Planned, draws: int = DRAWS, seed: int = SEED) -> Chances:
    """Draw the dates of a plan's orders, forecasts and open receipts."""
    seen = observed(result.model)
    first = result.model.problem.stock.count
    receipts = first + np.arange(result.model.problem.open_supply.count)
    goods = simulate(result.pegging, seen.lateness, draws, seed, receipts)
    # Parts that open orders still take and expired stock are no end demand of a customer.
    ends = np.isin(result.plan.demand.kind[goods.demand], (DemandKind.SALES_ORDER, DemandKind.FORECAST))
    goods = Outcomes(
        goods.demand[ends], goods.asked[ends], goods.day[ends], goods.cause[ends], goods.supply, goods.supply_day
    )
    # What lies on the shelf decides nothing: a line that waits for it waits for its delivery.
    on_hand = result.plan.supply.kind[goods.cause] == SupplyKind.ON_HAND if goods.cause.size else goods.cause < 0
    goods.cause[on_hand] = NONE
    return Chances(goods, delivered(goods, seen.delivery, seed), seen)


def probability_tables(result: Planned) -> Mapping[str, pl.DataFrame]:
    """The tables of the chances by name; without observations they are empty."""
    found = chances(result)
    tables = {
        "plan_probability": plan_probability(result, found),
        "plan_risk_drivers": plan_risk_drivers(result, found),
        "plan_part_risk": plan_part_risk(result, found),
        "plan_arrivals": plan_arrivals(result, found),
    }
    lateness, delivery = found.observed.lateness, found.observed.delivery
    kept = (lateness.source_days, lateness.open_days, lateness.source_yield, delivery.after_promise)
    if any(table.values.size for table in kept):
        return tables
    return {name: table.clear() for name, table in tables.items()}


def plan_probability(result: Planned, found: Chances) -> pl.DataFrame:
    """One row for each open order line and forecast bucket: P50 and P90 of goods and arrival, and the chance."""
    demand, goods, customer = result.plan.demand, summarised(found.goods), summarised(found.customer)
    value = demand_value(result.plan)[customer.demand]
    return pl.DataFrame(
        {
            **_demand(result, customer.demand),
            "demand_date": dates(demand.day[customer.demand]),
            "value": value,
            "goods_p50_date": dates(goods.p50_day),
            "goods_p90_date": dates(goods.p90_day),
            "p50_date": dates(customer.p50_day),
            "p90_date": dates(customer.p90_day),
            "in_time_rate": customer.in_time_rate,
            "mean_late_days": customer.mean_days_late,
            "late_value": value * (1 - customer.in_time_rate),
            "draws": np.full(customer.demand.size, found.customer.day.shape[1]),
        }
    ).sort("demand_type", "item_id", "location_id", "demand_date", "demand_id")


def plan_risk_drivers(result: Planned, found: Chances) -> pl.DataFrame:
    """The supplies that most often make each end demand late, with the history that their lateness was drawn from."""
    late = drivers(found.customer, MOST_DRIVERS)
    share = late.late_draws / max(found.customer.day.shape[1], 1)
    first = np.flatnonzero(np.concatenate((np.ones(min(late.demand.size, 1), np.bool_), np.diff(late.demand) != 0)))
    rank = np.arange(late.demand.size) - np.repeat(first, np.diff(np.append(first, late.demand.size))) + 1
    return pl.DataFrame(
        {
            **_demand(result, late.demand),
            "driver_rank": rank,
            **_driver(result, found, late.supply),
            "late_share": share,
            "late_value": demand_value(result.plan)[late.demand] * share,
        }
    ).sort("demand_type", "item_id", "location_id", "demand_id", "driver_rank")


def plan_part_risk(result: Planned, found: Chances) -> pl.DataFrame:
    """Each part and supplier with the money that it makes late, over all demand, the greatest first."""
    every = drivers(found.customer, most=max(found.customer.day.shape[1], 1))
    share = every.late_draws / max(found.customer.day.shape[1], 1)
    sold = result.plan.demand.kind[every.demand] == DemandKind.SALES_ORDER
    value = demand_value(result.plan)[every.demand] * share
    return (
        pl.DataFrame(
            {
                "demand": every.demand,
                **_driver(result, found, every.supply),
                "late_order_value": np.where(sold, value, 0.0),
                "late_forecast_value": np.where(sold, 0.0, value),
                "order": np.where(sold, every.demand, NONE),
            }
        )
        .filter(pl.col("driver_type") != DELIVERY)
        .group_by(item_id="driver_item_id", location_id="driver_location_id", supplier_id="driver_supplier_id")
        .agg(
            driver_supplies=pl.struct("driver_type", "driver_id").n_unique().cast(pl.Int64),
            late_order_lines=pl.col("order").filter(pl.col("order") >= 0).n_unique().cast(pl.Int64),
            late_demands=pl.col("demand").n_unique().cast(pl.Int64),
            late_order_value=pl.col("late_order_value").sort().sum(),
            late_forecast_value=pl.col("late_forecast_value").sort().sum(),
        )
        .sort(
            pl.col("late_order_value") + pl.col("late_forecast_value"), "item_id", "location_id", "supplier_id",
            descending=[True, False, False, False], nulls_last=True,
        )
        .with_row_index("risk_rank", offset=1)
        .with_columns(pl.col("risk_rank").cast(pl.Int64))
    )  # fmt: skip


def plan_arrivals(result: Planned, found: Chances) -> pl.DataFrame:
    """Each open receipt that can be late: the day it is booked for, and the days by which it will be there."""
    model, goods = result.model, found.goods
    middle, far = quantile_days(goods.supply_day)
    booked = model.problem.open_supply.day
    late = np.maximum(goods.supply_day - booked[:, None], 0)
    levels = found.observed.open_level
    return (
        pl.DataFrame(
            {
                "supply_type": model.supply["document_type"],
                "supply_id": model.supply["document_id"],
                "item_id": model.supply["item_id"],
                "location_id": model.supply["location_id"],
                "supplier_id": _supplier(result)[goods.supply],
                "booked_date": dates(booked),
                "p50_date": dates(middle),
                "p90_date": dates(far),
                "in_time_rate": (late == 0).mean(axis=1),
                "mean_late_days": late.mean(axis=1),
                "observed_level": levels["observed_level"],
                "observed_count": levels["observed_count"],
                "is_firm": model.problem.open_supply.is_firm,
            }
        )
        .filter(pl.col("observed_level").is_not_null() & pl.col("is_firm"))
        .drop("is_firm")
        .sort("supply_type", "supply_id")
    )


def _demand(result: Planned, demand: Integers) -> dict[str, pl.Series]:
    nodes, node = result.model.nodes, result.plan.demand.node[demand]
    return {
        "demand_type": texts(result.names.demand_type[demand]),
        "demand_id": texts(result.names.demand_id[demand]),
        "item_id": nodes["item_id"].gather(node),
        "location_id": nodes["location_id"].gather(node),
        "customer_id": chosen(result.model.customers, _customer(result, demand)),
    }


def _customer(result: Planned, demand: Integers) -> Integers:
    """The customer of order lines; demand rows come before all other demand."""
    customers = result.model.problem.demands.customer
    if not customers.size:
        return np.full(demand.size, NONE)
    return np.where(demand < customers.size, customers[np.minimum(demand, customers.size - 1)], NONE)


def _driver(result: Planned, found: Chances, supply: Integers) -> dict[str, pl.Series]:
    """Names of supply events that decided a day; without one it was the delivery."""
    node = pl.Series(_of_supply(result.plan.supply.node, supply)).replace(NONE, None)
    nodes = result.model.nodes
    levels = _levels(result, found)
    row = pl.Series(supply).replace(NONE, None)
    return {
        "driver_type": named(result.names.supply_type, supply).fill_null(DELIVERY),
        "driver_id": named(result.names.supply_id, supply),
        "driver_item_id": nodes["item_id"].gather(node),
        "driver_location_id": nodes["location_id"].gather(node),
        "driver_supplier_id": _supplier(result).gather(row),
        "observed_level": levels["observed_level"].gather(row),
        "observed_count": levels["observed_count"].gather(row),
    }


def _of_supply(column: Integers, supply: Integers) -> Integers:
    return np.where(supply >= 0, column[np.maximum(supply, 0)], NONE) if column.size else supply


def _levels(result: Planned, found: Chances) -> pl.DataFrame:
    """The rung that each supply event of the plan was drawn from."""
    both = pl.concat([found.observed.source_level, found.observed.open_level]).select(
        "observed_level", "observed_count"
    )
    plan = result.plan
    row = np.full(plan.supply.count, NONE)
    for made in (plan.orders, plan.passes):
        row[made.supply] = made.source
    first = plan.problem.stock.count
    row[first : first + plan.problem.open_supply.count] = plan.problem.sources.count + np.arange(
        plan.problem.open_supply.count
    )
    return both.select(pl.all().gather(pl.Series(row).replace(NONE, None)))


def _supplier(result: Planned) -> pl.Series:
    """The supplier of each supply event: of the source of planned orders, of the line of open ones."""
    model, plan = result.model, result.plan
    source = np.full(plan.supply.count, NONE)
    source[plan.orders.supply] = plan.orders.source
    planned_by = model.sources["supplier_id"].gather(pl.Series(source).replace(NONE, None))
    return pl.select(pl.coalesce(planned_by, pl.Series(_line_suppliers(model, plan.supply.count)))).to_series()


def _line_suppliers(model: PlanningModel, supplies: int) -> list[str | None]:
    lines = model.rows.purchase_lines
    by_document = dict(lines.select("purchase_order_line_id", "supplier_id").iter_rows())
    outside = lines.filter(pl.col("production_order_id").is_not_null()).sort("due_date", "purchase_order_line_id")
    by_document |= dict(outside.select("production_order_id", "supplier_id").iter_rows())
    first = model.problem.stock.count
    names: list[str | None] = [None] * supplies
    names[first : first + model.supply.height] = [by_document.get(name) for name in model.supply["document_id"]]
    return names
