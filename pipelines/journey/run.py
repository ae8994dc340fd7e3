"""Work out every step of every order line: its time on the path, and the days of lateness that it brought in.

Writes engine.order_hops. Reads the core of a build and the papers of the canonical layer.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from pipelines.build.context import write_table
from pipelines.journey.collect import facts
from pipelines.journey.sql import LINES, ORDERS, SUPPLIES
from pipelines.journey.steps import PATH, STEPS, SUPPLY
from planning.journey import explained_days, needed_days, spans

Numbers = NDArray[np.float64]


def run_order_journey(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write the steps of all order lines; `as_of` is not needed, as only what happened is told."""
    connection.execute("create schema if not exists engine")

    def read(sql: str) -> pl.DataFrame:
        found: pl.DataFrame = connection.sql(sql).pl().with_columns(cs.decimal().cast(pl.Float64))
        return found

    order = ["taker_type", "taker_id", "taken_item_id"]
    write_table(connection, "engine.order_hops", order_hops(read(LINES), read(SUPPLIES).sort(order), read(ORDERS)))


def order_hops(lines: pl.DataFrame, supplies: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """One row per order line and step that has a document, a plan or a day, in the order of the steps."""
    found = facts(lines, supplies, orders)
    count = lines.height
    actual = _days_of(found, "actual", count)
    timed = spans(actual)
    own = _lateness(lines, found, actual)
    ordered = _numbers(lines["ordered_date"].cast(pl.Date).to_physical())
    frames = []
    for position, step in enumerate(STEPS):
        is_on_path = position < len(PATH)
        begin, end = (timed.begin[:, position], timed.end[:, position]) if is_on_path else (np.full(count, np.nan),) * 2
        frame = found[step.key].with_columns(
            lines["sales_order_line_id"], lines["customer_id"],
            hop=pl.lit(step.name), level=pl.lit(step.level, pl.Int32), sequence=pl.lit(position, pl.Int32),
            nature=pl.lit(step.nature), is_on_path=pl.lit(int(is_on_path), pl.Int32),
            needed=_date(own.needed[:, position]), begin=_date(begin), end=_date(end), days=_plain(end - begin),
            late_days=pl.Series(own.late[:, position]), planned_late_days=pl.Series(own.planned[:, position]),
            short_notice_days=pl.Series(own.short[:, position]), unexplained_days=pl.Series(own.rest[:, position]),
            is_past=pl.Series(end <= ordered),
        )  # fmt: skip
        has_something = pl.any_horizontal(pl.col("actual", "planned", "document_id").is_not_null())
        frame = frame.filter(has_something)
        if step.is_supply and step.level > 0:
            # Parts of parts that were there before the customer ordered held nobody up.
            days = pl.sum_horizontal("late_days", "planned_late_days", "short_notice_days", "unexplained_days")
            frame = frame.filter(~(pl.col("is_past") & (days == 0)) & pl.col("actual").is_not_null())
        frames.append(frame.drop("is_past"))
    whole = pl.concat(frames)
    touch = pl.when(pl.col("nature") == "work").then(pl.min_horizontal(pl.col("days"), pl.col("touch").fill_null(0.0)))
    return (
        whole.with_columns(
            touch_days=touch.when(pl.col("nature") == "move").then(pl.col("days")).otherwise(0.0)
        )
        .drop("touch", "planned_days", "begun")
        .rename({"actual": "actual_date", "planned": "planned_date", "needed": "needed_date", "begin": "begin_date",
                 "end": "end_date"})
        .sort("sales_order_line_id", "sequence")
    )  # fmt: skip


class _Late:
    """Days of lateness by step of STEPS, (n, steps): its own, planned too late, asked at short notice, not known."""

    def __init__(self, count: int) -> None:
        shape = (count, len(STEPS))
        self.late, self.planned, self.short, self.rest = (np.zeros(shape) for _ in range(4))
        self.needed = np.full(shape, np.nan)


def _lateness(lines: pl.DataFrame, found: dict[str, pl.DataFrame], actual: Numbers) -> _Late:
    result = _Late(lines.height)
    supply = list(SUPPLY)
    steps = [PATH[position] for position in supply]
    due = _numbers(lines["due_date"].cast(pl.Date).to_physical())
    ordered = _numbers(lines["ordered_date"].cast(pl.Date).to_physical())
    planned_days = np.stack([_numbers(found[step.key]["planned_days"]) for step in steps], axis=1)
    needed = needed_days(due, planned_days)
    done = actual[:, supply].copy()
    # Only what has come in full is late or not; what is open or on the road waits for the plan.
    is_told = (lines["reports_customer_receipts"].fill_null(0) == 1).to_numpy()
    names = [step.name for step in steps]
    ended = np.where(is_told, done[:, names.index("transport")], done[:, names.index("ship")])
    done[np.isnan(ended)] = np.nan
    own, rest = explained_days(done, needed)
    is_first = ~np.isnan(done) & (np.cumsum(~np.isnan(done), axis=1) == 1)
    planned = np.stack([_numbers(found[step.key]["planned"].to_physical()) for step in steps], axis=1)
    after_plan = np.nan_to_num(np.maximum(0.0, done - planned), nan=0.0)
    kinds = np.array(names)
    # A start or a receipt that kept its plan was planned too late; how much of that the order came too late for.
    is_planned = np.isin(kinds, ("start", "inbound"))[None, :] & ~np.isnan(planned)
    total = own + np.where(is_first & is_planned, rest[:, None], 0.0)
    kept = np.where(is_planned, np.minimum(total, after_plan), total)
    by_plan = total - kept
    # Goods for stock had to be there before anybody ordered; what was bought or made for the order could not.
    begun = np.stack([_numbers(found[step.key]["begun"].to_physical()) for step in steps], axis=1)
    is_for_order = begun >= ordered[:, None]
    notice = np.maximum(0.0, np.nan_to_num(ordered[:, None] - needed, nan=0.0))
    short = np.where(is_for_order, np.minimum(by_plan, notice), 0.0)
    result.late[:, supply] = kept
    result.planned[:, supply] = by_plan - short
    result.short[:, supply] = short
    result.rest[:, supply] = np.where(is_first & ~is_planned, rest[:, None], 0.0)
    result.needed[:, supply] = np.where(np.isnan(done), np.nan, needed)
    return result


def _days_of(found: dict[str, pl.DataFrame], fact: str, count: int) -> Numbers:
    columns = [_numbers(found[step.key][fact].to_physical()) for step in PATH]
    return np.stack(columns, axis=1) if count else np.empty((0, len(PATH)))


def _numbers(series: pl.Series) -> Numbers:
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _date(days: Numbers) -> pl.Series:
    return pl.Series(days, dtype=pl.Float64).fill_nan(None).cast(pl.Int32).cast(pl.Date)


def _plain(days: Numbers) -> pl.Series:
    return pl.Series(days, dtype=pl.Float64).fill_nan(None)
