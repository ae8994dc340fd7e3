from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule, row_scope_for
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.planned_order.figures import order_figures
from tower.planned_order.words import explained
from tower.queries import record_documents, requirements
from tower.store import User
from tower.warehouse import Warehouse, open_warehouse

PAGE = "planning/requirements"
# Figures whose documents are all known; of open orders only what something needs is linked.
EXACT = ("gross_quantity", "forecast_quantity", "planned_receipt_quantity", "planned_release_quantity")


@pytest.fixture(scope="module")
def nodes(warehouse: Warehouse) -> list[tuple[str, str]]:
    return warehouse.frame("select distinct item_id, location_id from core.fct_plan_records order by 1, 2").rows()


def chosen(app: AppTest) -> tuple[str, str]:
    return app.selectbox(key="pick_item").value, app.selectbox(key="pick_place").value


def test_the_first_item_is_the_one_that_makes_most_money_late(
    open_app: OpenApp, warehouse: Warehouse, language: Language
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    late = warehouse.frame(
        """
        select limiting_item_id, sum(late_value) as late_value from core.fct_plan_demands
        where demand_type = 'sales_order_line' and late_days > 0 and limiting_item_id is not null
        group by 1 order by 2 desc, 1 limit 1
        """
    )
    first = warehouse.frame("select min(item_id) from core.fct_plan_records").item()
    assert chosen(app)[0] == (late.item(0, 0) if late.height else first)
    if late.height:
        expected = Numbers(language, warehouse.company_currency).value(late.item(0, 1), "money")
        assert value_of(app, Text(language)("requirements.late_value")) == expected


def test_every_record_adds_up_and_every_grain_ends_in_the_same_stock(
    warehouse: Warehouse, nodes: list[tuple[str, str]]
) -> None:
    for item, place in nodes:
        weeks = requirements.record(warehouse, item, place, "week")
        known = warehouse.frame(
            """
            select is_past_due, week_start_date as period, projected_on_hand_quantity as known
            from core.fct_plan_records where item_id = $item and location_id = $place
            """,
            {"item": item, "place": place},
        )
        flow = (
            weeks["scheduled_receipt_quantity"] + weeks["planned_receipt_quantity"] + weeks["passed_through_quantity"]
            - weeks["gross_quantity"]
        )  # fmt: skip
        assert (weeks["opening_quantity"] + flow.cum_sum()).to_list() == pytest.approx(
            weeks["projected_on_hand_quantity"].to_list(), abs=1e-4
        )
        joined = weeks.join(known, on=["is_past_due", "period"], how="inner")
        assert joined.height == known.height
        assert joined["projected_on_hand_quantity"].to_list() == pytest.approx(joined["known"].to_list())
        months = requirements.record(warehouse, item, place, "month")
        for name in requirements.FLOWS:
            assert months[name].sum() == pytest.approx(weeks[name].sum(), abs=1e-4)
        assert months["projected_on_hand_quantity"][-1] == weeks["projected_on_hand_quantity"][-1]
        days = requirements.record(warehouse, item, place, "day").filter(pl.col("is_past_due") == 0)
        ends = days.join(weeks.filter(pl.col("is_past_due") == 0), on="last_day", how="inner", suffix="_of_week")
        assert ends["projected_on_hand_quantity"].to_list() == pytest.approx(
            ends["projected_on_hand_quantity_of_week"].to_list(), abs=1e-4
        )
        assert (days["scheduled_receipt_quantity"] > -1e-4).all()


def test_the_documents_of_a_figure_add_up_to_it(warehouse: Warehouse, nodes: list[tuple[str, str]]) -> None:
    checked = 0
    for item, place in nodes:
        weeks = requirements.record(warehouse, item, place, "week").filter(pl.col("is_past_due") == 0)
        for row in weeks.iter_rows(named=True):
            for measure in EXACT:
                if not row[measure]:
                    continue
                found = record_documents.documents(warehouse, item, place, measure, row["period"], row["last_day"])
                assert found["quantity"].sum() == pytest.approx(row[measure], abs=1e-3), (item, place, measure)
                checked += 1
    assert checked >= 20


def test_the_record_has_periods_as_columns_and_the_rows_of_a_planner(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    table = app.dataframe[0].value
    weeks = requirements.record(warehouse, *chosen(app), "week")
    assert list(table.columns[1:]) == [
        "past_due" if row["is_past_due"] else row["period"].isoformat() for row in weeks.iter_rows(named=True)
    ]
    rows = list(table["record"])
    assert rows[0] == text("record.gross_quantity")
    shown = table[table["record"] == text("record.projected_on_hand_quantity")].iloc[0, 1:].fillna(0).to_list()
    assert shown == pytest.approx(weeks["projected_on_hand_quantity"].to_list(), abs=1e-3)


def test_search_takes_part_of_a_code_or_of_a_name_in_either_language(open_app: OpenApp, warehouse: Warehouse) -> None:
    item, name, name_zh = warehouse.frame(
        """
        select item_id, item_name, item_name_zh from core.dim_items
        where item_id in (select item_id from core.fct_plan_records) order by item_name_zh nulls last, item_id limit 1
        """
    ).row(0)
    for part in (item[:4].lower(), name[1:6], (name_zh or name)[:2]):
        app = open_app(PAGE, user="planner")
        app.text_input(key="pick_search").set_value(part).run()
        assert app.query_params["search"] == part
        assert any(option.startswith(f"{item} · ") for option in app.selectbox(key="pick_item").options)
        for option in app.selectbox(key="pick_item").options:
            code = option.split(" · ")[0]
            found = warehouse.frame(
                "select concat_ws(' ', item_id, item_name, item_name_zh) from core.dim_items where item_id = $item",
                {"item": code},
            )
            assert part.lower().strip() in found.item().lower()


def test_a_search_without_result_says_so(open_app: OpenApp, language: Language, text: Text) -> None:
    app = open_app(PAGE, user="planner", lang=language, search="no such thing")
    assert text("requirements.none_found", search="no such thing") in words(app)
    assert not app.dataframe


def test_item_place_and_grain_are_kept_in_the_url(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner")
    first = chosen(app)[0]
    other = next(
        option.split(" · ")[0]
        for option in app.selectbox(key="pick_item").options
        if not option.startswith(f"{first} ")
    )
    app.selectbox(key="pick_item").set_value(other).run()
    app.segmented_control(key="pick_grain").set_value("month").run()
    assert (app.query_params["item"], app.query_params["grain"]) == (other, "month")
    months = requirements.record(warehouse, *chosen(app), "month")
    assert len(app.dataframe[0].value.columns) == months.height + 1
    link = open_app(PAGE, user="planner", item=other, grain="month")
    assert chosen(link) == chosen(app)
    app.segmented_control(key="pick_grain").set_value("week").run()
    assert "grain" not in app.query_params


def test_a_link_to_an_unknown_item_opens_the_first(open_app: OpenApp) -> None:
    assert chosen(open_app(PAGE, user="planner", item="nothing", place="nowhere")) == chosen(
        open_app(PAGE, user="planner")
    )


def test_a_figure_is_explained_by_its_documents(
    open_app: OpenApp, warehouse: Warehouse, nodes: list[tuple[str, str]]
) -> None:
    item, place, row = next(
        (item, place, row)
        for item, place in nodes
        for row in requirements.record(warehouse, item, place, "week").iter_rows(named=True)
        if row["planned_receipt_quantity"] and not row["is_past_due"]
    )
    app = open_app(PAGE, user="planner", item=item, place=place)
    app.selectbox(key="pick_row").set_value("planned_receipt_quantity").run()
    app.selectbox(key="pick_at").set_value(row["period"].isoformat()).run()
    assert app.query_params["row"] == "planned_receipt_quantity"
    # The first period in which anything happens is the default and stays out of the URL.
    assert app.query_params.get("at", row["period"].isoformat()) == row["period"].isoformat()
    documents = app.dataframe[1].value
    expected = warehouse.frame(
        """
        select plan_order_id from core.fct_plan_orders
        where item_id = $item and location_id = $place and due_date between $first and $last order by due_date, 1
        """,
        {"item": item, "place": place, "first": row["period"], "last": row["last_day"]},
    )
    assert list(documents["document_id"]) == expected["plan_order_id"].to_list()
    assert documents["quantity"].sum() == pytest.approx(row["planned_receipt_quantity"])


def test_the_arithmetic_of_an_order_stands_in_the_readers_language(
    open_app: OpenApp, warehouse: Warehouse, language: Language
) -> None:
    order, item, place = warehouse.frame(
        "select plan_order_id, item_id, location_id from core.fct_plan_orders order by 1 limit 1"
    ).row(0)
    app = open_app(PAGE, user="planner", lang=language, item=item, place=place, order=f"planned_order:{order}")
    written = words(app)
    for line in explained(order_figures(warehouse, order), language).split("\n"):
        assert line in written
    assert app.get("download_button")


def test_a_branch_of_the_pegging_opens_closes_and_is_kept_in_the_url(open_app: OpenApp, warehouse: Warehouse) -> None:
    order, item, place, component = warehouse.frame(
        """
        select orders.plan_order_id, orders.item_id, orders.location_id, links.supply_id
        from core.fct_plan_orders as orders
        inner join core.fct_plan_pegging as links
            on links.demand_type = 'planned_order' and links.demand_id = orders.plan_order_id
        where links.supply_type = 'planned_order'
            and links.supply_id in (
                select demand_id from core.fct_plan_pegging where demand_type = 'planned_order'
            )
        order by 1, 4 limit 1
        """
    ).row(0)
    app = open_app(PAGE, user="planner", item=item, place=place, order=f"planned_order:{order}")
    closed = [button for button in app.button if f" {component}**" in button.label]
    assert closed, component
    path = closed[0].key.removeprefix("toggle_")
    app.button(key=f"toggle_{path}").click().run()
    assert app.query_params["open"] == path
    below = [
        key for key in (one.key or "" for one in app.container) if key.startswith(f"link_{path.replace('.', '_')}_")
    ]
    count = warehouse.frame(
        "select count(distinct (supply_type, supply_id, item_id)) from core.fct_plan_pegging "
        "where demand_type = 'planned_order' and demand_id = $order",
        {"order": component},
    ).item()
    assert len(below) == min(count, 8)
    app.button(key=f"toggle_{path}").click().run()
    assert "open" not in app.query_params


def test_a_reader_of_one_plant_finds_only_what_is_planned_there(
    open_app: OpenApp, add_user: Callable[[User], None], warehouse: Warehouse, example_build: BuildSummary
) -> None:
    plants = warehouse.frame(
        """
        select locations.plant_id, count(distinct records.item_id) as items
        from core.fct_plan_records as records
        inner join core.dim_locations as locations on records.location_id = locations.location_id
        where locations.plant_id is not null group by 1 order by 2, 1 limit 1
        """
    )
    plant, items = plants.row(0)
    rule = ScopeRule("plant", (plant,))
    add_user(User("local", "Local planner", "planner", scope=rule))
    app = open_app(PAGE, user="local")
    assert len(app.selectbox(key="pick_item").options) == items
    scoped = open_warehouse(example_build.file, row_scope_for(rule, warehouse))
    inside = scoped.frame("select distinct item_id from core.fct_plan_records")["item_id"].to_list()
    elsewhere = warehouse.frame(
        "select min(item_id) from core.fct_plan_records where item_id not in (select unnest($inside))",
        {"inside": inside},
    ).item()
    scoped.close()
    if elsewhere is not None:
        assert chosen(open_app(PAGE, user="local", item=elsewhere))[0] in inside
    assert Text("en")("requirements.workbook_scope") in words(app) or not app.container(key="arithmetic")


def test_sales_does_not_open_the_plan(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="sales")
    text = Text("en")
    assert text("state.forbidden_role", role=text("role.sales")) in words(app)
