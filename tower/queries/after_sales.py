"""Service cases and what customers say: by month, type and item, how long they take, which are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from planning.probability.survival import ProductLimits
from tower.queries.lead_times import quantile

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 1_000
# What cases can be grouped by, and the names of its members.
GROUPS = {
    "case_type": ("cases.case_type", "types.label", "types.label_zh"),
    "item": ("cases.item_id", "cases.item_name", "cases.item_name_zh"),
    "family": ("cases.product_family", "cases.product_family", "families.product_family_zh"),
    "customer": ("cases.customer_id", "cases.customer_name", "cast(null as varchar)"),
    "severity": ("cases.severity", "severities.label", "severities.label_zh"),
}
DURATIONS = {"first_response": "first_response_hours", "resolution": "resolution_hours"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the page is narrowed to; nothing chosen means all. The days are those on which cases were opened."""

    first: date
    last: date
    families: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    customer: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """Their values for a query that narrows by all of them."""
        return {"first": self.first, "last": self.last, **self.without_days}

    @property
    def without_days(self) -> dict[str, Any]:
        """Their values for a query about all days."""
        return {
            "families": list(self.families), "segments": list(self.segments), "types": list(self.types),
            "customer": self.customer,
        }  # fmt: skip


def within(parameter: str, column: str) -> str:
    """The condition that a column is among the values of a list parameter, all where it is empty."""
    return f"(len(cast(${parameter} as varchar[])) = 0 or list_contains(cast(${parameter} as varchar[]), {column}))"


OF_CUSTOMER = "($customer is null or {table}.customer_id = $customer)"
NARROWED = f"""
    {within("families", "cases.product_family")} and {within("segments", "cases.segment")}
    and {within("types", "cases.case_type")} and {OF_CUSTOMER.format(table="cases")}
"""
_CASES = f"""
    cases as (
        select * from marts.mart_after_sales_cases as cases
        where opened_date between $first and $last and {NARROWED}
    )
"""


def case_types(warehouse: Warehouse) -> pl.DataFrame:
    """The types of cases in their order, with what they count as."""
    return warehouse.frame("select * from reference.service_case_types order by case_type_order")


def severities(warehouse: Warehouse) -> pl.DataFrame:
    """Severities in their order, with the hours of their targets."""
    return warehouse.frame("select * from reference.service_targets order by severity_order")


def customers(warehouse: Warehouse, most: int) -> pl.DataFrame:
    """customer_id and customer_name of those with the most cases, by name."""
    return warehouse.frame(
        """
        with counted as (
            select customer_id, any_value(customer_name) as customer_name, count(*) as cases
            from marts.mart_after_sales_cases where customer_id is not null
            group by customer_id order by cases desc, customer_id limit $most
        )
        select customer_id, coalesce(customer_name, customer_id) as customer_name from counted
        order by customer_name, customer_id
        """,
        {"most": most},
    )


def customer_name(warehouse: Warehouse, customer: str) -> str | None:
    """The name of one customer, None where nobody has the id."""
    found = warehouse.frame(
        "select coalesce(customer_name, customer_id) as name from core.dim_customers where customer_id = $customer",
        {"customer": customer},
    )
    return None if found.is_empty() else str(found.item())


