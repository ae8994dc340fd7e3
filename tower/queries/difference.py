"""Two readings of a metric side by side: the documents that explain the step between them, and who they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tower.metrics import Catalogue, Difference, Filter, Period, Reading, explain_difference
from tower.queries.breakdown import DOCUMENT_DIMENSIONS

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Steps of one bridge; the rest is one step more.
MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Compared:
    """What the other reading is: another definition, another period, or the same in an earlier build."""

    metric: str
    period: Period | None


def explained(
    warehouse: Warehouse,
    catalogue: Catalogue,
    other_warehouse: Warehouse,
    other_catalogue: Catalogue,
    before: Compared,
    after: Compared,
    where: tuple[Filter, ...],
    by: str | None,
) -> Difference | None:
    """The documents that lead from `before` (read in the other warehouse) to `after`, with their names and `by`."""
    reached = {one.name for one in catalogue.dimensions_of(after.metric)}
    shown = [name for name in DOCUMENT_DIMENSIONS if name in reached]
    if by is not None and by in reached and by not in shown:
        shown.append(by)
    first = Reading(other_warehouse, other_catalogue, before.metric, where, before.period)
    return explain_difference(first, Reading(warehouse, catalogue, after.metric, where, after.period), shown)


def sorts(difference: Difference) -> pl.DataFrame:
    """The documents by how they are counted: `sort` (only_before, only_after, both), documents, share."""
    rows = difference.rows
    is_before = (pl.col("numerator_before") != 0) | (pl.col("denominator_before") != 0)
    is_after = (pl.col("numerator_after") != 0) | (pl.col("denominator_after") != 0)
    return (
        rows.with_columns(
            sort=pl.when(is_before & is_after)
            .then(pl.lit("both"))
            .when(is_after)
            .then(pl.lit("only_after"))
            .otherwise(pl.lit("only_before"))
        )
        .group_by("sort")
        .agg(documents=pl.len(), share=pl.col("share").sum())
        .sort("sort")
    )


def steps(difference: Difference, by: str) -> pl.DataFrame:
    """The bridge by the members of a dimension: `member` (null = without), `share`; the greatest first.

    Beyond MOST_STEPS the rest is one row with `is_rest`, together with what no document carries.
    """
    by_member = (
        difference.rows.group_by(pl.col(by).alias("member"))
        .agg(share=pl.col("share").sum(), documents=pl.len())
        .sort([pl.col("share").abs(), pl.col("member")], descending=[True, False], nulls_last=True)
        .with_columns(is_rest=pl.lit(value=False))
    )
    kept, rest = by_member.head(MOST_STEPS), by_member.tail(-MOST_STEPS)
    # What floating point leaves over is no step.
    left_over = difference.remainder if abs(difference.remainder) > 1e-9 * max(1.0, abs(difference.change)) else 0.0
    share = float(rest["share"].sum()) + left_over
    if rest.is_empty() and left_over == 0.0:
        return kept
    last = pl.DataFrame(
        {"member": [None], "share": [share], "documents": [int(rest["documents"].sum())], "is_rest": [True]},
        schema=kept.schema,
    )
    return pl.concat([kept, last])
