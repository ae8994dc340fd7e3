"""Days without stock, and what was not ordered on them.

A day counts where the shelf was empty when its orders were placed: days without stock are moved by the channel's usual
days from order to the day asked for. The usual rate of a series is its demand on days with stock, divided by the
working days with stock, over the weeks around. The four weeks before a shelf is empty do not count for it: the orders
that emptied it lie there, and would make every stock-out look like lost demand.

Whether a channel goes on ordering from an empty shelf is measured: its demand on days without stock against the usual
rate for as many days, over all its series. Only what this response lacks is added, so a channel that orders regardless
gets nothing, and a series never more than its usual rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.demand.lines import LINE_RULES, DemandDays
from forecasting.demand.rows import DemandRows
from forecasting.demand.settings import DemandSettings
from forecasting.panel import Floats

# Weeks to each side that tell the usual rate, and the working days with stock that they must hold.
_WEEKS_AROUND, _LEAST_DAYS = 13, 12
# Days before a shelf is empty that are not usual.
_EMPTYING_DAYS = 28
# So long after its last order a series has ended there, whatever the shelf.
_ENDED_DAYS = 91
# A channel is censored where its response is below this, by so many standard errors, over at least so many series.
_FULL_RESPONSE, _STANDARD_ERRORS, _LEAST_SERIES = 0.8, 3.0, 5


@dataclass(frozen=True, slots=True)
class StockOuts:
    """`lost`: series, date, lost quantity, for days without stock. `out`: series, date of working days without stock.

    `working`: location_id, date of all working days. `known`: series, known_from: since when its stock is known.
    `channels`: as in `prepared.CHANNELS`.
    """

    lost: pl.DataFrame
    out: pl.DataFrame
    working: pl.DataFrame
    known: pl.DataFrame
    channels: pl.DataFrame


def stock_outs(
    rows: DemandRows, days: DemandDays, begin: pl.DataFrame, as_of: date, settings: DemandSettings
) -> StockOuts:
    """Find the days without stock of every series, measure the channels' response, and estimate what was lost.

    `begin`: series, begin: nothing before counts.
    """
    working = _working(rows, days, as_of)
    known = (
        rows.stocked_nodes.join(days.keys, on=["item_id", "location_id"])
        .join(days.channels.select("channel", "ask_days"), on="channel", nulls_equal=True)
        .join(begin.select("series", "begin", "last_sale"), on="series")
        .with_columns(
            known_to=pl.min_horizontal(
                pl.col("last_sale") + pl.duration(days=_ENDED_DAYS), pl.lit(as_of, dtype=pl.Date)
            ),
            known_from=pl.max_horizontal("begin", pl.col("stocked_from") + pl.duration(days="ask_days")),
        )
        .select("series", "item_id", "location_id", "channel", "ask_days", "known_from", "known_to")
        .sort("series")
    )
    every = _out_days(rows, known, as_of)
    out = every.join(working, on=["location_id", "date"], how="semi", maintain_order="left").select("series", "date")
    cells = _cells(days, known, every, out, working)
    channels = _responses(cells, known, days, settings)
    rate = cells.join(known.select("series", "channel"), on="series").join(
        channels.filter("is_censored").select("channel", "response"), on="channel", nulls_equal=True
    )
    lost = (
        out.with_columns(week=pl.col("date").dt.truncate("1w"))
        .join(rate.select("series", "week", "rate", "response"), on=["series", "week"])
        .select("series", "date", lost=pl.col("rate") * (1 - pl.col("response")))
        .filter(pl.col("lost") > 0)
        .sort("series", "date")
    )
    return StockOuts(lost, out, working, known.select("series", "location_id", "known_from"), channels)


def _working(rows: DemandRows, days: DemandDays, as_of: date) -> pl.DataFrame:
    """Working days of every place up to `as_of`; a day that its calendar does not know is one."""
    first = days.lines["date"].min()
    begin = first if isinstance(first, date) and first <= as_of else as_of
    places = days.keys.select("location_id").unique().sort("location_id")
    return (
        places.join(pl.DataFrame({"date": pl.date_range(begin, as_of, eager=True)}), how="cross")
        .join(
            rows.calendars.select("location_id", "is_working", date="calendar_date").unique(["location_id", "date"]),
            on=["location_id", "date"], how="left", nulls_equal=True, maintain_order="left",
        )
        .filter(pl.col("is_working").fill_null(value=True))
        .select("location_id", "date")
    )  # fmt: skip


def _out_days(rows: DemandRows, known: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`series, location_id, date`: days asked for whose orders met an empty shelf.

    The end of an item, or of its sale at the place, is no stock-out.
    """
    ended = rows.items.filter(pl.col("lifecycle_status") == "obsolete").select("item_id")
    tomorrow = as_of + timedelta(days=1)
    empty = rows.stock_outs.filter(pl.col("from_date") <= as_of)
    final = empty.filter(pl.col("to_date") >= tomorrow).join(ended, on="item_id", how="semi")
    empty = empty.join(final, on=["item_id", "location_id", "from_date"], how="anti")
    return (
        known.join(empty, on=["item_id", "location_id"])
        .with_columns(
            first=pl.max_horizontal(pl.col("from_date") + pl.duration(days="ask_days"), "known_from"),
            last=pl.min_horizontal(pl.col("to_date") + pl.duration(days=pl.col("ask_days") - 1), "known_to"),
        )
        .filter(pl.col("first") <= pl.col("last"))
        .select("series", "location_id", date=pl.date_ranges("first", "last"))
        .explode("date")
        .unique()
        .sort("series", "date")
    )


