"""The page of journeys: every number and section in both languages, sums, what is not there, who may see what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tower.access import RowScope
from tower.builds import BuildSummary
from tower.i18n import Language, Text
from tower.queries import order_journey, order_journey_flow
from tower.queries.order_journey_flow import Which
from tower.warehouse import Warehouse, open_warehouse

PAGE = "overview/order_journey"
LINE = "SO0000034-1"


def test_a_purchase_order_leads_to_the_line_that_waited_for_it(
    open_app: OpenApp, demo_home: Path, language: Language
) -> None:
    app = open_app(PAGE, home=demo_home, user="executive", lang=language, find="PO0000014-2", line=LINE)
    said = words(app)
    assert LINE in said
    assert "C-RES-01" in said
    assert "PO0000014-2" in said
    assert Text(language)("order_journey.chain") in said


def test_without_a_number_the_late_lines_are_offered(open_app: OpenApp, demo_home: Path, language: Language) -> None:
    app = open_app(PAGE, home=demo_home, user="sales", lang=language)
    assert Text(language)("order_journey.lately") in words(app)


def test_an_unknown_number_says_so_with_the_nearest(open_app: OpenApp, demo_home: Path, language: Language) -> None:
    app = open_app(PAGE, home=demo_home, user="executive", lang=language, find="SO00034")
    assert Text(language)("order_journey.not_found", number="SO00034") in words(app)
    near = next(one for one in app.button if "SO0000034" in one.label)
    near.click().run()
    assert app.query_params["find"] in ("SO0000034", ["SO0000034"])


def test_an_open_line_says_what_must_still_happen(
    open_app: OpenApp, demo_home: Path, demo: Warehouse, language: Language
) -> None:
    line = demo.frame("select min(sales_order_line_id) from marts.mart_order_journeys where is_open = 1").item()
    app = open_app(PAGE, home=demo_home, user="executive", lang=language, find=line)
    assert Text(language)("order_journey.remaining") in words(app)


def test_the_process_of_all_orders(open_app: OpenApp, demo_home: Path, demo: Warehouse, language: Language) -> None:
    app = open_app(PAGE, home=demo_home, user="executive", lang=language, section="all", period="all")
    text = Text(language)
    lines = demo.frame("select count(*) from marts.mart_order_journeys").item()
    assert value_of(app, text("order_journey.lines")) == f"{lines:,}"
    assert text("order_journey.bottlenecks") in words(app)


def test_variants_divide_the_lines_and_steps_their_days(demo: Warehouse) -> None:
    which = Which(date(2000, 1, 1), demo.as_of)
    totals = order_journey_flow.totals(demo, which)
    variants = order_journey_flow.variants(demo, which)
    assert variants["lines"].sum() == totals["lines"]
    assert variants["share"].sum() == pytest.approx(1.0)
    late = demo.frame("select sum(days_late) from marts.mart_order_journeys").item()
    assert order_journey_flow.steps(demo, which)["late_days"].sum() <= late + 1e-6
    first = variants["variant"][0]
    orders = order_journey_flow.orders(demo, which, first)
    assert set(orders["variant"].to_list()) == {first}


@pytest.mark.parametrize("section", ["one", "all"])
def test_it_opens_on_the_example_and_says_what_is_not_connected(
    open_app: OpenApp, adventureworks_build: BuildSummary, language: Language, section: str
) -> None:
    open_app(PAGE, user="executive", lang=language, section=section, period="all")
    home = adventureworks_build.file.parents[1]
    app = open_app(PAGE, home=home, user="executive", lang=language, section=section, period="all", find="43659")
    if section == "one":
        assert "`invoices`" in words(app)


def test_who_sees_some_customers_finds_theirs_alone(demo: Warehouse, demo_build: BuildSummary) -> None:
    row = order_journey.journey(demo, LINE)
    assert row is not None
    scoped = open_warehouse(demo_build.file, RowScope(customers=frozenset({row["customer_id"]})))
    found = order_journey.find(scoped, "PO0000014-2")
    assert set(found["customer_id"].to_list()) == {row["customer_id"]}
    assert LINE in found["sales_order_line_id"].to_list()
    scoped.close()
