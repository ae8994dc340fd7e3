"""What changes in operation between two plans: orders, late customers, suppliers, work centres.

Planned orders have no number that outlives a plan, so they are matched by what they are, within an item and place, in
this order, the first of equal ones with the first: same due day, release day, quantity and source; same due day and
quantity; same due day; same quantity. What is left was added or removed.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.model.firmed import FIRM_PLANNED
from planning.mrp.codes import NONE, UNIT
from planning.scenarios.draft import delivered_by
from planning.scenarios.measures import late_lines
from planning.scenarios.outcome import Outcome
from planning.tables.naming import chosen, dates, units

_KEY = ["item_id", "location_id"]
_PASSES = (["due_date", "release_date", "quantity", "source"], ["due_date", "quantity"], ["due_date"], ["quantity"])
ORDER_CHANGES = ("added", "removed", "moved", "quantity", "source", "firmed")


def order_differences(base: Outcome, other: Outcome) -> pl.DataFrame:
    """Planned orders, firmed ones included, that are not the same: one row each, `change` of ORDER_CHANGES.

    `quantity` says that the quantity is another, `source` that the quantity is the same but not where it comes from,
    `moved` that only dates are others, `firmed` that the plan leaves the same order alone from now on. Columns of the
    base are empty for an added order, those of the scenario (with `_after`) for a removed one.
    """
    left, right = _orders(base), _orders(other)
    pairs: list[pl.DataFrame] = []
    for columns in _PASSES:
        keys = [*_KEY, *columns]
        first, second = (one.with_columns(rank=pl.int_range(pl.len()).over(keys)) for one in (left, right))
        found = first.join(second, on=[*keys, "rank"], nulls_equal=True).select(
            "row", "row_right", is_same=pl.col("is_firm") == pl.col("is_firm_right")
        )
        # Where nothing else differs, only those that were firmed are told.
        pairs.append(found if pairs else found.filter(~pl.col("is_same")))
        left = left.join(found.select("row"), on="row", how="anti", maintain_order="left")
        right = right.join(found.select(row="row_right"), on="row", how="anti", maintain_order="left")
    matched = pl.concat(pairs)
    ours, theirs = _orders(base), _orders(other)
    both = matched.join(ours, on="row").join(theirs.rename({"row": "row_right"}), on="row_right", suffix="_after")
    other_source = ~pl.col("source").eq_missing(pl.col("source_after"))
    other_day = pl.any_horizontal(pl.col(day) != pl.col(f"{day}_after") for day in ("due_date", "release_date"))
    change = (
        pl.when(pl.col("quantity") != pl.col("quantity_after")).then(pl.lit("quantity"))
        .when(other_source).then(pl.lit("source"))
        .when(other_day).then(pl.lit("moved")).otherwise(pl.lit("firmed"))
    )  # fmt: skip
    parts = [
        both.with_columns(change=change),
        right.rename({name: f"{name}_after" for name in right.columns if name not in _KEY}).with_columns(
            change=pl.lit("added")
        ),
        left.with_columns(change=pl.lit("removed")),
    ]
    columns = ["order_type", "supplier_id", "due_date", "release_date", "quantity", "value"]
    together = pl.concat(parts, how="diagonal").with_columns(
        due_days=(pl.col("due_date_after") - pl.col("due_date")).dt.total_days(),
        value_difference=pl.col("value_after").fill_null(0.0) - pl.col("value").fill_null(0.0),
    )
    return together.sort(
        *_KEY, pl.coalesce("due_date", "due_date_after"), "due_date_after", "change", "quantity", "quantity_after"
    ).select(
        "change", *_KEY, *(name for one in columns for name in (one, f"{one}_after")), "due_days", "value_difference"
    )  # fmt: skip


def _orders(outcome: Outcome) -> pl.DataFrame:
    """Planned and firmed orders by item, place and date, with `row` and the `source` as a text."""
    model, orders, opened = outcome.planned.model, outcome.planned.plan.orders, outcome.planned.plan.problem.open_supply
    firmed = np.flatnonzero((model.supply["document_type"] == FIRM_PLANNED).to_numpy() & (opened.quantity > 0))
    node = np.concatenate((orders.node, opened.node[firmed]))
    code = pl.Series(np.concatenate((orders.source, opened.source[firmed]))).replace(NONE, None)
    quantity = np.concatenate((orders.quantity, opened.start_quantity[firmed]))
    kinds = pl.Series(["make", "buy", "transfer", "subcontract"])
    sources = model.sources.select(
        "supplier_id", "from_location_id", "bom_id", kind=kinds.gather(model.sources["kind"])
    )
    of = sources.select(pl.all().gather(code)) if sources.height else pl.DataFrame(
        {name: [None] * node.size for name in sources.columns}, schema=dict.fromkeys(sources.columns, pl.String)
    )  # fmt: skip
    frame = pl.DataFrame(
        {
            "item_id": model.nodes["item_id"].gather(node),
            "location_id": model.nodes["location_id"].gather(node),
            "order_type": of["kind"],
            "supplier_id": of["supplier_id"],
            "due_date": dates(np.concatenate((orders.due_day, opened.day[firmed]))),
            "release_date": dates(np.concatenate((orders.release_day, opened.start_day[firmed]))),
            "quantity": units(quantity),
            "value": quantity / UNIT * model.problem.nodes.unit_value[node],
            "is_firm": np.arange(node.size) >= orders.count,
            "source": of.select(
                pl.concat_str(["kind", "supplier_id", "from_location_id", "bom_id"], separator="/", ignore_nulls=True)
            ).to_series(),
        }
    )
    return frame.sort(*_KEY, "due_date", "release_date", "quantity", "source", "is_firm").with_row_index("row")


def late_line_differences(base: Outcome, other: Outcome) -> pl.DataFrame:
    """Sales order lines whose lateness is another: `newly_late`, `no_longer_late`, `later`, `sooner`,
    `amount` (as late as before, but for another part of its money).

    A line that only one of both plans has counts as on time in the other; `is_new` and `is_gone` say so.
    """
    both = _late(base).join(_late(other), on="sales_order_line_id", how="full", coalesce=True, suffix="_after")
    held, there = _lines(base), _lines(other)
    names = pl.concat([held, there]).unique("sales_order_line_id", keep="first", maintain_order=True)
    days, after = pl.col("late_days").fill_null(0), pl.col("late_days_after").fill_null(0)
    change = (
        pl.when(days == 0).then(pl.lit("newly_late")).when(after == 0).then(pl.lit("no_longer_late"))
        .when(after > days).then(pl.lit("later")).otherwise(pl.lit("sooner"))
    )  # fmt: skip
    line = pl.col("sales_order_line_id")
    money, money_after = pl.col("late_value").fill_null(0.0), pl.col("late_value_after").fill_null(0.0)
    return (
        both.filter((days != after) | (money != money_after))
        .with_columns(
            days, after, change=pl.when(days == after).then(pl.lit("amount")).otherwise(change),
            late_value=money, late_value_after=money_after,
        )
        .join(names, on="sales_order_line_id", how="left")
        .with_columns(
            is_new=~line.is_in(held["sales_order_line_id"].implode()),
            is_gone=~line.is_in(there["sales_order_line_id"].implode()),
        )
        .sort("change", "customer_id", "sales_order_line_id")
        .select("change", "sales_order_line_id", "customer_id", *_KEY, "demand_date", "late_days", "late_days_after",
                "late_value", "late_value_after", "is_new", "is_gone")
    )  # fmt: skip


def _late(outcome: Outcome) -> pl.DataFrame:
    late = late_lines(outcome)
    ids = outcome.planned.model.demands["document_id"].gather(late.demand)
    return pl.DataFrame({"sales_order_line_id": ids, "late_days": late.days, "late_value": late.value})


def _lines(outcome: Outcome) -> pl.DataFrame:
    """Open sales order lines that count."""
    model, demand = outcome.planned.model, outcome.planned.plan.demand
    counts = pl.Series(demand.quantity[: model.demands.height] > 0)
    sold = model.demands.filter(counts & (model.demands["document_type"] == "sales_order_line"))
    return sold.select(pl.col("document_id").alias("sales_order_line_id"), "customer_id", *_KEY, demand_date="date")


def customer_differences(base: Outcome, other: Outcome) -> pl.DataFrame:
    """Customers with late lines in one plan or both: `newly_late`, `no_longer_late`, `changed`."""
    parts = []
    for outcome in (base, other):
        late = _late(outcome).join(_lines(outcome), on="sales_order_line_id", how="left")
        parts.append(
            late.filter(pl.col("customer_id").is_not_null())
            .group_by("customer_id")
            .agg(late_lines=pl.len().cast(pl.Int64), late_days=pl.col("late_days").max(),
                 late_value=pl.col("late_value").sort().sum())
        )  # fmt: skip
    both = parts[0].join(parts[1], on="customer_id", how="full", coalesce=True, suffix="_after")
    filled = [pl.col(name).fill_null(0) for name in both.columns if name != "customer_id"]
    change = (
        pl.when(pl.col("late_lines") == 0).then(pl.lit("newly_late"))
        .when(pl.col("late_lines_after") == 0).then(pl.lit("no_longer_late")).otherwise(pl.lit("changed"))
    )  # fmt: skip
    same = pl.all_horizontal(pl.col(name) == pl.col(f"{name}_after") for name in parts[0].columns[1:])
    return (
        both.with_columns(filled).filter(~same).with_columns(change=change).sort("change", "customer_id")
        .select("change", "customer_id", "late_lines", "late_lines_after", "late_days", "late_days_after", "late_value",
                "late_value_after")
    )  # fmt: skip


def supplier_differences(base: Outcome, other: Outcome) -> pl.DataFrame:
    """Suppliers with orders in only one of the plans: `newly_needed`, `no_longer_needed`, with orders and money."""
    both = _supplied(base).join(_supplied(other), on="supplier_id", how="full", coalesce=True, suffix="_after")
    after, before = pl.col("orders_after").fill_null(0), pl.col("orders").fill_null(0)
    return (
        both.filter((after == 0) != (before == 0))
        .with_columns(
            change=pl.when(before == 0).then(pl.lit("newly_needed")).otherwise(pl.lit("no_longer_needed")),
            orders=pl.max_horizontal(before, after),
            value=pl.coalesce("value", "value_after"),
            first_release_date=pl.coalesce("first_release_date", "first_release_date_after"),
        )
        .sort("change", "supplier_id")
        .select("change", "supplier_id", "orders", "value", "first_release_date")
    )


def _supplied(outcome: Outcome) -> pl.DataFrame:
    """Suppliers with planned or open orders."""
    planned = _orders(outcome).filter(pl.col("supplier_id").is_not_null())
    opened = outcome.planned.plan.problem.open_supply
    value = outcome.planned.plan.problem.nodes.unit_value[opened.node] * opened.quantity / 1e6
    held = pl.DataFrame({"supplier_id": delivered_by(outcome.planned.model), "value": value}).filter(
        pl.Series(opened.quantity > 0) & pl.col("supplier_id").is_not_null()
    )
    return (
        pl.concat([planned.select("supplier_id", "value", "release_date"), held], how="diagonal")
        .group_by("supplier_id")
        .agg(
            orders=pl.len().cast(pl.Int64),
            value=pl.col("value").sort().sum(),
            first_release_date=pl.col("release_date").min(),
        )
    )


def work_centre_differences(base: Outcome, other: Outcome) -> pl.DataFrame:
    """Weeks of work centres overloaded in only one of the plans: `newly_overloaded`, `no_longer_overloaded`."""
    both = _loaded(base).join(
        _loaded(other), on=["work_centre_id", "week_start_date"], how="full", coalesce=True, suffix="_after"
    )
    before, after = pl.col("is_over").fill_null(value=False), pl.col("is_over_after").fill_null(value=False)
    return (
        both.filter(before != after)
        .with_columns(change=pl.when(after).then(pl.lit("newly_overloaded")).otherwise(pl.lit("no_longer_overloaded")))
        .sort("change", "work_centre_id", "week_start_date")
        .select("change", "work_centre_id", "week_start_date", "hours", "hours_after", "capacity", "capacity_after")
    )


def _loaded(outcome: Outcome) -> pl.DataFrame:
    load = outcome.planned.load
    row, column = np.nonzero(load.hours[:, 1:] > 0)
    hours, room = load.hours[row, column + 1], load.capacity[row, column + 1]
    return pl.DataFrame(
        {
            "work_centre_id": chosen(outcome.planned.model.work_centres, row),
            "week_start_date": dates(load.edges[column]),
            "hours": hours, "capacity": room, "is_over": hours > room,
        }
    )  # fmt: skip
