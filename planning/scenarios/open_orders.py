"""Open orders moved, made larger or smaller, or taken out, with all that hangs on them.

Parts that an order has still to take move and shrink with it, as does what is left of its operations; what it has
taken already does not come back. The rows that load and supplier tables read are kept in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from planning.model.rows import PlanningRows
from planning.mrp import Journal
from planning.mrp.codes import FAR, TOLERANCE, UNIT, Integers
from planning.scenarios.draft import Draft, with_dates

PRODUCTION = "production_order"


def moved(draft: Draft, rows: Integers, day: Integers, *, with_parts: bool) -> Draft:
    """Open orders that arrive on other days; `with_parts`: their start, parts and operations move as many days."""
    supply, demands = draft.model.problem.open_supply, draft.model.problem.demands
    later = day - expected(draft, rows)
    step = Journal().replaced("open_supply", rows, day=day)
    frames: dict[str, object] = {"supply": with_dates(draft.model.supply, rows, day)}
    if with_parts:
        starts = np.flatnonzero(supply.start_day[rows] > -FAR)
        step = step.replaced("open_supply", rows[starts], start_day=supply.start_day[rows[starts]] + later[starts])
        by_supply = np.zeros(supply.count, np.int64)
        by_supply[rows] = later
        parts = _parts(draft, rows)
        taken_on = demands.day[parts] + by_supply[demands.for_supply[parts]]
        step = step.replaced("demands", parts, day=taken_on)
        frames["demands"] = with_dates(draft.model.demands, parts, taken_on)
    ids = draft.model.supply["document_id"].gather(rows).to_list()
    frames["rows"] = _rows_moved(
        draft.model.rows, dict(zip(ids, later.tolist(), strict=True)), dict(zip(ids, day.tolist(), strict=True)),
        with_operations=with_parts,
    )  # fmt: skip
    return draft.changed(step, **frames)


def expected(draft: Draft, rows: Integers) -> Integers:
    """When open orders are expected: on their day; what is overdue on the first day of the plan."""
    problem = draft.model.problem
    return np.maximum(problem.open_supply.day[rows], problem.first_day)


def resized(draft: Draft, rows: Integers, quantity: Integers) -> Draft:
    """Open orders over other quantities (millionths still to come, before scrap); 0 takes them out."""
    model = draft.model
    problem, ids = model.problem, model.supply["document_id"].gather(rows).to_list()
    gone = quantity <= 0
    parts = _parts(draft, rows[gone])
    step = Journal().removed("open_supply", rows[gone]).removed("demands", parts)
    kept, new = rows[~gone], quantity[~gone]
    before = to_come(draft, kept)
    made = (model.supply["document_type"] == PRODUCTION).to_numpy()[kept]
    rate = problem.nodes.yield_rate[problem.open_supply.node[kept]]
    good = np.where(made, np.floor(new * rate + TOLERANCE).astype(np.int64), new)
    starts = np.flatnonzero(problem.open_supply.start_quantity[kept] > 0)
    step = step.replaced("open_supply", kept, quantity=good)
    step = step.replaced("open_supply", kept[starts], start_quantity=new[starts])
    share = np.ones(problem.open_supply.count)
    share[kept] = new / np.maximum(before, 1)
    parts = _parts(draft, kept)
    taken = np.ceil(problem.demands.quantity[parts] * share[problem.demands.for_supply[parts]] - TOLERANCE)
    step = step.replaced("demands", parts, quantity=taken.astype(np.int64))
    held = model.supply["quantity"].scatter(rows, np.maximum(quantity, 0) / UNIT)
    share[rows[gone]] = 0.0
    shares = dict(zip(ids, share[rows].tolist(), strict=True))
    return draft.changed(
        step, supply=model.supply.with_columns(held.alias("quantity")), rows=_rows_resized(model.rows, shares)
    )


def to_come(draft: Draft, rows: Integers) -> Integers:
    """What is still to come of open orders, before scrap, in millionths."""
    stated = draft.model.supply["quantity"].gather(rows).to_numpy()
    return np.asarray(np.rint(stated * UNIT), dtype=np.int64)


def _parts(draft: Draft, rows: Integers) -> Integers:
    """Rows of the demands that these orders have still to take."""
    demands = draft.model.problem.demands
    return np.flatnonzero(np.isin(demands.for_supply, rows) & (demands.quantity > 0))


def _rows_moved(
    rows: PlanningRows, later: Mapping[str, int], day: Mapping[str, int], *, with_operations: bool
) -> PlanningRows:
    line = pl.coalesce(
        pl.col("purchase_order_line_id").replace_strict(day, default=None, return_dtype=pl.Int32),
        pl.col("production_order_id").replace_strict(day, default=None, return_dtype=pl.Int32),
    ).cast(pl.Date)
    changed = replace(rows, purchase_lines=rows.purchase_lines.with_columns(due_date=pl.coalesce(line, "due_date")))
    if not with_operations:
        return changed
    days = pl.col("production_order_id").replace_strict(later, default=0, return_dtype=pl.Int64)
    begins = pl.col("start_date") + pl.duration(days=days)
    return replace(changed, order_operations=rows.order_operations.with_columns(start_date=begins.cast(pl.Date)))


def _rows_resized(rows: PlanningRows, shares: Mapping[str, float]) -> PlanningRows:
    def share(column: str) -> pl.Expr:
        return pl.col(column).replace_strict(shares, default=None, return_dtype=pl.Float64)

    line = pl.coalesce(share("purchase_order_line_id"), share("production_order_id"), 1.0)
    return replace(
        rows,
        purchase_lines=rows.purchase_lines.with_columns(open_quantity=pl.col("open_quantity") * line),
        order_operations=rows.order_operations.with_columns(
            hours=pl.col("hours") * share("production_order_id").fill_null(1.0)
        ),
    )
