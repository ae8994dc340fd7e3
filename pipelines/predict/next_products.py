"""Next best products in the step `predictions`: what each active customer has not bought yet and is likely to want.

Each group of customers (`reference.customer_groups`) is judged by itself on three periods that followed a cutoff; a way
of ranking is used only where it beats popularity there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl

from forecasting.errors import ForecastError
from forecasting.next_product import Way, advise, baskets, chosen_way, hit_rates, pooled, substitutes
from forecasting.next_product.backtest import SCHEMA as HIT_SCHEMA
from pipelines.build.context import write_table
from pipelines.predict.customer_looks import grouped_customers
from pipelines.predict.predictor import SEED
from tower.errors import BuildError

# Purchases of so many days are the basket; advice is judged on the purchases of so many days after a cutoff.
BASKET_DAYS = 1095
JUDGED_DAYS = 90
CUTOFFS = 3
KEPT = 5
AT = (3, 5)
# The way is chosen by the hit rate of so many items, if so many customers bought something new after the cutoffs.
CHOSEN_AT = 3
FEWEST_JUDGED = 50
ADVICE_SCHEMA = {
    "customer_id": pl.String, "customer_group": pl.String, "rank": pl.Int64, "item_id": pl.String, "way": pl.String,
    "score": pl.Float64, "because_item_id": pl.String, "common_buyers": pl.Int64, "because_buyers": pl.Int64,
    "support": pl.Float64, "lift": pl.Float64, "popularity": pl.Float64, "alike_customers": pl.Int64,
    "alike_buyers": pl.Int64,
}  # fmt: skip
ITEM_SCHEMA = {
    "customer_group": pl.String, "item_id": pl.String, "buyers": pl.Int64, "buyers_year": pl.Int64,
    "value_year": pl.Float64, "margin_rate": pl.Float64, "usual_value_year": pl.Float64,
    "available_quantity": pl.Float64, "substitutes": pl.Int64, "left_out": pl.String,
}  # fmt: skip
GROUP_SCHEMA = {
    "customer_group": pl.String, "way": pl.String, "reason": pl.String, "customers": pl.Int64,
    "advised_customers": pl.Int64, "items": pl.Int64, "judged_customers": pl.Int64, "substitute_pairs": pl.Int64,
}  # fmt: skip
VALIDATION_SCHEMA = {
    "customer_group": pl.String, "split": pl.String, "cutoff_date": pl.Date, "until_date": pl.Date,
    **HIT_SCHEMA, "is_used": pl.Boolean,
}  # fmt: skip
_PURCHASES = """
select distinct customers.customer_id, customers.customer_group, lines.item_id, lines.ordered_date as ordered_on
from core.fct_sales_order_lines as lines
inner join grouped_customers as customers on lines.customer_id = customers.customer_id
where lines.is_cancelled = 0 and lines.item_id is not null and lines.ordered_date <= cast('{as_of}' as date)
order by customer_id, item_id, ordered_on
"""
_ITEMS = """
with sold as (
    select customers.customer_group, lines.item_id, lines.customer_id, lines.net_value, lines.margin_value,
        lines.ordered_date
    from core.fct_sales_order_lines as lines
    inner join grouped_customers as customers on lines.customer_id = customers.customer_id
    where lines.is_cancelled = 0 and lines.item_id is not null
        and lines.ordered_date between cast('{as_of}' as date) - {days} and cast('{as_of}' as date)
),
ever as (
    select customer_group, item_id, count(distinct customer_id) as buyers from sold group by customer_group, item_id
),
by_customer as (
    select customer_group, item_id, customer_id, cast(sum(net_value) as double) as value,
        cast(sum(margin_value) as double) as margin,
        cast(sum(net_value) filter (where margin_value is not null) as double) as costed
    from sold where ordered_date > cast('{as_of}' as date) - 365 group by customer_group, item_id, customer_id
),
yearly as (
    select customer_group, item_id, count(*) as buyers_year, sum(value) as value_year,
        sum(margin) / nullif(sum(costed), 0) as margin_rate, median(value) as usual_value_year
    from by_customer group by customer_group, item_id
),
stock as (
    select positions.item_id,
        cast(sum(positions.usable_quantity - coalesce(positions.reserved_quantity, 0)) as double) as available_quantity
    from core.fct_inventory_positions as positions
    inner join core.dim_locations as locations on positions.location_id = locations.location_id
    where locations.is_own_stock = 1
    group by positions.item_id
),
holds_stock as (select count(*) > 0 as known from core.fct_inventory_positions)
select ever.customer_group, ever.item_id, ever.buyers, coalesce(yearly.buyers_year, 0) as buyers_year,
    coalesce(yearly.value_year, 0) as value_year, yearly.margin_rate, yearly.usual_value_year,
    case when holds_stock.known then greatest(coalesce(stock.available_quantity, 0), 0) end as available_quantity,
    items.category_id, items.lifecycle_status
