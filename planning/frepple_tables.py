"""A planning problem in the columns of frePPLe's CSV import, as far as its model goes.

Column names are those of frePPLe's model reference. Durations are seconds, dates are the start of a day. What frePPLe
has no column for is left out: lot rules other than minimum and multiple, days of cover, yield, working calendars (lead
times are taken as calendar days), fences, substitutes by priority, stock by status and lot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from planning.mrp import Plan, PlanningProblem
from planning.mrp.codes import FAR, NONE, UNIT, DemandKind, Flags, Integers, SourceKind, SupplyKind
from planning.mrp.explosion import scrap_factor

_DAY = 86_400
_NO_SUPPLIER = "unknown supplier"


def frepple_tables(
    problem: PlanningProblem, found: Plan, names: Mapping[str, Sequence[str]]
) -> dict[str, pl.DataFrame]:
    """Tables by file name. `names`: items, locations, suppliers, customers by code; `found` gives the net forecast."""
    nodes, sources, lines = problem.nodes, problem.sources, problem.lines
    item, place = np.array(names["items"], dtype=object), np.array(names["locations"], dtype=object)
    supplier = np.array([*names["suppliers"], _NO_SUPPLIER], dtype=object)
    customer = np.array([*names["customers"], "forecast"], dtype=object)

    def at(node: Integers) -> dict[str, pl.Series]:
        return {"item": _texts(item[nodes.item[node]]), "location": _texts(place[nodes.site[node]])}

    def sizes(row: Integers) -> dict[str, object]:
        node = sources.node[row]
        minimum = np.where(sources.min_lot[row] > 0, sources.min_lot[row], nodes.min_lot[node])
        multiple = np.where(sources.lot_multiple[row] > 0, sources.lot_multiple[row], nodes.lot_multiple[node])
        return {
            "size_minimum": minimum / UNIT,
            "size_multiple": multiple / UNIT,
            "effective_start": _dates(sources.valid_from[row]),
            "effective_end": _dates(sources.valid_to[row] + 1),
            "priority": sources.priority[row],
        }

    kind = sources.kind
    made = np.flatnonzero(kind == SourceKind.MAKE)
    moved = np.flatnonzero((kind == SourceKind.TRANSFER) & (sources.from_site >= 0))
    bought = np.flatnonzero((kind == SourceKind.BUY) | (kind == SourceKind.SUBCONTRACT))
    operation = np.array([f"make {row}" for row in range(sources.count)], dtype=object)
    of_made = np.flatnonzero(np.isin(lines.source, made))
    factor = scrap_factor(lines.scrap_rate, problem.settings.scrap_formula)
    sign = np.where(lines.is_by_product, 1.0, -1.0)
    usable = np.asarray(problem.settings.usable_status, dtype=np.bool_)[problem.stock.status]
    on_hand = np.zeros(nodes.count, np.int64)
    np.add.at(on_hand, problem.stock.node, np.where(usable, problem.stock.quantity, 0))
    asked = np.flatnonzero(
        np.isin(found.demand.kind, (DemandKind.SALES_ORDER, DemandKind.FORECAST)) & (found.demand.quantity > 0)
    )
    sold = found.demand.kind[asked] == DemandKind.SALES_ORDER
    buyer = np.where(sold, problem.demands.customer[np.where(sold, found.demand.origin[asked], 0)], NONE) if (
        problem.demands.count
    ) else np.full(asked.size, NONE)  # fmt: skip
    return {
        "parameter": pl.DataFrame({"name": ["currentdate"], "value": [str(_dates(np.array([problem.first_day]))[0])]}),
        "item": pl.DataFrame({"name": list(names["items"])}, schema={"name": pl.String}),
        "location": pl.DataFrame({"name": list(names["locations"])}, schema={"name": pl.String}),
        "supplier": pl.DataFrame({"name": supplier.tolist()}),
        "customer": pl.DataFrame({"name": customer.tolist()}),
        "buffer": pl.DataFrame(
            {**at(np.arange(nodes.count)), "onhand": on_hand / UNIT, "minimum": nodes.safety_stock / UNIT}
        ),
        "itemsupplier": pl.DataFrame(
            {
                "supplier": _texts(supplier[sources.supplier[bought]]),
                **at(sources.node[bought]),
                "leadtime": sources.lead_time_days[bought] * _DAY,
                "batchwindow": np.zeros(bought.size, np.int64),
                **sizes(bought),
            }
        ),
        "itemdistribution": pl.DataFrame(
            {
                **at(sources.node[moved]),
                "origin": _texts(place[sources.from_site[moved]]),
                "leadtime": sources.lead_time_days[moved] * _DAY,
                "batchwindow": np.zeros(moved.size, np.int64),
                **sizes(moved),
            }
        ).rename({"location": "destination"}),
        "operation": pl.DataFrame(
            {
                "name": _texts(operation[made]),
                "type": ["time_per"] * made.size,
                **at(sources.node[made]),
                "duration": sources.lead_time_days[made] * _DAY,
                "duration_per": sources.lead_time_days_per_unit[made] * _DAY,
                **sizes(made),
            },
            schema_overrides={"type": pl.String},
        ),
        "operationmaterial": pl.DataFrame(
            {
                "operation": _texts(operation[lines.source[of_made]]),
                "item": _texts(item[nodes.item[lines.component[of_made]]]),
                "quantity": (sign * lines.quantity * factor)[of_made],
                "quantity_fixed": (sign * lines.fixed_quantity * factor)[of_made],
                "type": _texts(np.where(lines.is_by_product[of_made], "end", "start").astype(object)),
                "effective_start": _dates(lines.valid_from[of_made]),
                "effective_end": _dates(lines.valid_to[of_made] + 1),
            }
        ),
        "demand": pl.DataFrame(
            {
                "name": _texts(np.array([f"demand {row}" for row in asked.tolist()], dtype=object)),
                **at(found.demand.node[asked]),
                "customer": _texts(customer[buyer]),
                "due": _dates(found.demand.day[asked]),
                "quantity": found.demand.quantity[asked] / UNIT,
                "priority": np.where(sold, found.demand.priority[asked], 1_000),
                "status": ["open"] * asked.size,
            },
            schema_overrides={"status": pl.String},
        ),
        **_open_orders(problem, at, operation, supplier),
    }


def _open_orders(
    problem: PlanningProblem,
    at: Callable[[Integers], dict[str, pl.Series]],
    operation: np.ndarray,
    supplier: np.ndarray,
) -> dict[str, pl.DataFrame]:
    """Firm open orders as confirmed ones."""
    opened, sources = problem.open_supply, problem.sources

    def rows(chosen: Flags) -> tuple[Integers, dict[str, object]]:
        row = np.flatnonzero(chosen & opened.is_firm & (opened.quantity > 0))
        return row, {
            "reference": _texts(np.array([f"open {number}" for number in row.tolist()], dtype=object)),
            "quantity": opened.quantity[row] / UNIT,
            "status": _texts(np.full(row.size, "confirmed", dtype=object)),
        }

    bought, order = rows(np.isin(opened.kind, (SupplyKind.PURCHASE, SupplyKind.FIRM_PLANNED, SupplyKind.TRANSFER)))
    by = np.where(opened.source[bought] >= 0, sources.supplier[np.maximum(opened.source[bought], 0)], NONE) if (
        sources.count
    ) else np.full(bought.size, NONE)  # fmt: skip
    made, production = rows(opened.kind == SupplyKind.PRODUCTION)
    own = np.full(problem.nodes.count, NONE)
    first = np.flatnonzero(sources.kind == SourceKind.MAKE)[::-1]
    own[sources.node[first]] = first
    source = np.where(opened.source[made] >= 0, opened.source[made], own[opened.node[made]])
    named = np.array([*operation, None], dtype=object)
    return {
        "purchaseorder": pl.DataFrame(
            {
                **order,
                **at(opened.node[bought]),
                "supplier": _texts(supplier[by]),
                "receipt date": _dates(opened.day[bought]),
            }
        ),
        "manufacturingorder": pl.DataFrame(
            {**production, "operation": _texts(named[source]), "end date": _dates(opened.day[made])}
        ),
    }


def _texts(values: np.ndarray) -> pl.Series:
    return pl.Series(values.tolist(), dtype=pl.String)


def _dates(day: Integers) -> pl.Series:
    days = pl.Series(day, dtype=pl.Int64)
    return days.set(days.abs() >= FAR, None).cast(pl.Int32).cast(pl.Date)
