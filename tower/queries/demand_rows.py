"""What demand preparation reads of a build; every line is put where its item is planned, as the plan does."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from forecasting.demand.rows import DemandRows
from planning.model.documents import Places
from tower.queries.demand_sql import QUERIES
from tower.queries.planning_rows import Query, read_frame
from tower.queries.planning_sql import QUERIES as PLANNING_QUERIES

# Tables whose rows belong to a place.
_PLACED = ("order_lines", "returns")


@dataclass(frozen=True, slots=True)
class _PlaceRows:
    """The part of the plan's rows that says where an item is planned."""

    policies: pl.DataFrame
    locations: pl.DataFrame
    demand_shares: pl.DataFrame


def read_demand_rows(query: Query, as_of: date) -> DemandRows:
    """Run all queries for the day of the build, and put lines and returns at the places that plan their items."""
    places = Places(
        _PlaceRows(**{part.name: read_frame(query, PLANNING_QUERIES[part.name], as_of) for part in fields(_PlaceRows)})
    )
    frames = {part.name: read_frame(query, QUERIES[part.name], as_of) for part in fields(DemandRows)}
    return DemandRows.of(**{name: places.placed(one) if name in _PLACED else one for name, one in frames.items()})
