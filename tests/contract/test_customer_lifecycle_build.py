"""Customers of the built companies: one stage each, flows that close, looks that know no future, groups told of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from forecasting.chances import ChanceRows
from pipelines.predict.customer_looks import FEATURES, FELT, customer_looks
from pipelines.predict.next_products import run_next_products
from tests.conftest import DEMO_AS_OF
from tests.contract.earlier_build import earlier_build, put_back
from tower.builds import BuildSummary

THEN = date(2025, 12, 31)
# Tables that the looks read, and what had happened of them by a day: rows, and dates emptied again.
_THEN = {
    "core.dim_customers": "select * from {table}",
    "core.dim_items": "select * from {table}",
    "core.dim_locations": "select * from {table}",
    "core.fct_inventory_positions": "select * from {table}",
    "core.int_source_coverage": "select * from {table}",
    "reference.customer_groups": "select * from {table}",
    "core.fct_customer_order_days": "select * from {table} where ordered_date <= {day}",
    "core.fct_sales_order_lines": "select * replace (case when received_in_full_date <= {day} then received_in_full_date "
    "end as received_in_full_date, case when shipped_in_full_date <= {day} then shipped_in_full_date end as "
    "shipped_in_full_date) from {table} where ordered_date <= {day}",
    "core.fct_customer_returns": "select * from {table} where returned_date <= {day}",
    "canonical.cnl_service_cases": "select * from {table} where cast(opened_at as date) <= {day}",
    "canonical.cnl_invoices": "select * from {table} where invoice_date <= {day}",
    "canonical.cnl_settlements": "select * from {table} where settled_date <= {day}",
}


@pytest.fixture
def build(demo_build: BuildSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    with earlier_build(demo_build) as connection:
        yield connection


def as_it_stood(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    put_back(connection, _THEN, day)


def test_a_look_back_says_what_the_build_of_that_day_says(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    now = customer_looks(build, DEMO_AS_OF)
    as_it_stood(build, THEN)
    then = customer_looks(build, THEN)
    columns = ["row_id", "subject", "customer_group", "group", "known_date", "worth", *FEATURES, *FELT]
    seen_now = now.filter(pl.col("known_date") == THEN).select(columns).sort("row_id")
    seen_then = then.filter(pl.col("known_date") == THEN).select(columns).sort("row_id")
    assert seen_then.height >= 50
    assert_frame_equal(seen_now, seen_then)


def test_next_products_know_no_later_purchase(build: duckdb.DuckDBPyConnection) -> None:
    """Advice and judgement of an earlier day are the same whether or not the build goes on after it."""
    seen = []
    for until in (DEMO_AS_OF, THEN):
        as_it_stood(build, until)
        run_next_products(build, THEN)
        advice = build.sql("select * from engine.next_products order by customer_id, rank").pl()
        judged = build.sql("select * from engine.next_product_validation order by all").pl()
        seen.append((advice, judged))
    assert seen[0][0].height > 100
    assert seen[0][1].height > 0
    assert_frame_equal(seen[0][0], seen[1][0])
    assert_frame_equal(seen[0][1], seen[1][1])


def test_nobody_is_offered_what_it_has_or_what_is_left_out(demo_build: BuildSummary) -> None:
    with duckdb.connect(str(demo_build.file), read_only=True) as connection:
        bad = connection.execute(
            """
            select count(*) from core.fct_next_products as offers
            left join core.fct_sales_order_lines as lines
                on offers.customer_id = lines.customer_id and offers.item_id = lines.item_id and lines.is_cancelled = 0
            left join core.fct_next_product_items as items
                on offers.customer_group = items.customer_group and offers.item_id = items.item_id
            where lines.sales_order_line_id is not null or items.left_out is not null
            """
        ).fetchone()
        assert bad == (0,)
        rule = connection.execute(
            "select count(*) from core.fct_next_product_groups where reason = 'too_few' and way <> 'popularity'"
        ).fetchone()
        assert rule == (0,)


def test_support_and_lift_of_an_offer_are_counted_anew(demo_build: BuildSummary) -> None:
    with duckdb.connect(str(demo_build.file), read_only=True) as connection:
        row = connection.sql(
            "select * from core.fct_next_products where because_item_id is not null order by common_buyers desc, "
            "customer_id, rank limit 1"
        ).pl().row(0, named=True)  # fmt: skip
        bought = connection.execute(
            """
            select customer_id, list(distinct item_id) from core.fct_sales_order_lines
            inner join core.fct_customer_values using (customer_id)
            where is_cancelled = 0 and customer_group = ? group by customer_id
            """,
            [row["customer_group"]],
        ).fetchall()
    own, other = row["because_item_id"], row["item_id"]
    both = sum(own in items and other in items for _, items in bought)
    buyers, others = (sum(one in items for _, items in bought) for one in (own, other))
    assert (row["common_buyers"], row["because_buyers"]) == (both, buyers)
    assert row["support"] == pytest.approx(both / len(bought))
    assert row["lift"] == pytest.approx(both / buyers / (others / len(bought)))
    assert row["lift"] > 1
    assert own in dict(bought)[row["customer_id"]]


def test_future_value_is_at_risk_only_where_an_effect_was_measured(demo_build: BuildSummary) -> None:
    with duckdb.connect(str(demo_build.file), read_only=True) as connection:
        used = connection.execute("select customer_group, reason from core.fct_late_effects where is_used").fetchall()
        given = connection.execute(
            "select customer_group, count(late_churn_increase) from core.fct_customer_values group by customer_group"
        ).fetchall()
        lines = connection.execute(
            "select count(*), count(*) filter (where risk = 'past_due') from marts.mart_value_at_risk"
        ).fetchone()
        past_due = connection.execute(
            "select count(*) from core.fct_sales_order_lines where is_open = 1 and is_past_due = 1"
        ).fetchone()
    assert len(used) == 2
    measured = {group for group, reason in used if reason == "measured"}
    assert all((count > 0) == (group in measured) for group, count in given)
    assert lines is not None
    assert past_due is not None
    assert lines[0] >= lines[1] == past_due[0]


def test_outcomes_are_what_the_orders_say(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    looks = customer_looks(build, DEMO_AS_OF)
    orders = build.sql("select customer_id, ordered_date from core.fct_customer_order_days").pl()
    days = orders.group_by("customer_id").agg("ordered_date")
    held = dict(days.rows())
    for row in looks.filter(pl.col("decided_date").is_not_null()).iter_rows(named=True):
        came = any(row["known_date"] < one <= row["decided_date"] for one in held[row["subject"]])
        assert row["outcome"] == (0 if came else 1), row["row_id"]
    assert looks.filter(pl.col("known_date") == DEMO_AS_OF)["outcome"].null_count() > 50
    assert ChanceRows.of(looks, list(FEATURES)).count == looks.height


def test_felt_deliveries_are_worked_out_anew_for_one_customer(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    looks = customer_looks(build, DEMO_AS_OF).filter(pl.col("known_date") == THEN, pl.col("late_share") > 0)
    row = looks.sort("subject").row(0, named=True)
    lines = build.execute(
        "select requested_date, received_in_full_date from core.fct_sales_order_lines where customer_id = ? "
        "and is_cancelled = 0 and requested_date <= ? and requested_date > ?::date - 365",
        [row["subject"], THEN, THEN],
    ).fetchall()
    late = [due for due, done in lines if done is None or done > due]
    days = [max((min(done or THEN, THEN) - due).days, 0) for due, done in lines]
    assert row["late_share"] == pytest.approx(len(late) / len(lines))
    assert row["late_days"] == pytest.approx(sum(days) / len(days))


def test_every_known_customer_stands_in_one_stage_each_month(demo_build: BuildSummary) -> None:
    with duckdb.connect(str(demo_build.file), read_only=True) as connection:
        twice = connection.execute(
            "select count(*) from (select 1 from core.fct_customer_stages group by customer_id, day having count(*) > 1)"
        )
        assert twice.fetchone() == (0,)
        at_end = connection.execute(
            "select (select count(*) from core.fct_customer_stages where day = (select as_of from build.build_info)), "
            "(select count(*) from core.dim_customers)"
        ).fetchone()
        assert at_end is not None
        assert at_end[0] == at_end[1]
        open_flows = connection.execute(
            """
            select later.customer_id from core.fct_customer_stages as later
            left join core.fct_customer_stages as earlier
                on later.customer_id = earlier.customer_id
                    and earlier.day = (select max(day) from core.fct_customer_stages where day < later.day)
            where later.previous_stage is distinct from earlier.stage
                and later.day > (select min(day) from core.fct_customer_stages)
            """
        ).fetchall()
        assert open_flows == []


def test_a_company_too_small_is_given_no_value(example_build: BuildSummary) -> None:
    with duckdb.connect(str(example_build.file), read_only=True) as connection:
        groups = connection.execute("select is_fitted, churn_reason from core.fct_customer_value_groups").fetchall()
        assert groups
        assert all(not fitted and reason == "too_few_decided" for fitted, reason in groups)
        values = connection.execute(
            "select count(*), count(lifetime_value), count(churn_probability) from core.fct_customer_values"
        )
        assert values.fetchone() == (8, 0, 0)


def test_a_ranking_no_better_than_a_coin_is_not_used(adventureworks_build: BuildSummary) -> None:
    with duckdb.connect(str(adventureworks_build.file), read_only=True) as connection:
        groups = dict(
            connection.execute("select customer_group, churn_by from core.fct_customer_value_groups").fetchall()
        )
        best = connection.execute(
            "select customer_group, arg_min(auc, brier), bool_or(is_used) from core.fct_churn_validation "
            "where split = 'all' and candidate <> 'shuffled' group by customer_group"
        ).fetchall()
        given = connection.execute(
            "select count(churn_probability), count(value_at_risk) from core.fct_customer_values "
            "where customer_group = 'consumer'"
        ).fetchone()
    areas = {group: (area, used) for group, area, used in best}
    assert areas["consumer"][0] < 0.55
    assert (groups["consumer"], areas["consumer"][1], given) == ("none", False, (0, 0))
    assert areas["business"][0] > 0.55
    assert areas["business"][1] is True


def test_value_at_risk_is_the_product_and_margins_may_be_negative(adventureworks_build: BuildSummary) -> None:
    with duckdb.connect(str(adventureworks_build.file), read_only=True) as connection:
        frame = connection.sql("select * from core.fct_customer_values").pl()
    assert frame["churn_probability"].drop_nulls().is_between(0, 1).all()
    positive = frame.filter(pl.col("value_at_risk").is_not_null())
    product = positive["lifetime_value"] * positive["churn_probability"]
    assert positive.height > 100
    assert (positive["value_at_risk"] - product).abs().max() < 1e-6  # type: ignore[operator]
    losses = frame.filter(pl.col("lifetime_value") < 0)
    assert losses.height > 0
    assert losses["value_at_risk"].null_count() == losses.height
