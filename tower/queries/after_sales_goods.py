"""Failures against the goods that were delivered: by age, by lot and by customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tower.after_sales import STEP_DAYS, compared, false_discovery, life_table
from tower.queries.after_sales import NARROWED, OF_CUSTOMER, Chosen, within

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Below so many units a rate is luck: such lots and customers are shown, but not tested.
FEWEST_UNITS = 5
# Of the lots that are named, one in twenty may be named wrongly.
ALARM = 0.05


@dataclass(frozen=True, slots=True)
class Compared:
    """`frame` by member, and how much could not be given to one: failures and units of lines of several batches."""

    frame: pl.DataFrame
    failures: int
    failures_left_out: int
    units: float
    units_left_out: float


def delivered_units(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Units by item, customer, batch and day of arrival, with their age in days on the as-of date."""
    return warehouse.frame(
        f"""
        select
            item_id, customer_id, batch_kind, batch_id, delivered_date,
            cast(sum(delivered_quantity) as double) as units
        from marts.mart_after_sales_deliveries as cases
        where
            delivered_date <= $as_of and {within("families", "cases.product_family")}
            and {within("segments", "cases.segment")} and {OF_CUSTOMER.format(table="cases")}
        group by all order by all
        """,
        {"as_of": warehouse.as_of, **{key: value for key, value in chosen.without_days.items() if key != "types"}},
    ).with_columns(age=(pl.lit(warehouse.as_of) - pl.col("delivered_date")).dt.total_days())


