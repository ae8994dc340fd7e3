"""What suppliers, own orders and lanes did, as the material that dates are drawn from.

Every source, open receipt and open order line looks for its own history first and goes up a ladder until enough was
observed; the rung is kept. What is still open counts as so late at least (`planning.probability.survival`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from planning.model.inputs import PlanningModel
from planning.mrp.codes import Floats, Integers, SourceKind
from planning.probability import ObservedLateness, SampleTable
from planning.probability.delivery import ObservedDelivery
from planning.probability.survival import POINTS, UNBOUND, ProductLimits

# So many done documents make a history; a rung with fewer is passed over. For what is overdue already, so many of them
# must have been at least as late.
LEAST_OBSERVED = 10
LEAST_BEYOND = 5

# The ladders: what is looked for, from the nearest to the widest. The names are the values of `observed_level`.
Ladder = Sequence[tuple[str, Sequence[str]]]
BOUGHT: Final[Ladder] = (
    ("supplier_item", ("supplier_id", "item_id")), ("supplier_category", ("supplier_id", "category_id")),
    ("supplier", ("supplier_id",)), ("all_suppliers", ()),
)  # fmt: skip
MADE: Final[Ladder] = (
    ("item", ("item_id", "location_id")), ("work_centre", ("work_centre_id",)), ("all_production", ()),
)  # fmt: skip
MOVED: Final[Ladder] = (("lane", ("from_location_id", "location_id")), ("all_transfers", ()))
DELIVERED: Final[Ladder] = (
    ("place_channel", ("location_id", "channel")), ("channel", ("channel",)), ("all_deliveries", ()),
)  # fmt: skip
YIELDED: Final[Ladder] = (("item", ("item_id", "location_id")),)

LEVEL_SCHEMA = {"row": pl.Int64, "observed_level": pl.String, "observed_count": pl.Int64}


@dataclass(frozen=True, slots=True)
class Observed:
    """What draws are taken from, and by row of the sources and of the open supply the rung and how many were seen.

    `source_level` and `open_level`: `row, observed_level, observed_count`, both empty where nothing was observed.
    """

    lateness: ObservedLateness
    delivery: ObservedDelivery
    source_level: pl.DataFrame
    open_level: pl.DataFrame


def observed(model: PlanningModel) -> Observed:
    """The observations of a model's rows by source, open receipt and open order line."""
    seen = _with_work_centre(model, model.rows.observed_documents)
    sources, receipts = _sources(model), _receipts(model, seen)
    source_days, source_level = _drawn(sources, seen, sources.height)
    open_days, open_level = _drawn(receipts, seen, model.supply.height)
    return Observed(
        ObservedLateness(source_days, open_days, _yields(model, seen)), _delivery(model), source_level, open_level
    )


def _with_work_centre(model: PlanningModel, frame: pl.DataFrame) -> pl.DataFrame:
    """The work centre that a bill keeps busy longest for each unit."""
    longest = (
        model.rows.operations.sort("bom_id", pl.col("run_hours_per_unit").fill_null(0.0), "work_centre_id",
                                   descending=[False, True, False])
        .unique("bom_id", keep="first", maintain_order=True)
        .select("bom_id", "work_centre_id")
    )  # fmt: skip
    return frame.join(longest, on="bom_id", how="left", maintain_order="left")


def _sources(model: PlanningModel) -> pl.DataFrame:
    """Each source with what its history is looked for by."""
    categories = model.rows.observed_documents.select("item_id", "category_id").drop_nulls().unique("item_id")
    kind = pl.col("kind")
    bought = kind.is_in([int(SourceKind.BUY), int(SourceKind.SUBCONTRACT)])
    found = (
        model.sources.with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(categories, on="item_id", how="left", maintain_order="left")
        .with_columns(
            basis=pl.when(bought).then(pl.lit("ordered")).when(kind == int(SourceKind.MAKE)).then(pl.lit("made"))
            .otherwise(pl.lit("moved")),
            offset=0.0,
            least=UNBOUND,
        )
    )  # fmt: skip
    return _with_work_centre(model, found)


def _receipts(model: PlanningModel, seen: pl.DataFrame) -> pl.DataFrame:
    """Each open receipt with the basis that it draws from. A subcontracted order comes with its purchase line."""
    rows = model.supply.select("document_type", "document_id", booked_date="date").with_row_index("row")
    arrival = model.rows.purchase_lines.filter(pl.col("production_order_id").is_not_null()).sort(
        "due_date", "purchase_order_line_id"
    )
    arrival = arrival.unique("production_order_id", keep="last", maintain_order=True).select(
        document_id="production_order_id", arrives_with="purchase_order_line_id"
    )
    own = seen.filter(pl.col("open_offset_days").is_not_null()).rename({"document_id": "seen_id"})
    return (
        rows.join(arrival, on="document_id", how="left", maintain_order="left")
        .with_columns(pl.col("row").cast(pl.Int64), seen_id=pl.coalesce("arrives_with", "document_id"))
        .join(own, on="seen_id", maintain_order="left")
        .unique("row", keep="first", maintain_order=True)
        .with_columns(
            offset=pl.col("open_offset_days").cast(pl.Float64),
            # What is open at the end of the as-of day comes a day later at the earliest.
            least=(pl.lit(model.as_of) - pl.col("booked_date")).dt.total_days() + 1 - pl.col("open_offset_days"),
        )
    )


