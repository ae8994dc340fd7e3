from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule, row_scope_for
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import customer_lifecycle as questions
from tower.queries import next_products as offered
from tower.queries import value_at_risk as at_risk
from tower.warehouse import Warehouse, open_warehouse

PAGE = "customers/lifecycle"
SECTIONS = ["stages", "cohorts", "rfm", "value", "late", "offers", "quality"]
EN = Text("en")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_in_both_languages(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(PAGE, user="executive", lang="en")
    app.segmented_control(key="pick_section").set_value(section).run()
    assert app.query_params.get("section", "stages") == section
    again = open_app(PAGE, user="sales", lang=language, section=section)
    assert again.dataframe or Text(language)("lifecycle.parameters_none") in words(again)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_on_real_data(open_app: OpenApp, adventureworks_build: BuildSummary, section: str) -> None:
    app = open_app(PAGE, home=adventureworks_build.file.parents[1], user="executive", lang="en", section=section)
    assert app.dataframe or (section == "late" and EN("lifecycle.no_late_orders") in words(app))


def test_the_example_is_told_to_be_too_small(open_app: OpenApp, text: Text, language: Language) -> None:
    app = open_app(PAGE, user="executive", lang=language, section="cohorts")
    assert text("lifecycle.retention_none") in words(app)
    app = open_app(PAGE, user="executive", lang=language, section="quality")
    assert text("lifecycle.parameters_none") in words(app)


def test_cards_are_what_the_raw_orders_say(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    raw = warehouse.frame(
        """
        select orders.customer_id, cast(ordered_at as date) as day, sum(net_value) as value
        from canonical.cnl_sales_order_lines as lines
        inner join canonical.cnl_sales_orders as orders on lines.sales_order_id = orders.sales_order_id
        where order_status not in ('draft', 'cancelled') and line_status <> 'cancelled' group by all
        """
    )
    days = raw.group_by("customer_id").agg(pl.len(), pl.col("value").sum())
    rate = days.filter(pl.col("len") > 1).height / days.height
    shares = days["value"] / days["value"].sum()
    app = open_app(PAGE, user="executive", lang=language, section="cohorts")
    assert value_of(app, text("lifecycle.repeat_rate")) == numbers.value(rate, "percent")
    found = questions.concentration(warehouse, ())
    assert found["hhi"] == pytest.approx(float((shares**2).sum()), rel=0.02)
    assert value_of(app, text("lifecycle.top_1")) == numbers.value(found["top_1"] / found["value"], "percent")


def test_a_move_in_the_address_lists_its_accounts(open_app: OpenApp, demo_home: Path, demo: Warehouse) -> None:
    day = questions.days(demo)[1]
    moves = questions.transitions(demo, (), day).drop_nulls("previous_stage")
    before, stage, count = moves.sort("customers", "stage").row(-1)
    app = open_app(PAGE, home=demo_home, user="executive", lang="en", move=f"{before}>{stage}", day=day.isoformat())
    listed = table(app, "customer_id")
    expected = questions.accounts_of_move(demo, (), day, before, stage)
    assert list(listed["customer_id"]) == expected["customer_id"].to_list()
    assert len(listed) == count


def test_filters_narrow_every_number_and_stay_in_the_address(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive", lang="en", section="value")
    app.multiselect(key="pick_of_type").set_value(["distributor"]).run()
    assert app.query_params["of_type"] == "distributor"
    chosen = (("customer_type", ("distributor",)),)
    expected = questions.accounts(warehouse, chosen)["customer_id"].to_list()
    assert list(table(app, "customer_id")["customer_id"]) == expected
    raw = warehouse.frame("select customer_id from core.dim_customers where customer_type = 'distributor'")
    assert set(expected) <= set(raw["customer_id"])
    assert questions.totals(warehouse, chosen)["customers"] == len(expected)


def test_a_product_in_the_address_lists_whom_to_offer_it_to(
    open_app: OpenApp, demo_home: Path, demo: Warehouse, language: Language
) -> None:
    product = offered.products(demo, ())["item_id"][0]
    app = open_app(PAGE, home=demo_home, user="executive", lang=language, section="offers", product=product)
    listed = table(app, "why")
    expected = offered.customers(demo, (), product)
    assert list(listed["customer_id"]) == expected["customer_id"].to_list()
    assert listed["why"].str.len().min() > 0
    own = offered.of_customer(demo, expected["customer_id"][0])
    assert own["rank"].to_list() == list(range(1, own.height + 1))
    assert product in own["item_id"].to_list()


def test_late_orders_say_what_is_measurable_and_count_each_customer_once(
    open_app: OpenApp, demo_home: Path, demo: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, home=demo_home, user="executive", lang=language, section="late")
    lines = at_risk.lines(demo)
    found = at_risk.total(demo)
    assert value_of(app, text("lifecycle.late_customers")) == numbers.integer(lines["customer_id"].n_unique())
    assert found["open_value"] == pytest.approx(lines["open_value"].sum())
    once = lines.group_by("customer_id").agg(pl.col("future_value_at_risk").max())
    assert (found["future_value_at_risk"] or 0) == pytest.approx(once["future_value_at_risk"].sum())
    for row in at_risk.effects(demo).filter("is_used").iter_rows(named=True):
        assert text.pick(row["label"], row["label_zh"]) in words(app)
    one = at_risk.of_customer(demo, lines["customer_id"][0])
    assert one["lines"] == lines.filter(pl.col("customer_id") == lines["customer_id"][0]).height
    assert at_risk.of_customer(demo, "nobody")["lines"] == 0


def test_a_rep_sees_the_own_accounts_alone(example_build: BuildSummary, warehouse: Warehouse) -> None:
    own = open_warehouse(example_build.file, row_scope_for(ScopeRule("sales_rep", ("R1",)), warehouse))
    try:
        seen = questions.accounts(own, ())
        everyone = questions.accounts(warehouse, (("sales_rep_id", ("R1",)),))
        assert 0 < seen.height < questions.accounts(warehouse, ()).height
        assert seen["customer_id"].to_list() == everyone["customer_id"].to_list()
        mine = (("sales_rep_id", ("R1",)),)
        assert offered.customers(own, ())["customer_id"].to_list() == (
            offered.customers(warehouse, mine)["customer_id"].to_list()
        )
        assert at_risk.total(own)["lines"] == at_risk.total(warehouse, mine)["lines"]
        assert (
            questions.cohorts(own, ())["orders"].sum()
            == questions.cohorts(warehouse, (("sales_rep_id", ("R1",)),))["orders"].sum()
        )
    finally:
        own.close()


def test_scores_by_hand(warehouse: Warehouse) -> None:
    frame = questions.rfm(warehouse, ())
    for score, value, better in (("r", "recency_days", False), ("f", "order_days", True), ("m", "net_value", True)):
        values = frame[value].to_list()
        for own, given in frame.select(value, score).rows():
            worse = sum(one < own if better else one > own for one in values)
            assert given == 1 + 5 * worse // len(values), (value, own)


def test_retention_by_hand(demo: Warehouse, adventureworks_build: BuildSummary) -> None:
    assert questions.retention(demo, ()).is_empty()
    real = open_warehouse(adventureworks_build.file)
    try:
        latest = questions.retention(real, ()).row(0, named=True)
        orders = real.frame("select customer_id, ordered_date, net_value from core.fct_customer_order_days")
    finally:
        real.close()
    year = pl.col("ordered_date") > latest["end_date"].replace(year=latest["end_date"].year - 1)
    two = pl.col("ordered_date") > latest["end_date"].replace(year=latest["end_date"].year - 2)
    sums = orders.group_by("customer_id").agg(
        now=pl.col("net_value").filter(year).sum(), before=pl.col("net_value").filter(two & ~year).sum()
    ).filter(pl.col("before") > 0)  # fmt: skip
    assert latest["base_customers"] == sums.height
    assert latest["net_value"] == pytest.approx(sums["now"].sum())
    assert latest["kept_value"] == pytest.approx(sums.select(pl.min_horizontal("now", "before").sum()).item())


def test_the_cohorts_hold_every_order_once(demo: Warehouse) -> None:
    frame = questions.cohorts(demo, ())
    total = demo.frame("select sum(order_count) as orders, sum(net_value) as value from core.fct_customer_order_days")
    assert frame["orders"].sum() == total["orders"][0]
    assert frame["net_value"].sum() == pytest.approx(total["value"][0])
    assert frame.filter(pl.col("since") == 0).select((pl.col("customers") == pl.col("size")).all()).item()