def _failed(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Failures whose goods had arrived, with the age of the goods in days."""
    return warehouse.frame(
        f"""
        select
            case_id, item_id, customer_id, batch_kind, batch_id, is_repeat, opened_date,
            cast(days_in_use as bigint) as age, cast(coalesce(cost_value, 0) as double) as cost_value
        from marts.mart_after_sales_cases as cases
        where is_failure = 1 and days_in_use is not null and item_id is not null and {NARROWED}
        order by case_id
        """,
        chosen.without_days,
    )


def by_age(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """One row per step of age of the goods: from_days, to_days, units_at_risk, failures, monthly_rate, share_failed.

    units_at_risk are unit-days of the step ÷ its days; monthly_rate is failures per unit and step, share_failed
    the part that has failed by its end.
    """
    delivered, failed = delivered_units(warehouse, chosen), _failed(warehouse, chosen)
    failed = failed.filter(pl.col("item_id").is_in(delivered["item_id"].unique().to_list()))
    if delivered.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(_AGE_COLUMNS, pl.Float64))
    one = np.zeros(delivered.height, np.int64)
    table = life_table(
        one, delivered["age"].to_numpy().astype(np.int64), delivered["units"].to_numpy(),
        np.zeros(failed.height, np.int64), failed["age"].to_numpy().astype(np.int64), 1,
    )  # fmt: skip
    first = np.arange(table.rate.shape[1]) * STEP_DAYS
    frame = pl.DataFrame(
        {
            "from_days": first, "to_days": first + STEP_DAYS - 1, "units_at_risk": table.unit_days[0] / STEP_DAYS,
            "failures": table.failures[0].astype(np.int64), "monthly_rate": table.rate[0] * STEP_DAYS,
            "share_failed": table.share[0],
        }
    )  # fmt: skip
    return frame.filter(pl.col("units_at_risk") > 0)


_AGE_COLUMNS = ("from_days", "to_days", "units_at_risk", "failures", "monthly_rate", "share_failed")


def lots(warehouse: Warehouse, chosen: Chosen) -> Compared:
    """One row per item and batch with a failure: against the other batches of the item, the least likely first.

    Of order lines that were delivered from one known batch. Columns as in `_compared`, with batch_kind and batch_id.
    """
    known = pl.col("batch_id").is_not_null()
    delivered, failed = delivered_units(warehouse, chosen), _failed(warehouse, chosen)
    frame = _compared(delivered.filter(known), failed.filter(known), ["batch_kind", "batch_id"])
    return Compared(
        _described(warehouse, frame), failed.height, failed.height - int(failed.select(known.sum()).item()),
        float(delivered["units"].sum()), float(delivered.filter(~known)["units"].sum()),
    )  # fmt: skip


def returning(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """One row per item and customer with more than one failure: against the item's other customers.

    Columns as in `_compared`, with repeats, first_opened, last_opened, customer_id and customer_name.
    """
    delivered, failed = delivered_units(warehouse, chosen), _failed(warehouse, chosen)
    frame = _compared(delivered, failed, ["customer_id"]).filter(pl.col("observed") > 1)
    names = warehouse.frame("select customer_id, customer_name, customer_type from core.dim_customers")
    return _described(warehouse, frame.join(names, on="customer_id", how="left", maintain_order="left"))


def _compared(delivered: pl.DataFrame, failed: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Members with a failure: item_id, `by`, units, observed, expected, ratio, chance, corrected, standing, cost_value.

    `standing` is high, expected, or few_units; `corrected` is empty for what was not tested. Costs and repeats are
    those of the failures counted.
    """
    keys = ["item_id", *by]
    members = delivered.select(keys).unique().sort(keys).with_row_index("member")
    groups = members.select("item_id").unique().sort("item_id").with_row_index("group")
    coded = delivered.join(members, on=keys, maintain_order="left")
    group_of = members.join(groups, on="item_id", maintain_order="left")["group"].to_numpy().astype(np.int64)
    hit = failed.join(members, on=keys, maintain_order="left")
    member = coded["member"].to_numpy().astype(np.int64)
    found = compared(
        group_of[member] if members.height else member, coded["age"].to_numpy().astype(np.int64),
        coded["units"].to_numpy(), member, hit["member"].to_numpy().astype(np.int64),
        hit["age"].to_numpy().astype(np.int64), group_of,
    )  # fmt: skip
    tested = found.units >= FEWEST_UNITS
    corrected = np.full(members.height, np.nan)
    corrected[tested] = false_discovery(found.chance[tested])
    sums = hit.group_by("member").agg(
        pl.col("cost_value", "is_repeat").sum(), first_opened=pl.col("opened_date").min(),
        last_opened=pl.col("opened_date").max(),
    )  # fmt: skip
    return (
        members.with_columns(
            units=found.units, observed=found.observed.astype(np.int64), expected=found.expected, chance=found.chance,
            corrected=pl.Series(corrected, dtype=pl.Float64).fill_nan(None),
        )
        .filter(pl.col("observed") > 0)
        .join(sums, on="member", how="left", maintain_order="left")
        .with_columns(
            ratio=pl.col("observed") / pl.col("expected"), rate=pl.col("observed") / pl.col("units"),
            standing=pl.when(pl.col("corrected").is_null()).then(pl.lit("few_units"))
            .when(pl.col("corrected") <= ALARM).then(pl.lit("high")).otherwise(pl.lit("expected")),
        )
        .rename({"is_repeat": "repeats"})
        .sort(["corrected", "chance", *keys], nulls_last=True)
        .drop("member")
    )  # fmt: skip


def _described(warehouse: Warehouse, frame: pl.DataFrame) -> pl.DataFrame:
    names = warehouse.frame("select item_id, item_name, item_name_zh from core.dim_items")
    return frame.join(names, on="item_id", how="left", maintain_order="left")


def failures_of(warehouse: Warehouse, item: str, customer: str) -> pl.DataFrame:
    """The failures of one item at one customer in order of time, each with the one that it repeats."""
    given: dict[str, Any] = {"item": item, "customer": customer}
    return warehouse.frame(
        """
        select * from marts.mart_after_sales_cases
        where is_failure = 1 and item_id = $item and customer_id = $customer
        order by opened_at, case_id
        """,
        given,
    )
