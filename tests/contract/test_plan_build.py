"""The plan in a build: nothing made or lost, every table readable, every order explained and recomputed."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from pipelines.plan.run import planned_build
from planning.model.calendars import working_calendars
from planning.mrp.findings import FindingKind
from planning.mrp.messages import MessageCode
from planning.tables.all_tables import NEEDED_TABLES, plan_tables
from tests.conftest import build_of
from tests.contract.sheet_formulas import Workbook
from tower.builds import BuildSummary
from tower.planned_order.figures import order_figures
from tower.planned_order.words import explained
from tower.planned_order.workbook import order_workbook
from tower.queries.planning_rows import read_frame
from tower.queries.planning_sql import QUERIES
from tower.settings import SourceSettings
from tower.warehouse import Warehouse, open_warehouse

REFERENCE = Path(__file__).resolve().parents[2] / "seeds" / "reference"


@pytest.fixture(scope="module")
def example(example_build: BuildSummary) -> Warehouse:
    return open_warehouse(example_build.file)


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Warehouse:
    assert demo_build.status == "published", demo_build.problems
    return open_warehouse(demo_build.file)


@pytest.fixture(scope="module", params=["example", "demo"])
def company(request: pytest.FixtureRequest) -> Warehouse:
    found: Warehouse = request.getfixturevalue(request.param)
    return found


# -- conservation -----------------------------------------------------------------------------------------------------


def test_pegged_supply_is_demand_for_every_order_line_and_forecast(company: Warehouse) -> None:
    different = company.frame(
        """
        with pegged as (
            select demand_type, demand_id, item_id, location_id, sum(quantity) as quantity
            from core.fct_plan_pegging where demand_type in ('sales_order_line', 'forecast') group by all
        )
        select * from core.fct_plan_demands as demands
        full join pegged using (demand_type, demand_id, item_id, location_id)
        where demands.quantity is distinct from pegged.quantity
        """
    )
    assert different.height == 0
    assert company.frame("select count(*) from core.fct_plan_demands").item() > 100


def test_no_supply_is_pegged_beyond_its_quantity(company: Warehouse) -> None:
    over = company.frame(
        """
        select orders.plan_order_id from core.fct_plan_orders as orders
        inner join core.fct_plan_pegging as links
            on links.supply_id = orders.plan_order_id and links.supply_type = 'planned_order'
        group by orders.plan_order_id, orders.good_quantity
        having sum(links.quantity) > orders.good_quantity + 0.000001
        """
    )
    assert over.height == 0


def test_every_planned_order_takes_its_components_in_full(company: Warehouse) -> None:
    """One level of make orders whose bill has neither substitutes, fixed quantities nor dates: quantity × usage."""
    different = company.frame(
        """
        with simple as (
            select bom_id from canonical.cnl_bom_components group by bom_id
            having bool_and(substitute_group is null and valid_from_date is null and valid_to_date is null
                and not coalesce(is_fixed_quantity, false) and not coalesce(is_by_product, false))
        ),
        wanted as (
            select orders.plan_order_id, components.component_item_id as item_id,
                sum(orders.quantity * components.quantity / boms.output_quantity
                    / (1 - coalesce(components.scrap_rate, 0))) as quantity
            from core.fct_plan_orders as orders
            inner join simple on orders.bom_id = simple.bom_id
            inner join canonical.cnl_boms as boms on orders.bom_id = boms.bom_id
            inner join canonical.cnl_bom_components as components on orders.bom_id = components.bom_id
            group by all
        ),
        taken as (
            select demand_id as plan_order_id, item_id, sum(quantity) as quantity from core.fct_plan_pegging
            where demand_type = 'planned_order' group by all
        )
        select * from wanted left join taken using (plan_order_id, item_id)
        where abs(wanted.quantity - coalesce(taken.quantity, 0)) > 0.00001
        """
    )
    assert different.height == 0


def test_there_is_no_planned_order_for_a_phantom_and_its_parts_are_taken(company: Warehouse) -> None:
    phantoms = "select item_id from canonical.cnl_boms where bom_type = 'phantom'"
    assert company.frame(f"select * from core.fct_plan_orders where item_id in ({phantoms})").height == 0
    assert company.frame("select * from core.fct_plan_pegging where supply_type = 'phantom'").height > 0


def test_open_orders_are_supply_and_never_beyond_what_is_open(company: Warehouse) -> None:
    used = company.frame(
        """
        select lines.purchase_order_line_id, lines.open_quantity, sum(links.quantity) as used
        from core.fct_purchase_order_lines as lines
        inner join core.fct_plan_pegging as links
            on links.supply_type = 'purchase_order_line' and links.supply_id = lines.purchase_order_line_id
        group by all
        """
    )
    assert used.height > 3
    assert used.filter(pl.col("used") > pl.col("open_quantity") + 1e-6).height == 0
    assert company.frame("select * from core.fct_plan_pegging where supply_type = 'production_order'").height > 0


def test_projected_on_hand_begins_with_the_usable_stock_and_carries_on(company: Warehouse) -> None:
    wrong = company.frame(
        """
        with changes as (
            select *, scheduled_receipt_quantity + planned_receipt_quantity + passed_through_quantity - gross_quantity
                as change,
                lag(projected_on_hand_quantity) over (
                    partition by item_id, location_id order by is_past_due desc, week_start_date
                ) as before
            from core.fct_plan_records
        )
        select * from changes where abs(projected_on_hand_quantity - before - change) > 0.00001
        """
    )
    assert wrong.height == 0


def test_planning_the_served_build_again_gives_the_same_plan(company: Warehouse) -> None:
    tables = plan_tables(planned_build(company.frame, company.as_of))
    stored = company.frame("select plan_order_id, quantity, release_date from core.fct_plan_orders order by all")
    again = tables["plan_orders"].select("plan_order_id", "quantity", "release_date").sort("plan_order_id")
    assert again.equals(stored)
    assert tables["plan_messages"].height == company.frame("select count(*) from core.fct_plan_messages").item()


# -- what is late -----------------------------------------------------------------------------------------------------


def test_late_demand_names_customer_money_and_the_supply_that_limits_it(company: Warehouse) -> None:
    late = company.frame("select * from marts.mart_late_demand")
    in_plan = company.frame(
        "select count(*) from core.fct_plan_demands where demand_type = 'sales_order_line' and late_days > 0"
    )
    assert late.height == in_plan.item()
    for column in ("customer_name", "item_name", "open_value", "possible_date", "limiting_id", "limiting_item_id"):
        assert late[column].null_count() == 0, column
    assert late.filter(pl.col("possible_date") <= pl.col("demand_date")).height == 0
    assert late.filter(pl.col("late_value") > pl.col("open_value") + 0.01).height == 0


def test_the_example_waits_for_the_tubes_of_an_open_purchase_order(example: Warehouse) -> None:
    """Frames need R500, and PO4035-1 brings 420 m on 6 July: what waits for frames is a month late."""
    late = example.frame(
        "select sales_order_line_id, limiting_item_id, limiting_id, possible_date from marts.mart_late_demand "
        "where sales_order_line_id = 'SO2043-2'"
    )
    assert late.rows() == [("SO2043-2", "R500", "PO4035-1", date(2026, 8, 5))]


def test_three_orders_of_the_example_are_what_a_planner_computes_by_hand(example: Warehouse) -> None:
    """C660: 114 − 153 = −39, supplier's minimum 20 and multiple 10 → 40, 21 calendar days before 30 June.

    S111: 34 in stock + 97 good of MO3006 − 200 = −69; 69 / 0.97 = 71.134021 → a fixed lot of 100; 8 working days with
    the Dragon Boat holiday between. C640: 7 − 12 = −5 is under 12, filled up to 30: 35, by fours 36.
    """
    orders = example.frame(
        "select item_id, projected_quantity, net_quantity, started_quantity, quantity, release_date "
        "from core.fct_plan_orders where item_id in ('C660', 'S111', 'C640') and order_type in ('buy', 'make') "
        "order by item_id, plan_order_id"
    ).unique("item_id", keep="first", maintain_order=True)
    assert orders.rows() == [
        ("C640", -5.0, 35.0, 35.0, 36.0, date(2026, 5, 31)),
        ("C660", -39.0, 39.0, 39.0, 40.0, date(2026, 6, 9)),
        ("S111", -69.0, 69.0, 71.134021, 100.0, date(2026, 6, 17)),
    ]


# -- orders in words and as a sheet -----------------------------------------------------------------------------------


def test_every_order_is_explained_in_both_languages(company: Warehouse) -> None:
    orders = company.frame("select plan_order_id, quantity, release_date from core.fct_plan_orders order by 1 limit 12")
    for order, _, release in orders.iter_rows():
        figures = order_figures(company, order)
        english, chinese = explained(figures), explained(figures, "zh")
        assert str(release) in english
        assert str(release) in chinese
        assert "None" not in english + chinese
        assert "{" not in english + chinese


def test_the_workbook_computes_every_order_of_the_example_as_the_plan_did(example: Warehouse) -> None:
    calendars = working_calendars(read_frame(example.frame, QUERIES["calendars"], example.as_of), example.as_of)
    orders = example.frame("select plan_order_id from core.fct_plan_orders order by 1")["plan_order_id"]
    rules = set()
    for order in orders:
        figures = order_figures(example, order)
        rules.add(figures.figures["lot_rule"])
        workbook = Workbook(order_workbook(figures, calendars))
        for label, cell in workbook.labels("Order").items():
            if workbook.formula("Order", cell) is not None:
                computed, stored = workbook.value("Order", cell), workbook.stored("Order", cell)
                assert computed == pytest.approx(stored, abs=2e-6), (order, label)
    assert rules >= {"lot_for_lot", "fixed_quantity", "period_of_supply", "min_max", "reorder_point", "silver_meal"}


def test_a_changed_figure_changes_net_lot_and_dates_of_the_workbook(example: Warehouse) -> None:
    calendars = working_calendars(read_frame(example.frame, QUERIES["calendars"], example.as_of), example.as_of)
    order = example.frame("select plan_order_id from core.fct_plan_orders where item_id = 'C660' order by 1")[0, 0]
    workbook = Workbook(order_workbook(order_figures(example, order), calendars))
    cells = workbook.labels("Order")
    before = {label: workbook.value("Order", cell) for label, cell in cells.items()}
    assert (before["Net requirement"], before["Lot"]) == (39.0, 40.0)
    workbook.given["Order", cells["Gross requirement on the need date"]] = 175.0
    workbook.given["Order", cells["Lead time, calendar days"]] = 28.0
    after = {label: workbook.value("Order", cell) for label, cell in cells.items()}
    assert (after["Net requirement"], after["Lot"], after["Order quantity"]) == (61.0, 70.0, 70.0)
    assert before["Release date"] - after["Release date"] == 7


# -- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def tower(example_build: BuildSummary, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TOWER_HOME", str(example_build.file.parents[1]))
    return CliRunner()


def test_tower_plan_shows_what_to_do_and_writes_its_tables(tower: CliRunner, tmp_path: Path) -> None:
    done = tower.invoke(app, ["plan", "--format", "json", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    summary = {row["measure"]: row for row in json.loads(done.stdout)}
    assert summary["late sales order lines"]["count"] == 4
    assert summary["past due to release"]["count"] > 0
    written = {file.stem for file in (tmp_path / "out").glob("*.csv")}
    assert written >= {"plan_orders", "plan_pegging", "plan_messages", "plan_shortages", "plan_load", "plan_records"}


def test_tower_plan_explains_and_exports_an_order_and_names_orders_when_it_is_not_there(
    tower: CliRunner, example: Warehouse, tmp_path: Path
) -> None:
    orders = example.frame("select plan_order_id from core.fct_plan_orders order by 1")["plan_order_id"].to_list()
    said = tower.invoke(app, ["plan", "explain", orders[2], "--language", "zh"])
    assert "毛需求到净需求" in said.stdout
    file = tmp_path / "order.xlsx"
    assert tower.invoke(app, ["plan", "export", orders[2], "--out", str(file)]).exit_code == 0
    assert Workbook(file.read_bytes()).labels("Order")["Lot"].startswith("C")
    missing = tower.invoke(app, ["plan", "explain", "X1"])
    assert missing.exit_code == 1
    assert orders[0] in str(missing.exception)


def test_tower_plan_promises_an_inquiry_in_both_languages_and_says_what_is_not_planned(tower: CliRunner) -> None:
    """R500 at its supplier takes weeks: a part of what is asked for is there, the rest is not before that."""
    said = tower.invoke(app, ["plan", "promise", "S111", "100000", "--by", "2026-07-10", "--customer", "K"])
    assert said.exit_code == 0, said.output
    assert "Asked: 100,000" in said.stdout
    assert "S111 from" in said.stdout
    assert "What limits the date:" in said.stdout
    chinese = tower.invoke(app, ["plan", "promise", "S111", "100000", "--by", "2026-07-10", "--language", "zh"])
    assert "日期受限于" in chinese.stdout
    missing = tower.invoke(app, ["plan", "promise", "NO-SUCH-ITEM", "1"])
    assert missing.exit_code == 1
    assert "NO-SUCH-ITEM" in str(missing.exception)


def test_a_folder_of_files_is_planned_alone_as_the_build_plans_it(
    tower: CliRunner, example: Warehouse, example_folder: Path, tmp_path: Path
) -> None:
    done = tower.invoke(app, ["plan", "--files", str(example_folder), "--format", "csv", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    with (tmp_path / "plan_orders.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["plan_order_id"], row["item_id"], float(row["quantity"])) for row in csv.DictReader(file)]
    assert found == example.frame("select plan_order_id, item_id, quantity from core.fct_plan_orders order by 1").rows()


def test_a_source_without_anything_to_plan_still_builds_and_says_why(tmp_path: Path, example_folder: Path) -> None:
    crm = tmp_path / "crm"
    crm.mkdir()
    (crm / "customers.csv").write_bytes((example_folder / "customers.csv").read_bytes())
    summary = build_of(tmp_path / "home", SourceSettings(name="crm", adapter="files", path=crm))
    assert summary.status == "published", summary.problems
    warehouse = open_warehouse(summary.file)
    assert warehouse.frame("select count(*) from core.fct_plan_orders").item() == 0
    assert warehouse.frame("select finding_kind, reference from core.fct_plan_findings").rows() == [
        ("nothing_to_plan", ", ".join(NEEDED_TABLES))
    ]


# -- reference data ---------------------------------------------------------------------------------------------------


def reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_message_of_the_engine_is_in_the_catalogue_in_both_languages() -> None:
    catalogue = reference("action_messages")
    assert {row["code"] for row in catalogue} == {code.value for code in MessageCode}
    assert all(all(row.values()) for row in catalogue)


def test_every_finding_of_the_engine_has_its_sentence_with_a_mend() -> None:
    sentences = {row["finding_kind"]: row for row in reference("planning_findings")}
    assert {kind.value for kind in FindingKind} <= set(sentences)
    assert all(row["sentence_en"].count(".") >= 1 and row["sentence_zh"] for row in sentences.values())