def by_month(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """One row per month and type: cases and their cost."""
    return warehouse.frame(
        f"""
        with {_CASES}
        select
            cast(date_trunc('month', opened_date) as date) as month, coalesce(case_type, '') as case_type,
            count(*) as cases, cast(sum(coalesce(cost_value, 0)) as double) as cost_value
        from cases group by all order by month, case_type
        """,
        chosen.parameters,
    )


def breakdown(warehouse: Warehouse, chosen: Chosen, by: str, measure: str) -> pl.DataFrame:
    """One row per member of a group, the largest by `measure` (cases or cost_value) first, with shares and their total.

    value, label, label_zh, cases, failures, repeats, open_cases, cost_value, warranty_cost_value, share,
    cumulative_share.
    """
    value, label, label_zh = GROUPS[by]
    found = warehouse.frame(
        f"""
        with {_CASES},
        families as (
            select product_family, min(product_family_zh) as product_family_zh from core.dim_items group by all
        )
        select
            {value} as value, min({label}) as label, min({label_zh}) as label_zh, count(*) as cases,
            sum(cases.is_failure) as failures, coalesce(sum(cases.is_repeat), 0) as repeats,
            sum(cases.is_open) as open_cases, cast(sum(coalesce(cases.cost_value, 0)) as double) as cost_value,
            cast(sum(coalesce(cases.warranty_cost_value, 0)) as double) as warranty_cost_value
        from cases
        left join reference.service_case_types as types on cases.case_type = types.case_type
        left join reference.service_targets as severities on cases.severity = severities.severity
        left join families on cases.product_family = families.product_family
        group by all
        """,
        chosen.parameters,
    ).with_columns(pl.col("failures", "repeats", "open_cases").cast(pl.Int64))
    whole = float(found[measure].sum())
    return found.sort([measure, "value"], descending=[True, False], nulls_last=True).with_columns(
        share=pl.col(measure) / (whole or 1.0), cumulative_share=pl.col(measure).cum_sum() / (whole or 1.0)
    )


def type_by_item(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """One row per item and type: cases and cost."""
    return warehouse.frame(
        f"""
        with {_CASES}
        select
            item_id, any_value(item_name) as item_name, any_value(item_name_zh) as item_name_zh,
            coalesce(case_type, '') as case_type, count(*) as cases,
            cast(sum(coalesce(cost_value, 0)) as double) as cost_value
        from cases group by item_id, case_type order by cases desc, item_id, case_type
        """,
        chosen.parameters,
    )


def durations(warehouse: Warehouse, chosen: Chosen, by: str) -> pl.DataFrame:
    """One row per member of `by` (case_type or severity), and one with member null for all of them.

    For first_response and resolution: ended and open cases, median and 90th percentile in hours with the open ones
    watched up to the end of the as-of day (Kaplan-Meier), the plain median of the ended ones, and target counts.
    """
    found = warehouse.frame(
        f"""
        with {_CASES}
        select
            {by} as member, first_response_hours, resolution_hours, hours_open, is_first_response_in_target,
            is_resolution_in_target
        from cases order by case_id
        """,
        chosen.parameters,
    )
    rows = []
    for member in [None, *found["member"].drop_nulls().unique().sort().to_list()]:
        part = found if member is None else found.filter(pl.col("member") == member)
        row: dict[str, Any] = {"member": member, "cases": part.height}
        for name, hours in DURATIONS.items():
            row |= {f"{name}_{key}": value for key, value in waiting(part[hours], part["hours_open"]).items()}
            kept = part[f"is_{name}_in_target"]
            row |= {f"{name}_kept": int(kept.sum() or 0), f"{name}_decided": kept.count()}
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def waiting(hours: pl.Series, hours_open: pl.Series) -> dict[str, Any]:
    """How long cases took in hours, those that go on counted as not ended: ended, going_on, median, p90, plain_median.

    A case with neither was closed without saying when it was answered; it is left out. A quantile that the open ones
    leave undecided is None.
    """
    seen = pl.DataFrame({"hours": hours.cast(pl.Float64), "open": hours_open.cast(pl.Float64)}).filter(
        pl.col("hours").is_not_null() | pl.col("open").is_not_null()
    )
    ended = seen["hours"].is_not_null()
    figures: dict[str, Any] = {
        "ended": int(ended.sum()), "going_on": seen.height - int(ended.sum()), "median": None, "p90": None,
        # As the product limit says it: the least value by which half have ended.
        "plain_median": seen["hours"].quantile(0.5, "lower"),
    }  # fmt: skip
    if seen.height:
        minutes = (seen.select(pl.coalesce("hours", "open")).to_series() * 60).round(0).cast(pl.Int64).to_numpy()
        limits = ProductLimits.of(np.zeros(seen.height, np.int64), minutes, ended.to_numpy(), 1)
        for name, share in (("median", 0.5), ("p90", 0.9)):
            value = float(quantile(limits, share)[0])
            figures[name] = None if np.isnan(value) else value / 60
    return figures


def open_cases(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Cases that are not resolved, whenever they were opened: missed targets first, then by what the customer buys."""
    return warehouse.frame(
        f"""
        select
            cases.*, coalesce(severities.severity_order, 99) as severity_order,
            case when first_response_at is null and hours_open > first_response_target_hours then 1 else 0 end
                as is_response_missed,
            case when hours_open > resolution_target_hours then 1 else 0 end as is_resolution_missed,
            resolution_target_hours - hours_open as hours_left
        from marts.mart_after_sales_cases as cases
        left join reference.service_targets as severities on cases.severity = severities.severity
        where is_open = 1 and {NARROWED}
        order by
            is_resolution_missed + is_response_missed desc, severity_order, revenue_year_value desc nulls last,
            cases.case_id
        """,
        chosen.without_days,
    )


def cases(warehouse: Warehouse, chosen: Chosen, by: str | None, member: str | None, most: int | None) -> pl.DataFrame:
    """The cases themselves, the newest first, all or those of one member of a group; at most `most`."""
    where = f"and {GROUPS[by][0]} = $member" if by and member else ""
    return warehouse.frame(
        f"""
        with {_CASES}
        select * from cases where true {where}
        order by opened_at desc, case_id
        {f"limit {most}" if most else ""}
        """,
        {**chosen.parameters, **({"member": member} if where else {})},
    )


def satisfaction(warehouse: Warehouse, chosen: Chosen, by: str) -> pl.DataFrame:
    """Answers by month, customer segment or type of the case that they are about.

    `value` (a date or text), csat_responses, satisfied, nps_responses, promoters, detractors. Answers about a whole
    order have no item: a family narrows nothing here.
    """
    value = {
        "month": "cast(date_trunc('month', responded_date) as date)", "segment": "customers.segment",
        "case_type": "coalesce(responses.case_type, '')",
    }[by]  # fmt: skip
    return warehouse.frame(
        f"""
        select
            {value} as value, count(is_satisfied) as csat_responses,
            cast(coalesce(sum(is_satisfied), 0) as bigint) as satisfied, count(is_promoter) as nps_responses,
            cast(coalesce(sum(is_promoter), 0) as bigint) as promoters,
            cast(coalesce(sum(is_detractor), 0) as bigint) as detractors
        from core.fct_satisfaction_responses as responses
        left join core.dim_customers as customers on responses.customer_id = customers.customer_id
        where
            responded_date between $first and $last and {within("segments", "customers.segment")}
            and {within("types", "responses.case_type")} and {OF_CUSTOMER.format(table="responses")}
        group by all order by value nulls last
        """,
        {key: value for key, value in chosen.parameters.items() if key != "families"},
    )
