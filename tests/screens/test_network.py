from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import bullwhip, channel, network, network_documents
from tower.queries.network_sql import NetworkFilter
from tower.store import User
from tower.warehouse import Warehouse

PAGE = "supply/network"
EN = Text("en")
ALL = NetworkFilter()


def own(warehouse: Warehouse, chosen: NetworkFilter = ALL) -> pl.DataFrame:
    return network.nodes(warehouse, chosen).filter(pl.col("tier").is_in([network.PLANTS, network.CENTRES]))


def test_cards_show_stock_transit_orders_and_what_is_late(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    stock, under_way = (
        warehouse.frame(
            "select sum(value) from core.fct_stock_intervals as held inner join core.dim_locations using (location_id) "
            f"where valid_to_date > date '{warehouse.as_of}' and location_type {sign} 'transit'"
        ).item()
        for sign in ("<>", "=")
    )
    assert value_of(app, text("network.stock")) == numbers.value(stock, "money")
    bought = warehouse.frame(
        """
        select sum(lines.quantity * cast(items.standard_cost as double))
        from canonical.cnl_shipments as shipments
        inner join canonical.cnl_shipment_lines as lines on shipments.shipment_id = lines.shipment_id
        inner join canonical.cnl_purchase_order_lines as orders
            on lines.purchase_order_line_id = orders.purchase_order_line_id
        inner join core.dim_items as items on orders.item_id = items.item_id
        where shipments.direction = 'inbound' and departed_at is not null and arrived_at is null
        """
    ).item()
    assert value_of(app, text("network.transit")) == numbers.value(under_way + bought, "money")
    order = warehouse.frame("select sum(open_value), sum(is_open) from core.fct_purchase_order_lines").row(0)
    assert value_of(app, text("network.on_order")) == numbers.value(order[0], "money")
    late = warehouse.frame(
        "select count(*) from core.fct_purchase_order_lines where is_open = 1 "
        f"and coalesce(confirmed_date, requested_date) < date '{warehouse.as_of}'"
    ).item()
    assert value_of(app, text("network.late_lines")) == numbers.integer(late)


def test_the_weeks_narrow_the_lanes(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.segmented_control(key="pick_weeks").set_value("4").run()
    assert app.query_params["weeks"] == "4"
    expected = network.lanes(warehouse, NetworkFilter(weeks=4))
    assert table(app, "from_name")["cost_value"].tolist() == pytest.approx(expected["cost_value"].to_list())  # type: ignore[index]


def test_an_item_narrows_every_figure(open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text) -> None:
    numbers = Numbers(language, warehouse.company_currency)
    item = warehouse.frame("select item_id from marts.mart_network_nodes order by stock_value desc limit 1").item()
    app = open_app(PAGE, user="planner", lang=language)
    app.selectbox(key="pick_item").set_value(item).run()
    assert app.query_params["item"] == item
    expected = own(warehouse, NetworkFilter(item=item))["stock_value"].sum()
    assert value_of(app, text("network.stock")) == numbers.value(expected, "money")


def test_a_plant_and_a_family_narrow_the_nodes(open_app: OpenApp, warehouse: Warehouse) -> None:
    family = warehouse.frame("select min(product_family) from marts.mart_network_nodes").item()
    app = open_app(PAGE, user="planner", lang="en", plant="PL1", family=family)
    expected = own(warehouse, NetworkFilter(("PL1",), (family,)))["stock_value"].sum()
    assert value_of(app, EN("network.stock")) == Numbers("en", "CNY").value(expected, "money")


@pytest.mark.parametrize("section", ["map", "graph"])
@pytest.mark.parametrize("size", ["flow_value", "cover_days"])
def test_what_sizes_the_nodes_is_in_the_address(open_app: OpenApp, section: str, size: str) -> None:
    app = open_app(PAGE, user="planner", lang="en", section=section)
    app.segmented_control(key="pick_size").set_value(size).run()
    assert not app.exception
    assert app.query_params["size"] == size
    assert len(app.get("plotly_chart")) == 1


def test_the_graph_takes_more_nodes(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="graph")
    app.segmented_control(key="pick_most").set_value("30").run()
    assert app.query_params["most"] == "30"
    assert not app.exception


def test_a_part_of_the_world_is_in_the_address(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="zh")
    areas = app.segmented_control(key="pick_area").options
    app.segmented_control(key="pick_area").set_value("europe").run()
    assert app.query_params["area"] == "europe"
    assert Text("zh")("network_area.europe") in areas


def test_every_node_opens(open_app: OpenApp, warehouse: Warehouse) -> None:
    for node in network.nodes(warehouse, ALL)["node"].to_list():
        app = open_app(PAGE, user="planner", lang="en", section="graph", node=node)
        assert not app.exception, node
        assert app.selectbox(key="pick_node").value == node


def test_every_lane_opens_with_its_documents(open_app: OpenApp, warehouse: Warehouse, language: Language) -> None:
    for begin, end, lines in network.lanes(warehouse, ALL).select("from_node", "to_node", "lines").rows():
        app = open_app(PAGE, user="planner", lang=language, section="graph", lane=f"{begin}>{end}")
        found = network_documents.lane_documents(warehouse, ALL, begin, end)
        assert found.filter(pl.col("arrived_date").is_not_null() | ~pl.lit(end.startswith("place:"))).height == lines
        assert table(app, "started_date")["line_id"].tolist() == found["line_id"].to_list()  # type: ignore[index]


def test_a_node_that_is_chosen_is_in_the_address(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.selectbox(key="pick_node").set_value("place:DC1").run()
    assert app.query_params["node"] == "place:DC1"
    assert EN("network.place_items") in words(app)


def test_an_unknown_node_or_lane_in_the_address_opens_nothing(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en", node="place:nowhere", lane="a>b")
    assert EN("network.node_lanes") not in words(app)


def test_sell_out_is_listed_by_customer(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    app.segmented_control(key="pick_section").set_value("channel").run()
    expected = channel.by_customer(warehouse, (), None, 13)
    assert table(app, "sell_in_value")["customer_id"].tolist() == expected["customer_id"].to_list()  # type: ignore[index]
    sold = warehouse.frame(
        "select sum(sold_quantity) from canonical.cnl_channel_stock_sales where week_start_date > "
        "(select max(week_start_date) from canonical.cnl_channel_stock_sales) - interval 91 day"
    ).item()
    assert expected["sold_quantity"].sum() == sold


def test_the_bullwhip_of_a_stage_shows_its_weeks(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.segmented_control(key="pick_section").set_value("bullwhip").run()
    expected = bullwhip.by_stage(warehouse, (), (), None)
    assert table(app, "variance_ratio")["weeks"].tolist() == expected["weeks"].to_list()  # type: ignore[index]
    last = expected.row(-1, named=True)
    app.selectbox(key="pick_stage").set_value(f"{last['stage']}|{last['product_family'] or ''}").run()
    assert app.query_params["stage"] == f"{last['stage']}|{last['product_family'] or ''}"
    assert not app.exception


def test_a_sales_representative_sees_the_own_customers_alone(
    open_app: OpenApp, warehouse: Warehouse, add_user: Callable[[User], None]
) -> None:
    add_user(User("rep", "Rep", "sales", scope=ScopeRule("sales_rep", ("R1",))))
    mine = set(
        warehouse.frame("select customer_name from core.dim_customers where sales_rep_id = 'R1'")["customer_name"]
    )
    others = set(warehouse.frame("select customer_name from core.dim_customers")["customer_name"]) - mine
    app = open_app(PAGE, user="rep", lang="en", section="graph")
    assert not set(table(app, "tier_name")["shown"]) & others  # type: ignore[index]


@pytest.fixture
def adventureworks_home(adventureworks_build: BuildSummary) -> Path:
    return adventureworks_build.file.parents[1]


def test_without_coordinates_the_map_says_so_and_the_graph_is_drawn(
    open_app: OpenApp, adventureworks_home: Path, language: Language, text: Text
) -> None:
    app = open_app(PAGE, home=adventureworks_home, user="planner", lang=language)
    assert text("state.not_connected_title") in words(app)
    assert "`locations.latitude`" in words(app)
    assert value_of(app, text("network.channel_cover")) == text("network.not_reported")
    app.segmented_control(key="pick_section").set_value("graph").run()
    assert len(app.get("plotly_chart")) == 1
    app.segmented_control(key="pick_section").set_value("channel").run()
    assert "`channel_stock_sales`" in words(app)
    app.segmented_control(key="pick_section").set_value("bullwhip").run()
    assert not app.exception
