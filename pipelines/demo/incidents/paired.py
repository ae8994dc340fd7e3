"""What an incident really did: the same company with the same luck lives its last months again without it.

Causes handed on from document to document (the `cause` columns) name what a document waited for; whether it would have
been late anyway they cannot know. This can: an order line that is late here, and in time there, is late because of it.
"""

from __future__ import annotations

import copy

import numpy as np
import polars as pl

from pipelines.demo.incidents.incidents import without
from pipelines.demo.incidents.kind import Rows
from pipelines.demo.records import Columns, Log
from pipelines.demo.simulation import Simulation
from pipelines.demo.world import World
from pipelines.demo.writing.columns import SALES_ORDER, line_ids

_SCHEMA = {
    "number": pl.Int64,
    "sales_order_line_id": pl.String,
    "days_late": pl.Int64,
    "days_late_without": pl.Int64,
    "net_value": pl.Float64,
}


def kept_aside(simulation: Simulation) -> Simulation:
    """A copy that lives on by itself and writes nothing: what its logs would spill is forgotten."""
    copied = copy.deepcopy(simulation)
    for table in vars(copied.world.documents).values():
        if isinstance(table, Log) and table.spill is not None:
            table.spill = _forget
    return copied


def _forget(first: int, columns: Columns) -> None:
    pass


def late_because_of_incidents(before: Simulation, after: Simulation) -> pl.DataFrame:
    """For each incident begun between the two evenings of one life, the order lines that it made late.

    `before` was kept aside on an earlier evening. One further life from then on is lived for each incident. Columns:
    incident number, line, days late with and without it (against the requested day, as of the last day), net value in
    the order's currency.
    """
    planned = after.incidents.as_planned()
    tables = [pl.DataFrame(schema=_SCHEMA)]
    for incident in after.incidents.begun:
        if incident.start_day <= before.world.day:
            continue
        other = copy.deepcopy(before)
        other.incidents.replay(without(planned, incident.number))
        other.run(after.world.day)
        tables.append(_difference(incident.number, after.world, other.world))
    return pl.concat(tables)


def _difference(number: int, with_it: World, without_it: World) -> pl.DataFrame:
    """Lines late with it that are less late, or in time, without it."""
    here, there = _lines(with_it), _lines(without_it)
    both = here.join(there.select("who", "item", "ordered_day", "place_in_day", days_late_without="days_late"),
                     on=("who", "item", "ordered_day", "place_in_day"), how="inner")  # fmt: skip
    late = both.filter((pl.col("days_late") > 0) & (pl.col("days_late") > pl.col("days_late_without")))
    rows: Rows = late["row"].to_numpy()
    lines = with_it.documents.sales_lines
    return pl.DataFrame(
        {
            "number": np.full(rows.size, number),
            "sales_order_line_id": line_ids(SALES_ORDER, lines["order"][rows], lines["line"][rows]),
            "days_late": late["days_late"],
            "days_late_without": late["days_late_without"],
            "net_value": np.round(lines["quantity"][rows] * lines["price"][rows] * (1 - lines["discount"][rows]), 2),
        },
        schema=_SCHEMA,
    )


def _lines(world: World) -> pl.DataFrame:
    """Order lines by who ordered what on which day: numbers of documents are not the same in two lives."""
    lines, company = world.documents.sales_lines, world.company
    customer = lines["customer"].astype(np.int64)
    consumer = np.maximum(customer - company.customers.count, 0)
    keys = world.documents.consumers["key"]
    is_consumer = customer >= company.customers.count
    who = np.where(is_consumer, -1 - keys[consumer], customer) if keys.size else customer
    late = np.minimum(lines["shipped_full_day"], world.day) - lines["ship_by_day"]
    return pl.DataFrame(
        {
            "row": np.arange(lines.count),
            "who": who,
            "item": lines["item"],
            "ordered_day": lines["ordered_day"],
            "days_late": np.maximum(late, 0).astype(np.int64),
        }
    ).with_columns(place_in_day=pl.int_range(pl.len()).over("who", "item", "ordered_day"))
