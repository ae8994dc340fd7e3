"""Names for the numbers of a plan: which document, stock or planned order an event is, and what a day is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from planning.model.inputs import PlanningModel
from planning.mrp import Plan
from planning.mrp.codes import NONE, UNIT, DemandKind, Integers, SupplyKind
from planning.mrp.result import PlannedOrders

Names = NDArray[Any]

SUPPLY_TYPES = {
    SupplyKind.ON_HAND: "stock", SupplyKind.PURCHASE: "purchase_order_line",
    SupplyKind.PRODUCTION: "production_order", SupplyKind.TRANSFER: "transfer_order",
    SupplyKind.FIRM_PLANNED: "firm_planned_order", SupplyKind.PLANNED: "planned_order",
    SupplyKind.BY_PRODUCT: "by_product", SupplyKind.BLOW_THROUGH: "phantom",
    SupplyKind.FORECAST_BLOW_THROUGH: "assembly_forecast",
}  # fmt: skip
DEMAND_TYPES = {
    DemandKind.SALES_ORDER: "sales_order_line", DemandKind.FORECAST: "forecast", DemandKind.DEPENDENT: "",
    DemandKind.ORDER_COMPONENT: "", DemandKind.EXPIRY: "expiry",
}  # fmt: skip
STOCK = "stock"


@dataclass(frozen=True, slots=True)
class EventNames:
    """Type and id by number of the event; `orders` by row of the planned orders."""

    supply_type: Names
    supply_id: Names
    demand_type: Names
    demand_id: Names
    orders: Names


def event_names(model: PlanningModel, plan: Plan) -> EventNames:
    """Names of all events. Planned orders are called by item, place and due day; what only passes through likewise."""
    orders, passes = _order_names(model, plan.orders, "P"), _order_names(model, plan.passes, "T")
    supply, demand, stock = plan.supply, plan.demand, model.stock.height
    supply_id = np.full(supply.count, "", dtype=object)
    supply_id[:stock] = model.stock["lot_id"].fill_null(STOCK).to_numpy()
    supply_id[stock : stock + model.supply.height] = model.supply["document_id"].to_numpy()
    for kinds, names in (
        ((SupplyKind.PLANNED,), orders),
        ((SupplyKind.BLOW_THROUGH, SupplyKind.FORECAST_BLOW_THROUGH), passes),
    ):
        rows = np.flatnonzero(np.isin(supply.kind, kinds))
        supply_id[rows] = names[supply.origin[rows]]
    rows = np.flatnonzero(supply.kind == SupplyKind.BY_PRODUCT)
    supply_id[rows] = supply_id[supply.origin[rows]]
    supply_type = np.array([SUPPLY_TYPES[kind] for kind in SupplyKind], dtype=object)[supply.kind]
    demand_type = np.array([DEMAND_TYPES[kind] for kind in DemandKind], dtype=object)[demand.kind]
    demand_id = np.full(demand.count, "", dtype=object)
    sold, forecast = model.demands.height, model.forecasts.height
    demand_id[:sold] = model.demands["document_id"].to_numpy()
    # What has no parent in the plan keeps the type of its own document: parts of an order that is not counted.
    demand_type[:sold] = model.demands["document_type"].to_numpy()
    demand_id[sold : sold + forecast] = model.forecasts["date"].cast(pl.String).to_numpy()
    rows = np.flatnonzero(demand.kind == DemandKind.EXPIRY)
    demand_id[rows] = supply_id[demand.origin[rows]]
    rows = np.flatnonzero(demand.parent != NONE)
    demand_id[rows] = supply_id[demand.parent[rows]]
    demand_type[rows] = supply_type[demand.parent[rows]]
    return EventNames(supply_type, supply_id, demand_type, demand_id, orders)


def _order_names(model: PlanningModel, orders: PlannedOrders, letter: str) -> Names:
    """P-item-place-yymmdd by the due day, and -2, -3 … for further ones of that day.

    So the number of an order stays, whatever happens to other items, as long as its own item needs it on that day.
    """
    due = dates(orders.due_day).dt.strftime("%y%m%d")
    item, place = (model.nodes[name].gather(orders.node) for name in ("item_id", "location_id"))
    frame = pl.DataFrame({"item": item, "place": place, "due": due}).select(
        name=pl.concat_str([pl.lit(letter), "item", "place", "due"], separator="-"),
        need=pl.Series(orders.need_day), release=pl.Series(orders.release_day), node=pl.Series(orders.node),
        row=pl.Series(np.arange(orders.count)),
    )  # fmt: skip
    numbered = frame.sort("name", "node", "need", "release", "row").with_columns(
        number=pl.int_range(1, pl.len() + 1).over("name")
    )
    again = pl.when(pl.col("number") > 1).then(pl.format("-{}", "number")).otherwise(pl.lit(""))
    found: Names = numbered.sort("row").select(pl.col("name") + again).to_series().to_numpy().astype(object)
    return found


def dates(days: Integers) -> pl.Series:
    """Days of the engine as dates."""
    return pl.Series(days.astype(np.int32), dtype=pl.Int32).cast(pl.Date)


def units(millionths: Integers) -> pl.Series:
    """Millionths as quantities in base units, exact to the last one."""
    return pl.Series(millionths / UNIT)


def texts(names: Names) -> pl.Series:
    """Names as a column."""
    return pl.Series(names.tolist(), dtype=pl.String)


def chosen(names: tuple[str, ...] | pl.Series, codes: Integers) -> pl.Series:
    """Names by their codes, empty where the code is NONE."""
    series = pl.Series(list(names), dtype=pl.String)
    return series.gather(pl.Series(codes).replace(NONE, None))