from ever
inner join core.dim_items as items on ever.item_id = items.item_id
cross join holds_stock
left join yearly on ever.customer_group = yearly.customer_group and ever.item_id = yearly.item_id
left join stock on ever.item_id = stock.item_id
order by ever.customer_group, ever.item_id
"""
_EMPTY: Mapping[str, Any] = {
    "next_products": ADVICE_SCHEMA,
    "next_product_items": ITEM_SCHEMA,
    "next_product_groups": GROUP_SCHEMA,
    "next_product_validation": VALIDATION_SCHEMA,
}


def run_next_products(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write engine.next_products, next_product_items, next_product_groups and next_product_validation.

    Raises BuildError in the engine's words.
    """
    connection.execute("create schema if not exists engine")
    grouped_customers(connection)
    purchases = connection.sql(_PURCHASES.format(as_of=as_of.isoformat())).pl()
    items = connection.sql(_ITEMS.format(as_of=as_of.isoformat(), days=BASKET_DAYS)).pl()
    rules = connection.sql("select * from reference.customer_groups order by group_order").pl()
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in _EMPTY}
    for rule in rules.iter_rows(named=True):
        own = pl.col("customer_group") == rule["customer_group"]
        try:
            made = of_group(rule, purchases.filter(own), items.filter(own), as_of)
        except ForecastError as error:
            raise BuildError(f"Next products of {rule['customer_group']} could not be found. {error}") from error
        for name, frame in made.items():
            found[name].append(frame)
    for name, frames in found.items():
        write_table(connection, f"engine.{name}", pl.concat([pl.DataFrame(schema=_EMPTY[name]), *frames]))


def of_group(
    rule: Mapping[str, Any], purchases: pl.DataFrame, items: pl.DataFrame, as_of: date
) -> dict[str, pl.DataFrame]:
    """The tables of one group. `purchases`: customer_id, item_id, ordered_on, none after `as_of`; `items`: the columns
    of ITEM_SCHEMA, category_id and lifecycle_status."""
    group = pl.lit(rule["customer_group"]).alias("customer_group")
    categories = dict(items.select("item_id", "category_id").iter_rows())
    validation, way, reason = judged_ways(purchases, categories, as_of)
    known = baskets(purchases, since=as_of - timedelta(days=BASKET_DAYS), until=as_of)
    rivals = substitutes(known, categories)
    active = purchases.filter(pl.col("ordered_on") > as_of - timedelta(days=rule["active_days"]))["customer_id"]
    marked = items.with_columns(left_out=_left_out())
    advice = advise(
        known, way, KEPT, customers=active.unique().sort().to_list(), rivals=rivals,
        barred=marked.filter(pl.col("left_out").is_not_null())["item_id"].to_list(),
    )  # fmt: skip
    stands_in = pl.DataFrame(
        {"item_id": [*known.items], "substitutes": np.asarray(rivals.sum(axis=1)).ravel().astype(np.int64)},
        schema={"item_id": pl.String, "substitutes": pl.Int64},
    )
    marked = marked.join(stands_in, on="item_id", how="left", maintain_order="left")
    whole = validation.filter(pl.col("split") == "all")
    summary = {
        "customer_group": rule["customer_group"], "way": way, "reason": reason, "customers": len(known.customers),
        "advised_customers": advice["customer_id"].n_unique(), "items": len(known.items),
        "judged_customers": int(whole["customers"].max() or 0) if whole.height else 0,  # type: ignore[arg-type]
        "substitute_pairs": int(rivals.sum()) // 2,
    }  # fmt: skip
    return {
        "next_products": advice.with_columns(group, pl.lit(way).alias("way"))
        .select(pl.col(name).cast(kind) for name, kind in ADVICE_SCHEMA.items())
        .sort("customer_id", "rank"),
        "next_product_items": marked.select(pl.col(name).cast(kind) for name, kind in ITEM_SCHEMA.items()),
        "next_product_groups": pl.DataFrame([summary], schema=GROUP_SCHEMA),
        "next_product_validation": validation.with_columns(group, (pl.col("way") == way).alias("is_used")).select(
            pl.col(name).cast(kind) for name, kind in VALIDATION_SCHEMA.items()
        ),
    }


def judged_ways(
    purchases: pl.DataFrame, categories: Mapping[str, str | None], as_of: date
) -> tuple[pl.DataFrame, Way, str]:
    """Hit rates by cutoff and of all together, the way to use and why: compared or too_few."""
    judged = [
        hit_rates(
            purchases, since=cutoff - timedelta(days=BASKET_DAYS), known_until=cutoff,
            judged_until=cutoff + timedelta(days=JUDGED_DAYS), at=AT, categories=categories, seed=SEED,
        )
        for back in range(CUTOFFS, 0, -1)
        if (cutoff := as_of - timedelta(days=JUDGED_DAYS * back))
    ]  # fmt: skip
    parts = [
        one.table.filter(pl.col("customers") > 0).with_columns(
            split=pl.lit(str(number)), cutoff_date=pl.lit(one.known_until), until_date=pl.lit(one.judged_until)
        )
        for number, one in enumerate(judged, start=1)
    ]
    whole = pooled(judged)
    table = pl.concat(
        [
            *parts,
            whole.with_columns(
                split=pl.lit("all"), cutoff_date=pl.lit(None, pl.Date), until_date=pl.lit(None, pl.Date)
            ),
        ]
    )
    compared = whole.filter((pl.col("k") == CHOSEN_AT) & ~pl.col("is_shuffled"))
    if compared.is_empty() or compared["customers"][0] < FEWEST_JUDGED:
        return table, "popularity", "too_few"
    leads = {row["way"]: row for row in compared.iter_rows(named=True)}
    way = chosen_way(
        {name: row["hit_rate"] for name, row in leads.items()}, {name: row["lead_error"] for name, row in leads.items()}
    )
    return table, way, "compared"


def _left_out() -> pl.Expr:
    """Why an item is recommended to nobody: obsolete, no_stock (phased out and gone), not_sold (nobody of the group
    in a year), loss (sold at or below cost)."""
    status = pl.col("lifecycle_status")
    return (
        pl.when(status == "obsolete").then(pl.lit("obsolete"))
        .when((status == "phase_out") & (pl.col("available_quantity") <= 0)).then(pl.lit("no_stock"))
        .when(pl.col("buyers_year") == 0).then(pl.lit("not_sold"))
        .when(pl.col("margin_rate") <= 0).then(pl.lit("loss"))
    )  # fmt: skip
