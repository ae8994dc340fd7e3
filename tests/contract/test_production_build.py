"""Clear to build, golden screw, release and finite plan of a build: sums that hold, names that exist, no stray row."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from planning.model.inputs import planning_model
from planning.tables.clear_to_build import VARIANTS
from planning.tables.production import production_tables
from planning.tables.results import planned
from tower.builds import BuildSummary
from tower.queries.planning_rows import read_rows
from tower.warehouse import Warehouse, open_warehouse

# How many rows of each fact point at what does not exist.
STRANGERS = """
    select count(*) from core.{table} as facts
    where facts.{column} is not null and facts.{column} not in (select {key} from core.{dimension})
"""


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Warehouse:
    assert demo_build.status == "published", demo_build.problems
    return open_warehouse(demo_build.file)


@pytest.fixture(scope="module")
def example(example_build: BuildSummary) -> Warehouse:
    return open_warehouse(example_build.file)


@pytest.fixture(scope="module")
def adventureworks(adventureworks_build: BuildSummary) -> Warehouse:
    return open_warehouse(adventureworks_build.file)


@pytest.fixture(scope="module", params=["example", "demo", "adventureworks"])
def company(request: pytest.FixtureRequest) -> Warehouse:
    found: Warehouse = request.getfixturevalue(request.param)
    return found


def count(company: Warehouse, sql: str) -> int:
    return int(company.frame(sql).item())


# -- names ------------------------------------------------------------------------------------------------------------

ORDER_TABLES = (
    "fct_clear_to_build", "fct_clear_to_build_lines", "fct_golden_screw_orders", "fct_release_proposals",
    "fct_finite_orders", "fct_finite_operations",
)  # fmt: skip


@pytest.mark.parametrize("table", ORDER_TABLES)
def test_every_order_is_a_document_or_an_order_of_the_plan(company: Warehouse, table: str) -> None:
    unknown = count(
        company,
        f"""
        select count(*) from core.{table} where
            (order_type = 'production_order'
                and order_id not in (select production_order_id from core.fct_production_orders))
            or (order_type = 'planned_order' and order_id not in (select plan_order_id from core.fct_plan_orders))
            or order_type not in ('production_order', 'planned_order')
        """,
    )
    assert unknown == 0


@pytest.mark.parametrize(
    ("table", "column", "dimension", "key"),
    [
        ("fct_clear_to_build", "item_id", "dim_items", "item_id"),
        ("fct_clear_to_build", "customer_id", "dim_customers", "customer_id"),
        ("fct_clear_to_build", "sales_order_line_id", "fct_sales_order_lines", "sales_order_line_id"),
        ("fct_clear_to_build_lines", "item_id", "dim_items", "item_id"),
        ("fct_clear_to_build_lines", "substitute_item_id", "dim_items", "item_id"),
        ("fct_clear_to_build_shortages", "item_id", "dim_items", "item_id"),
        ("fct_golden_screw", "item_id", "dim_items", "item_id"),
        ("fct_golden_screw", "location_id", "dim_locations", "location_id"),
        ("fct_finite_orders", "item_id", "dim_items", "item_id"),
        ("fct_finite_orders", "work_centre_id", "dim_work_centres", "work_centre_id"),
        ("fct_finite_demands", "customer_id", "dim_customers", "customer_id"),
        ("fct_finite_demands", "limit_work_centre_id", "dim_work_centres", "work_centre_id"),
        ("fct_finite_load", "work_centre_id", "dim_work_centres", "work_centre_id"),
    ],
)
def test_every_row_points_at_something(company: Warehouse, table: str, column: str, dimension: str, key: str) -> None:
    assert count(company, STRANGERS.format(table=table, column=column, dimension=dimension, key=key)) == 0


def test_receipts_are_open_documents_or_planned_orders(company: Warehouse) -> None:
    unknown = count(
        company,
        """
        select count(*) from core.fct_clear_to_build_lines where
            (receipt_type = 'purchase_order_line'
                and receipt_id not in (select purchase_order_line_id from core.fct_purchase_order_lines))
            or (receipt_type = 'production_order'
                and receipt_id not in (select production_order_id from core.fct_production_orders))
            or (receipt_type = 'planned_order' and receipt_id not in (select plan_order_id from core.fct_plan_orders))
            or is_ordered <> case when receipt_type in ('planned_order', 'by_product') then 0 else 1 end
        """,
    )
    assert unknown == 0


# -- clear to build ---------------------------------------------------------------------------------------------------


def test_every_open_order_is_asked_about_under_every_variant(company: Warehouse) -> None:
    orders = company.frame(
        "select order_type, order_id, count(*) as variants, count(distinct item_id) as items "
        "from core.fct_clear_to_build group by all"
    )
    assert set(orders["variants"]) == {len(VARIANTS)}
    assert set(orders["items"]) == {1}
    missing = count(
        company,
        """
        select count(*) from canonical.cnl_production_orders as orders
        inner join core.dim_items as items on orders.item_id = items.item_id and items.item_type <> 'service'
        where order_status in ('confirmed', 'released', 'in_progress')
            and ordered_quantity > coalesce(completed_quantity, 0) + coalesce(scrapped_quantity, 0)
            and production_order_id not in (select order_id from core.fct_clear_to_build)
        """,
    )
    assert missing == 0


def test_no_part_is_given_out_beyond_what_is_in_stock(company: Warehouse) -> None:
    over = company.frame(
        """
        with taken as (
            select item_id, location_id, stock_quantity as quantity from core.fct_clear_to_build_lines
            union all
            select substitute_item_id, location_id, substitute_stock_quantity from core.fct_clear_to_build_lines
            where substitute_stock_quantity > 0
        ),
        used as (select item_id, sum(quantity) as quantity from taken group by all)
        select item_id, cast(quantity as double) as quantity from used
        """
    )
    stock = planning_stock(company)
    compared = over.join(stock, on="item_id", how="left").fill_null(0.0)
    assert compared.filter(pl.col("quantity") > pl.col("usable") + 1e-6).height == 0


def planning_stock(company: Warehouse) -> pl.DataFrame:
    """Usable stock by item, as the plan reads it; places below zero count as nothing."""
    stock = read_rows(company.frame, company.as_of).stock
    usable = stock.filter(pl.col("stock_status").is_in(["unrestricted", "reserved"]) & (pl.col("quantity") > 0))
    return usable.group_by("item_id").agg(usable=pl.col("quantity").sum())


def test_the_status_of_an_order_is_that_of_its_lines(company: Warehouse) -> None:
    different = count(
        company,
        """
        with lines as (
            select order_type, order_id, count(distinct item_id || location_id) as parts,
                count(*) filter (where missing_quantity > 0) as missing, max(covered_date) as covered_date,
                count(*) filter (where covered_date is null) as undated
            from core.fct_clear_to_build_lines group by all
        )
        select count(*) from core.fct_clear_to_build as orders
        left join lines using (order_type, order_id)
        where orders.is_default = 1 and (
            (kit_status = 'complete') <> (coalesce(missing, 1) = 0)
            or (kit_status in ('complete', 'partial', 'short')) <> (parts is not null)
            or (kit_status = 'complete' and clear_date <> status_date)
            or (kit_status in ('partial', 'short') and clear_date is not null and (undated > 0 or clear_date < covered_date))
            or (kit_status in ('issued', 'no_bill') and part_count > 0)
            or missing_part_count <> part_count - covered_part_count
        )
        """,
    )
    assert different == 0


def test_quantities_of_a_line_add_up(company: Warehouse) -> None:
    wrong = count(
        company,
        """
        select count(*) from core.fct_clear_to_build_lines where
            missing_quantity <> required_quantity - available_quantity or missing_quantity < 0
            or allocated_quantity > required_quantity
            or (substitute_quantity = 0 and abs(allocated_quantity - stock_quantity - receipt_quantity) > 0.000001)
            or (substitute_quantity > 0) <> (substitute_item_id is not null)
        """,
    )
    assert wrong == 0


def test_the_parts_of_a_set_are_enough_for_the_orders_it_frees(company: Warehouse) -> None:
    """What freed orders take of a part without substitutes, beyond what complete orders leave, is expedited."""
    short = company.frame(
        """
        with kept as (
            select lines.item_id, lines.location_id, sum(lines.stock_quantity) as quantity
            from core.fct_clear_to_build_lines as lines
            inner join core.fct_clear_to_build as orders using (order_type, order_id)
            where orders.is_default = 1 and orders.kit_status = 'complete' group by all
        )
        select freed.objective, freed.set_size, lines.item_id, lines.location_id,
            sum(lines.required_quantity) + coalesce(any_value(kept.quantity), 0) as wanted,
            coalesce(any_value(screws.expedite_quantity), 0) as expedited
        from core.fct_golden_screw_orders as freed
        inner join core.fct_clear_to_build_lines as lines using (order_type, order_id)
        left join kept on lines.item_id = kept.item_id and lines.location_id = kept.location_id
        left join core.fct_golden_screw as screws
            on freed.objective = screws.objective and freed.set_size = screws.set_size
            and lines.item_id = screws.item_id and lines.location_id = screws.location_id
        where lines.item_id not in (
            select component_item_id from canonical.cnl_bom_components where substitute_group is not null
        )
        group by all
        """
    )
    compared = short.join(planning_stock(company), on="item_id", how="left").with_columns(pl.col("usable").fill_null(0))
    assert compared.filter(pl.col("wanted") > pl.col("usable") + pl.col("expedited") + 1e-6).height == 0


def test_larger_sets_free_more_and_their_orders_are_counted(company: Warehouse) -> None:
    sets = company.frame(
        """
        select objective, set_size, count(*) as parts, any_value(freed_orders) as freed_orders,
            any_value(freed_value) as freed_value, any_value(gap) as gap
        from core.fct_golden_screw group by all order by objective, set_size
        """
    )
    orders = company.frame(
        "select objective, set_size, count(*) as orders from core.fct_golden_screw_orders group by all"
    )
    assert sets.filter(pl.col("parts") > pl.col("set_size")).height == 0
    assert sets.join(orders, on=["objective", "set_size"]).filter(
        pl.col("orders") == pl.col("freed_orders")
    ).height == (sets.height)
    for objective, column in (("orders", "freed_orders"), ("money", "freed_value")):
        of_one = sets.filter(pl.col("objective") == objective)[column].to_list()
        assert of_one == sorted(set(of_one))
    assert (sets["gap"] >= 0).all()


def test_the_best_release_is_no_worse_than_down_the_ranks(company: Warehouse) -> None:
    found = company.frame(
        "select objective, any_value(value) as value, any_value(value_by_rank) as by_rank, any_value(bound) as bound, "
        "sum(is_chosen) as chosen, sum(is_chosen * served_value) as money from core.fct_release_proposals group by all"
    )
    for objective, value, by_rank, bound, chosen, money in found.iter_rows():
        assert by_rank <= value <= float(bound) + 0.001
        assert float(value) == pytest.approx(float(chosen if objective == "orders" else money), abs=0.001)


# -- finite plan ------------------------------------------------------------------------------------------------------


def test_no_finite_date_is_before_the_one_with_hours_without_end(company: Warehouse) -> None:
    assert count(company, "select count(*) from core.fct_finite_orders where finish_date < unlimited_finish_date") == 0
    assert count(company, "select count(*) from core.fct_finite_demands where finite_date < unlimited_date") == 0
    assert count(company, "select count(*) from core.fct_finite_operations where begin_date < ready_date") == 0


def test_no_work_centre_is_over_its_hours_and_all_work_is_in_a_week(company: Warehouse) -> None:
    assert count(company, "select count(*) from core.fct_finite_load where finite_hours > capacity_hours + 0.001") == 0
    finding = "select count(*) from core.fct_plan_findings where finding_kind = 'finite_plan_violation'"
    assert count(company, finding) == 0
    hours = company.frame(
        """
        select work_centre_id, used, planned from
            (select work_centre_id, sum(finite_hours) as used from core.fct_finite_load group by all)
            inner join (
                select work_centre_id, sum(hours) as planned from core.fct_finite_operations
                where end_date is not null group by all
            ) using (work_centre_id)
        """
    )
    assert all(abs(float(used) - float(planned)) < 0.01 for _, used, planned in hours.iter_rows())


def test_every_demand_of_the_plan_has_its_finite_date(demo: Warehouse) -> None:
    different = count(
        demo,
        """
        select count(*) from core.fct_plan_demands as demands
        full join core.fct_finite_demands as finite using (demand_type, demand_id, item_id, location_id)
        where demands.quantity is distinct from finite.quantity
            or (finite.late_days > 0 and finite.limit_kind is null)
            or (finite.limit_kind = 'work_centre') <> (finite.limit_work_centre_id is not null)
        """,
    )
    assert different == 0
    assert count(demo, "select count(*) from core.fct_finite_demands where late_days > 0") > 0


# -- the marts --------------------------------------------------------------------------------------------------------


def test_marts_name_items_customers_and_missing_parts(demo: Warehouse) -> None:
    kits = demo.frame("select * from marts.mart_clear_to_build")
    assert kits["item_name"].null_count() == 0
    lacking = kits.filter(pl.col("kit_status").is_in(["partial", "short"]))
    assert lacking.height > 0
    assert lacking["last_part_name"].null_count() == 0
    assert kits.filter((pl.col("served_value") > 0) & pl.col("customer_name").is_null()).height == 0
    screws = demo.frame("select * from marts.mart_golden_screw")
    assert screws.height > 0
    assert screws["blocked_orders"].null_count() == 0
    capacity = demo.frame("select * from marts.mart_capacity")
    assert capacity.filter(pl.col("is_overloaded") == 1).height > 0
    assert capacity["work_centre_name"].null_count() == 0


# -- the same answer again --------------------------------------------------------------------------------------------


def test_the_order_in_which_a_source_lists_its_rows_does_not_matter(demo: Warehouse) -> None:
    """Twice the same; and with orders, operations, work centres and master data in another order, too."""
    rows = read_rows(demo.frame, demo.as_of)
    listed = (
        "production_orders", "order_operations", "work_centres", "items", "costs", "locations", "suppliers", "lanes",
    )  # fmt: skip
    mixed = replace(rows, **{name: getattr(rows, name).sample(fraction=1, shuffle=True, seed=5) for name in listed})
    first, again, other = (
        production_tables(planned(planning_model(one, demo.as_of)))[0] for one in (rows, rows, mixed)
    )
    for name, frame in first.items():
        assert frame.equals(again[name]), name
        assert frame.equals(other[name]), name
    stored = demo.frame("select order_id, kit_status from core.fct_clear_to_build where is_default = 1 order by all")
    own = first["clear_to_build"].filter(pl.col("is_default") == 1).select("order_id", "kit_status").sort("order_id")
    assert own.rows() == stored.rows()
