"""The network of a plan: which items at which places are planned, how each is supplied, and what that takes.

A node is an item at a location: those of the policies, those that documents name, and those that a bill or a transfer
of another node needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from planning.model.calendars import WorkingCalendars
from planning.model.rows import KEY, PlanningRows
from planning.model.ways import LINE_SCHEMA, SOURCE_SCHEMA, Supply


@dataclass(frozen=True, slots=True)
class Network:
    """`nodes` (KEY, has_policy), `sources` (SOURCE_SCHEMA), both in the order of their codes.

    `lines`: one row a component of a source (`source` its code): item_id and location_id of the component, its
    quantity per unit and per order, scrap, validity, offset in days, substitute group and priority, is_by_product.
    """

    nodes: pl.DataFrame
    sources: pl.DataFrame
    lines: pl.DataFrame


def network(rows: PlanningRows, as_of: date, asked: pl.DataFrame, calendars: WorkingCalendars) -> Network:
    """The network that planned items and the nodes that documents ask for (`asked`, KEY) need."""
    supply = Supply(rows, as_of, calendars)
    policies = rows.policies.select(KEY)
    known = pl.concat([policies, asked.select(KEY)]).unique(maintain_order=True)
    frontier, parts, line_parts, sources = known, [], [], 0
    while frontier.height:
        found = supply.sources(frontier).with_row_index("source", offset=sources)
        lines = supply.lines(found)
        sources += found.height
        parts.append(found.select(pl.col("source").cast(pl.Int64), *SOURCE_SCHEMA))
        line_parts.append(lines)
        frontier = lines.select(KEY).unique(maintain_order=True).join(known, on=KEY, how="anti", maintain_order="left")
        known = pl.concat([known, frontier])
    nodes = known.sort(KEY).join(
        policies.with_columns(has_policy=pl.lit(value=True)), on=KEY, how="left", maintain_order="left"
    )
    return Network(
        nodes.with_columns(pl.col("has_policy").fill_null(value=False)),
        pl.concat(parts) if parts else pl.DataFrame(schema={"source": pl.Int64, **SOURCE_SCHEMA}),
        pl.concat(line_parts) if line_parts else pl.DataFrame(schema=LINE_SCHEMA),
    )
