"""What became of the planned orders that planners took over as firm."""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.model.firmed import FIRM_PLANNED
from planning.mrp.codes import NONE, SourceKind
from planning.tables.naming import chosen, dates, units
from planning.tables.results import Planned


def plan_firmed_orders(result: Planned) -> pl.DataFrame:
    """One row for each firmed order: its state, the real order that it has become, what of it something needs, and by
    how many days it comes late. Only what is planned (state `planned`) has the last two."""
    model, found = result.model, result.plan
    rows = np.flatnonzero((model.supply["document_type"] == FIRM_PLANNED).to_numpy())
    supply = found.problem.stock.count + rows
    needed = np.zeros(found.supply.count, np.int64)
    np.add.at(needed, result.pegging.links.supply, result.pegging.links.quantity)
    of_plan = pl.DataFrame(
        {
            "document_id": model.supply["document_id"].gather(rows),
            "needed_quantity": units(needed[supply]),
            "late_days": result.late[supply],
        },
        schema={"document_id": pl.String, "needed_quantity": pl.Float64, "late_days": pl.Int64},
    )
    return (
        model.firmed.join(of_plan, on="document_id", how="left", maintain_order="left")
        .drop("source")
        .sort("firmed_order_id")
    )


def firmed_proposals(result: Planned) -> pl.DataFrame:
    """The firmed orders of a plan, which have still to be ordered, made or shipped; named as planned orders are."""
    model, opened = result.model, result.plan.problem.open_supply
    rows = np.flatnonzero((model.supply["document_type"] == FIRM_PLANNED).to_numpy() & (opened.quantity > 0))
    node, source = opened.node[rows], opened.source[rows]
    code = pl.Series(source, dtype=pl.Int64).replace(NONE, None)
    kinds = model.sources["kind"].gather(code).fill_null(NONE).to_numpy()
    return pl.DataFrame(
        {
            "plan_order_id": model.supply["document_id"].gather(rows),
            "order_type": chosen(tuple(kind.name.lower() for kind in SourceKind), kinds),
            **{name: model.nodes[name].gather(node) for name in ("item_id", "location_id", "base_uom", "planner")},
            **{name: model.sources[name].gather(code) for name in ("supplier_id", "from_location_id", "bom_id")},
            "quantity": units(opened.start_quantity[rows]),
            "due_date": dates(opened.day[rows]),
            "release_date": dates(opened.start_day[rows]),
        }
    )
