"""What families sell to their users week by week, and how much of the market could be seen in that week.

Users buy in shops, which tell what they sell on, and as consumers from us. A shop with an empty shelf says nothing
about demand: its weeks are left out, and the expectation falls with them. So an empty market is not taken for a dead
one, nor a customer who left for a family that nobody wants.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

# So many weeks tell how much a shop, or all consumers together, buy of a family as a rule.
_LEVEL_WEEKS = 104
WEEK_DAYS = 7
# Columns of a panel that hold the share of a week that a kind of event covers.
EVENT = "event "
# So long a successor may sell beside what he replaces.
_CHANGE_WEEKS = 4


def weekly_sales(
    sell_out: pl.DataFrame, orders: pl.DataFrame, items: pl.DataFrame, as_of: date, *, with_empty_shelves: bool
) -> pl.DataFrame:
    """(family, week_start, sold, exposure) for every week from a family's first sale to the last whole one, sorted.

    `exposure`: pieces that the shops and consumers seen in the week buy as a rule. `with_empty_shelves`: a shop that
    sold something counts even where its shelf was empty in the end; right for sales that rise, since they empty
    shelves, and wrong for sales that fall.
    """
    last = _week_of(as_of - timedelta(days=WEEK_DAYS - 1))
    families = items.select("item_id", "family")
    shelves = _without_left_overs(sell_out.rename({"week_start_date": "week_start"}), items)
    shops = (
        shelves.join(families, on="item_id", how="inner")
        .group_by("family", buyer="customer_id", week_start=pl.col("week_start").dt.truncate("1w"))
        .agg(sold=pl.col("sold_quantity").sum().clip(0.0, None), shelf=pl.col("stock_quantity").sum())
    )
    stocked = pl.col("shelf") > 0
    shops = shops.filter(stocked | (pl.col("sold") > 0) if with_empty_shelves else stocked).drop("shelf")
    direct = _direct(orders, families, bool(sell_out.height))
    cells = pl.concat([shops.select("family", "buyer", "week_start", "sold"), direct])
    cells = cells.filter(pl.col("week_start") <= last)
    level_from = last - timedelta(weeks=_LEVEL_WEEKS)
    levels = (
        cells.with_columns(counted=pl.col("week_start") > level_from)
        .group_by("family", "buyer")
        .agg(level=pl.col("sold").filter("counted").mean().fill_null(pl.col("sold").mean()))
    )
    weeks = cells.join(levels, on=["family", "buyer"]).group_by("family", "week_start")
    return weeks.agg(sold=pl.col("sold").sum(), exposure=pl.col("level").sum()).sort("family", "week_start")


def _without_left_overs(sell_out: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """What is left of an item whose successor sells is no offer any more: it counts as an empty shelf."""
    sold = sell_out.filter(pl.col("sold_quantity") > 0)
    begun = sold.group_by("item_id").agg(successor_sells_from=pl.col("week_start").min())
    replaced = items.select("item_id", "replaced_by_item_id").join(
        begun, left_on="replaced_by_item_id", right_on="item_id", how="inner"
    )
    over = pl.col("successor_sells_from").is_not_null() & (
        pl.col("week_start") >= pl.col("successor_sells_from") + pl.duration(weeks=_CHANGE_WEEKS)
    )
    joined = sell_out.join(replaced, on="item_id", how="left")
    return joined.with_columns(stock_quantity=pl.when(over).then(0.0).otherwise(pl.col("stock_quantity")))


def _direct(orders: pl.DataFrame, families: pl.DataFrame, has_shops: bool) -> pl.DataFrame:
    """Orders of those who do not tell what they sell on: consumers; of all of them where there is nobody else.

    A week without an order counts as nothing sold, from the family's first order on.
    """
    consumers = orders.filter(pl.col("customer_group") == "consumer")
    known = consumers if has_shops or consumers.height else orders
    if known.is_empty():
        return pl.DataFrame(schema={"family": pl.String, "buyer": pl.String, "week_start": pl.Date, "sold": pl.Float64})
    weekly = (
        known.join(families, on="item_id", how="inner")
        .group_by("family", week_start=pl.col("ordered_date").dt.truncate("1w"))
        .agg(sold=pl.col("quantity").sum().cast(pl.Float64))
    )
    last = orders["ordered_date"].max()
    spans = weekly.group_by("family").agg(first=pl.col("week_start").min())
    every = spans.select(
        "family", week_start=pl.date_ranges("first", pl.lit(last, dtype=pl.Date).dt.truncate("1w"), "1w")
    ).explode("week_start")
    filled = every.join(weekly, on=["family", "week_start"], how="left").with_columns(pl.col("sold").fill_null(0.0))
    return filled.select("family", buyer=pl.lit("direct orders"), week_start="week_start", sold="sold")


def _week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def with_events(panel: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The panel with a column `event <type>` for each kind of event: days of the week that one covers, over seven.

    `events`: event_type, family (empty: of all), start_date, end_date; known in advance, such as promotions.
    """
    weeks = panel.select("family", "week_start").with_columns(week_end=pl.col("week_start") + pl.duration(days=6))
    for kind in events["event_type"].unique().sort().to_list():
        name = f"{EVENT}{kind}"
        covering = weeks.join(events.filter(pl.col("event_type") == kind), how="cross", suffix="_of_event").filter(
            (pl.col("family_of_event").is_null() | (pl.col("family_of_event") == pl.col("family")))
            & (pl.col("start_date") <= pl.col("week_end"))
            & (pl.col("end_date") >= pl.col("week_start"))
        )
        first, last = pl.max_horizontal("start_date", "week_start"), pl.min_horizontal("end_date", "week_end")
        days = covering.group_by("family", "week_start").agg(
            (((last - first).dt.total_days() + 1).max() / WEEK_DAYS).alias(name)
        )
        panel = panel.join(days, on=["family", "week_start"], how="left").with_columns(pl.col(name).fill_null(0.0))
    return panel
