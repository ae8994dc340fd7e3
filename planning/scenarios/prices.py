"""What is paid for what is ordered: the price agreed with the supplier, of an open line its own, else the item's cost.

What is made elsewhere from parts of one's own costs the agreed fee, and nothing where none is agreed: its cost holds
the parts, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from planning.model.firmed import FIRM_PLANNED
from planning.model.inputs import PlanningModel
from planning.mrp.codes import Floats, SourceKind, SupplyKind

PRICE = "unit_price"


@dataclass(frozen=True, slots=True)
class Prices:
    """Money for one unit in company currency, by source and by open order; NaN where nothing is agreed."""

    of_source: Floats
    of_supply: Floats

    @classmethod
    def of(cls, model: PlanningModel) -> Prices:
        by_source = _of_sources(model)
        return cls(by_source, _of_firmed(model, by_source, _of_supply(model)))


def _of_sources(model: PlanningModel) -> Floats:
    """The price that holds today, of a deal that has still to begin its first one."""
    deals = model.rows.item_suppliers
    if PRICE not in deals.columns:
        return np.full(model.sources.height, np.nan)
    is_begun = pl.col("valid_from_date").is_null() | (pl.col("valid_from_date") <= model.as_of)
    known = deals.filter(pl.col(PRICE).is_not_null()).with_columns(is_begun=is_begun)
    begun = known.filter("is_begun").sort("valid_from_date", nulls_last=False, maintain_order=True)
    later = known.filter(~pl.col("is_begun")).sort("valid_from_date", descending=True, maintain_order=True)
    chosen = pl.concat([later, begun]).unique(["item_id", "supplier_id"], keep="last", maintain_order=True)
    found = model.sources.select("item_id", "supplier_id").join(
        chosen.select("item_id", "supplier_id", pl.col(PRICE).cast(pl.Float64)),
        on=["item_id", "supplier_id"], how="left", maintain_order="left",
    )  # fmt: skip
    return found[PRICE].fill_null(np.nan).to_numpy().copy()


def _of_supply(model: PlanningModel) -> Floats:
    lines = model.rows.purchase_lines
    if PRICE not in lines.columns:
        return np.full(model.supply.height, np.nan)
    price = pl.col(PRICE).cast(pl.Float64)
    own = lines.select("purchase_order_line_id", price).rename({"purchase_order_line_id": "document_id"})
    made = lines.filter(pl.col("production_order_id").is_not_null()).select(
        pl.col("production_order_id").alias("document_id"), price
    )
    both = pl.concat([own, made]).unique("document_id", keep="first", maintain_order=True)
    found = model.supply.select("document_id").join(both, on="document_id", how="left", maintain_order="left")
    return found[PRICE].fill_null(np.nan).to_numpy().copy()


def _of_firmed(model: PlanningModel, of_source: Floats, of_supply: Floats) -> Floats:
    """The same, where a firmed order costs what its source does."""
    firmed = np.flatnonzero((model.supply["document_type"] == FIRM_PLANNED).to_numpy())
    if firmed.size:
        paid = paid_for_sources(model, Prices(of_source, of_supply))
        of_supply[firmed] = paid[model.problem.open_supply.source[firmed]]
    return of_supply


def paid_for_sources(model: PlanningModel, prices: Prices) -> Floats:
    """Money for one unit of each source; 0 for what is not bought."""
    sources, value = model.problem.sources, model.problem.nodes.unit_value
    bought = sources.kind == SourceKind.BUY
    without = np.where(bought, value[sources.node], 0.0)
    outside = bought | (sources.kind == SourceKind.SUBCONTRACT)
    return np.where(outside, np.where(np.isnan(prices.of_source), without, prices.of_source), 0.0)


def paid_for_supply(model: PlanningModel, prices: Prices) -> Floats:
    """Money for one unit of each open order; 0 for what is not bought."""
    supply, value = model.problem.open_supply, model.problem.nodes.unit_value
    bought = supply.kind == SupplyKind.PURCHASE
    return np.where(np.isnan(prices.of_supply), np.where(bought, value[supply.node], 0.0), prices.of_supply)