def _drawn(targets: pl.DataFrame, seen: pl.DataFrame, rows: int) -> tuple[SampleTable, pl.DataFrame]:
    """Samples of the targets, each by the ladder of its basis, and the rung of every row."""
    parts = []
    for ladder, bases in ((BOUGHT, ("ordered", "confirmed", "confirmed_again", "requested")), (MADE, ("made",)),
                          (MOVED, ("moved", "on_the_way"))):  # fmt: skip
        chosen = pl.col("basis").is_in(bases)
        parts.append(_climbed(targets.filter(chosen), seen.filter(chosen), ladder))
    owner = np.concatenate([part.rows for part in parts])
    values = np.concatenate([part.values for part in parts])
    levels = pl.concat([part.levels for part in parts])
    every = pl.DataFrame({"row": np.arange(rows)}).join(levels, on="row", how="left", maintain_order="left")
    return _table(rows, owner, values), every


@dataclass(frozen=True, slots=True)
class _Climbed:
    """Targets that found a history: their rows, their quantiles (row × point), and their rungs."""

    rows: Integers
    values: Floats
    levels: pl.DataFrame


def _climbed(targets: pl.DataFrame, seen: pl.DataFrame, ladder: Ladder) -> _Climbed:
    """`targets`: row, basis, offset, least and the keys of the ladder; `seen`: the keys, late_days, is_done.

    What can only be `least` days late or more looks for a rung where enough were; without one it takes the widest.
    """
    watched = seen.filter(pl.col("late_days").is_not_null())
    rungs, parts = [], []
    left = targets
    for level, keys in ladder:
        by = ["basis", *keys]
        enough = (
            watched.filter("is_done", *(pl.col(key).is_not_null() for key in keys))
            .group_by(by)
            .agg(observed_count=pl.len().cast(pl.Int64))
            .filter(pl.col("observed_count") >= LEAST_OBSERVED)
            .join(left.select(by).unique(), on=by, how="semi")
            .sort(by)
            .with_row_index("group")
        )
        if not enough.height:
            continue
        members = watched.join(enough.select(*by, "group"), on=by)
        limits = ProductLimits.of(
            _whole(members, "group"), _whole(members, "late_days"), members["is_done"].to_numpy(), enough.height
        )
        here = left.join(enough, on=by, maintain_order="left").with_columns(observed_level=pl.lit(level))
        group, least = _whole(here, "group"), _whole(here, "least")
        few = (least > UNBOUND) & (limits.ended_beyond(group, least) < LEAST_BEYOND)
        rungs.append(here.select("row", "observed_level", "observed_count").with_columns(is_few=pl.Series(few)))
        parts.append(limits.quantiles(group, least) + here["offset"].to_numpy()[:, None])
        left = left.join(here.filter(~pl.Series(few)).select("row"), on="row", how="anti", maintain_order="left")
    if not rungs:
        return _Climbed(np.zeros(0, np.int64), np.zeros((0, POINTS)), pl.DataFrame(schema=LEVEL_SCHEMA))
    # The first rung with enough, else the last one that there was.
    found = pl.concat(rungs).with_row_index("position").sort("row", "position")
    chosen = found.unique("row", keep="last", maintain_order=True)
    values = np.concatenate(parts)[_whole(chosen, "position")]
    return _Climbed(_whole(chosen, "row"), values, chosen.select(*LEVEL_SCHEMA).cast(LEVEL_SCHEMA))  # type: ignore[arg-type]


def _whole(frame: pl.DataFrame, column: str) -> Integers:
    return frame[column].to_numpy().astype(np.int64)


def _table(rows: int, owner: Integers, values: Floats) -> SampleTable:
    """Quantiles of some rows, rising along each, as a table of all rows."""
    has = np.zeros(rows, np.int64)
    has[owner] = POINTS
    return SampleTable(np.concatenate((np.zeros(1, np.int64), np.cumsum(has))), values[np.argsort(owner)].ravel())


def _yields(model: PlanningModel, seen: pl.DataFrame) -> SampleTable:
    """Good share of what was expected good, by item and place: what was completed over what was started × yield."""
    usual = model.problem.nodes.yield_rate
    shares = seen.filter(pl.col("is_done") & pl.col("yield_share").is_not_null()).select(
        "item_id", "location_id", "yield_share"
    )
    enough = shares.group_by("item_id", "location_id").agg(number=pl.len()).filter(pl.col("number") >= LEAST_OBSERVED)
    made = model.sources.with_row_index("row").filter(pl.col("kind") == int(SourceKind.MAKE))
    pairs = (
        made.select("row", "item_id", "location_id")
        .join(enough, on=["item_id", "location_id"], how="semi")
        .join(shares, on=["item_id", "location_id"])
        .join(model.nodes.select("item_id", "location_id", "node"), on=["item_id", "location_id"])
    )
    rate = usual[pairs["node"].to_numpy()] if pairs.height else np.ones(0)
    return SampleTable.of(model.sources.height, pairs["row"].to_numpy(), pairs["yield_share"].to_numpy() / rate)


def _delivery(model: PlanningModel) -> ObservedDelivery:
    """Histories of the open order lines, by row of the plan's demand."""
    seen = model.rows.observed_deliveries
    lines = (
        model.demands.select("document_type", "document_id")
        .with_row_index("row")
        .filter(pl.col("document_type") == "sales_order_line")
        .join(
            seen.filter(pl.col("basis") == "open").select("document_id", "location_id", "channel"),
            on="document_id", maintain_order="left",
        )
        .unique("row", keep="first", maintain_order=True)
        .with_columns(offset=0.0, least=UNBOUND)
    )  # fmt: skip
    tables = []
    for basis in ("promised", "on_the_way"):
        part = _climbed(lines.with_columns(basis=pl.lit(basis)), seen.filter(pl.col("basis") == basis), DELIVERED)
        tables.append(_table(model.demands.height, part.rows, part.values))
    return ObservedDelivery(*tables)