def _cells(
    days: DemandDays, known: pl.DataFrame, every: pl.DataFrame, out: pl.DataFrame, working: pl.DataFrame
) -> pl.DataFrame:
    """One row per series and week with a day without stock: `series, week, out_days, out_demand, rate`.

    `rate` is the usual demand per working day, null where there are too few days with stock around.
    """
    demand = days.lines.select(
        "series", "date", demand=sum((pl.col(rule) for rule in LINE_RULES), start=pl.col("raw"))
    ).join(known.select("series", "known_from"), on="series", maintain_order="left").filter(
        pl.col("date") >= pl.col("known_from")
    )  # fmt: skip
    touched = every.select("series").unique().sort("series").with_row_index("row")
    shape, first_week = _extent(touched, working)
    week = ((pl.col("date").dt.truncate("1w") - pl.lit(first_week)).dt.total_days() // 7).alias("week_number")

    def counted(frame: pl.DataFrame, value: pl.Expr) -> Floats:
        found = np.zeros(shape)
        placed = frame.join(touched, on="series", maintain_order="left").select("row", week, value=value)
        placed = placed.filter(pl.col("week_number").is_between(0, shape[1] - 1))
        np.add.at(found, (placed["row"].to_numpy(), placed["week_number"].to_numpy()), placed["value"].to_numpy())
        return found

    unusual = _with_days_before(every)
    on_empty = demand.join(every, on=["series", "date"], how="semi", maintain_order="left")
    with_stock = demand.join(unusual, on=["series", "date"], how="anti", maintain_order="left")
    last = working["date"].max()
    with_stock = with_stock.filter(pl.col("date") <= pl.lit(last, dtype=pl.Date))
    open_days = known.join(working, on="location_id", nulls_equal=True).filter(
        pl.col("date").is_between("known_from", "known_to")
    ).select("series", "date").join(unusual, on=["series", "date"], how="anti")  # fmt: skip
    out_days = counted(out, pl.lit(1.0))
    exposure = _around(counted(open_days, pl.lit(1.0)))
    usual = _around(counted(with_stock, pl.col("demand")))
    rate = np.divide(usual, exposure, out=np.full(shape, np.nan), where=exposure >= _LEAST_DAYS)
    found, weeks = np.nonzero(out_days)
    return pl.DataFrame(
        {
            "series": touched["series"].gather(pl.Series(found, dtype=pl.Int64)),
            "week": pl.Series(weeks * 7, dtype=pl.Int64),
            "out_days": out_days[found, weeks],
            "out_demand": counted(on_empty, pl.col("demand"))[found, weeks],
            "rate": pl.Series(np.maximum(rate, 0.0)[found, weeks]).fill_nan(None),
        }
    ).with_columns(week=pl.lit(first_week) + pl.duration(days="week"))


def _with_days_before(every: pl.DataFrame) -> pl.DataFrame:
    """`series, date` of the days without stock and of the days in which they came about."""
    starts = every.filter(
        (pl.col("date") - pl.col("date").shift(1).over("series")).dt.total_days().fill_null(2) > 1
    ).select(
        "series", date=pl.date_ranges(pl.col("date") - pl.duration(days=_EMPTYING_DAYS), "date", closed="left")
    )  # fmt: skip
    return pl.concat([every.select("series", "date"), starts.explode("date")]).unique()


def _extent(touched: pl.DataFrame, working: pl.DataFrame) -> tuple[tuple[int, int], date]:
    first, last = working["date"].min(), working["date"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        return (touched.height, 0), date(1970, 1, 5)
    monday = first - timedelta(days=first.weekday())
    return (touched.height, (last - monday).days // 7 + 1), monday


def _around(values: Floats) -> Floats:
    """Sums (series, weeks) over the weeks around each week, itself included."""
    total = np.cumsum(np.pad(values, ((0, 0), (_WEEKS_AROUND + 1, _WEEKS_AROUND))), axis=1)
    found: Floats = total[:, 2 * _WEEKS_AROUND + 1 :] - total[:, : -(2 * _WEEKS_AROUND + 1)]
    return found


def _responses(
    cells: pl.DataFrame, known: pl.DataFrame, days: DemandDays, settings: DemandSettings
) -> pl.DataFrame:  # fmt: skip
    """One row per channel: demand on days without stock against the usual, and whether it falls beyond chance.

    Chance is the larger of two errors: of a ratio of sums over series (the weeks of a series share one rate and err
    together), and of orders of each series' size that come at random at the usual rate (compound Poisson).
    """
    demand = sum((pl.col(rule) for rule in LINE_RULES), start=pl.col("raw"))
    sizes = (
        days.lines.filter(demand > 0).group_by("series", maintain_order=True).agg(size=(demand**2).sum() / demand.sum())
    )
    missed = pl.col("found") - pl.col("usual") * pl.col("found").sum() / pl.col("usual").sum()
    measured = (
        cells.filter(pl.col("rate").is_not_null())
        .group_by("series", maintain_order=True)
        .agg(found=pl.col("out_demand").sum(), usual=(pl.col("rate") * pl.col("out_days")).sum())
        .join(known.select("series", "channel"), on="series", maintain_order="left")
        .join(sizes, on="series", maintain_order="left")
        .group_by("channel", maintain_order=True)
        .agg(
            stocked_out_demand=pl.col("found").sum(), usual_demand=pl.col("usual").sum(),
            error=pl.max_horizontal(
                (missed**2).sum() * pl.len() / (pl.len() - 1.0), (pl.col("usual") * pl.col("size")).sum()
            ).sqrt(),
            series_count=pl.len(),
        )
    )  # fmt: skip
    given = settings.stock_out_response or {}
    stated = pl.DataFrame(
        {"channel": list(given), "stated": list(given.values())}, schema={"channel": pl.String, "stated": pl.Float64}
    )
    falls = pl.col("usual_demand") - pl.col("stocked_out_demand") > _STANDARD_ERRORS * pl.col("error")
    is_known = pl.col("series_count") >= _LEAST_SERIES
    response = (pl.col("stocked_out_demand") / pl.col("usual_demand")).clip(0.0, 1.0)
    return (
        days.channels.join(measured, on="channel", how="left", nulls_equal=True, maintain_order="left")
        .join(stated, on="channel", how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            response=pl.coalesce("stated", response).clip(0.0, 1.0),
            is_censored=pl.when(pl.col("stated").is_not_null()).then(pl.col("stated") < 1.0)
            .otherwise((response < _FULL_RESPONSE) & falls & is_known).fill_null(value=False),
        )
        .select("channel", "ask_days", "history_from", "stocked_out_demand", "usual_demand", "response", "is_censored")
        .sort("channel")
    )  # fmt: skip
