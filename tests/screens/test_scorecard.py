from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.metrics import load_catalogue
from tower.queries.scorecard import SCORECARD_METRICS
from tower.store import User
from tower.warehouse import Warehouse, open_warehouse

PAGE = "overview/scorecard"
# The example company's books end on 30 June 2026; the default period is the twelve months up to then.
YEAR = "between date '2025-07-01' and date '2026-06-30'"
QUARTER = "between date '2026-04-01' and date '2026-06-30'"
REVENUE = "select sum(net_value) from core.fct_delivery_lines where shipped_date"


def number(warehouse: Warehouse, sql: str) -> float:
    return float(warehouse.frame(sql).item())


def label(warehouse: Warehouse, metric: str, language: Language) -> str:
    known = load_catalogue(warehouse).metric(metric)
    return known.label_zh if language == "zh" else known.label


def test_cards_show_what_the_warehouse_holds(
    open_app: OpenApp, warehouse: Warehouse, language: Language, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="executive", lang=language)
    otif = number(
        warehouse,
        f"select avg(is_on_time_in_full_received_requested) from core.fct_sales_order_lines where requested_date {YEAR}",
    )
    expected = {
        "on_time_in_full_rate": numbers.value(otif, "percent"),
        "revenue": numbers.value(number(warehouse, f"{REVENUE} {YEAR}"), "money"),
        "backlog_value": numbers.value(
            number(warehouse, "select sum(open_value) from core.fct_sales_order_lines where is_past_due = 1"), "money"
        ),
        "stock_value": numbers.value(
            number(
                warehouse, "select sum(value) from core.fct_stock_intervals where valid_to_date > date '2026-06-30'"
            ),
            "money",
        ),
    }
    shown = {metric: value_of(app, label(warehouse, metric, language)) for metric in expected}
    assert shown == expected


def test_every_metric_of_the_scorecard_has_a_card_with_its_definition(
    open_app: OpenApp, warehouse: Warehouse, language: Language
) -> None:
    app = open_app(PAGE, user="executive", lang=language)
    assert [metric.label for metric in app.metric] == [
        label(warehouse, metric, language) for metric in SCORECARD_METRICS
    ]
    catalogue = load_catalogue(warehouse)
    written = words(app)
    for name in SCORECARD_METRICS:
        metric = catalogue.metric(name)
        assert (metric.definition_zh if language == "zh" else metric.definition) in written
    assert len(app.table) == len(SCORECARD_METRICS)


def test_a_definition_writes_out_the_two_sides_of_the_figure(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive", lang="en")
    lines = app.container(key="card_on_time_in_full_rate").table[0].value
    due, kept = warehouse.frame(
        f"""
        select count(is_on_time_in_full_received_requested), sum(is_on_time_in_full_received_requested)
        from core.fct_sales_order_lines where requested_date {YEAR}
        """
    ).row(0)
    written = dict(zip(lines.index, lines.iloc[:, 0], strict=True))
    assert written["Lines received on time and in full"] == f"{kept:,.0f}"
    assert written["Lines due by the requested date"] == f"{due:,.0f}"


def test_another_period_asks_again_and_goes_into_the_url(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive")
    app.selectbox(key="pick_period").set_value("3m").run()
    assert app.query_params["period"] == "3m"
    expected = Numbers("en", warehouse.company_currency).value(number(warehouse, f"{REVENUE} {QUARTER}"), "money")
    assert value_of(app, "Revenue") == expected
    app.selectbox(key="pick_period").set_value("12m").run()
    assert "period" not in app.query_params


def test_chosen_days_come_from_the_url(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive", period="custom", **{"from": "2026-02-01", "to": "2026-02-28"})
    expected = number(warehouse, f"{REVENUE} between date '2026-02-01' and date '2026-02-28'")
    assert value_of(app, "Revenue") == Numbers("en", warehouse.company_currency).value(expected, "money")


def test_a_family_filters_what_carries_it_and_the_rest_says_that_it_cannot(
    open_app: OpenApp, warehouse: Warehouse
) -> None:
    family = warehouse.frame(
        """
        select min(items.product_family) from core.fct_delivery_lines as lines
        inner join core.dim_items as items on items.item_id = lines.item_id
        """
    ).item()
    app = open_app(PAGE, user="executive")
    app.multiselect(key="pick_family").set_value([family]).run()
    assert app.query_params["family"] == family
    filtered = number(
        warehouse,
        f"""
        select sum(net_value) from core.fct_delivery_lines
        where shipped_date {YEAR} and item_id in (select item_id from core.dim_items where product_family = '{family}')
        """,
    )
    assert filtered != number(warehouse, f"{REVENUE} {YEAR}")
    assert value_of(app, "Revenue") == Numbers("en", warehouse.company_currency).value(filtered, "money")
    assert value_of(app, "Overdue receivables rate") == "–"
    assert Text("en")("card.not_filterable", dimensions="Product family") in words(app)


def test_a_filter_value_that_the_build_does_not_hold_is_left_out(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive", plant="no such plant")
    expected = Numbers("en", warehouse.company_currency).value(number(warehouse, f"{REVENUE} {YEAR}"), "money")
    assert value_of(app, "Revenue") == expected


def test_looking_into_a_card_shows_documents_that_add_up_to_the_figure(
    open_app: OpenApp, warehouse: Warehouse, language: Language, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="executive", lang=language)
    app.button(key="open_revenue").click().run()
    assert app.query_params["metric"] == "revenue"
    revenue = number(warehouse, f"{REVENUE} {YEAR}")
    detail = app.container(key="detail")
    assert f"#### {numbers.value(revenue, 'money')}" in [one.value for one in detail.markdown]
    documents = detail.dataframe[0].value
    lines = number(
        warehouse, f"select count(*) from core.fct_delivery_lines where net_value <> 0 and shipped_date {YEAR}"
    )
    assert len(documents) == lines
    assert documents["numerator"].sum() == pytest.approx(revenue)
    app.button(key="close_detail").click().run()
    assert "metric" not in app.query_params
    assert not app.dataframe


def test_one_member_of_the_breakdown_narrows_the_documents(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive", metric="revenue", by="customer_name")
    everything = len(app.dataframe[0].value)
    customer = warehouse.frame(
        f"""
        select customer_id from core.fct_delivery_lines where shipped_date {YEAR}
        group by customer_id order by sum(net_value) desc limit 1
        """
    ).item()
    app.selectbox(key="pick_member").set_value(customer).run()
    documents = app.dataframe[0].value
    assert app.query_params["member"] == customer
    assert set(documents["customer"]) == {customer}
    assert 0 < len(documents) < everything


def test_another_definition_of_on_time_in_full_replaces_the_figure(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive", metric="on_time_in_full_rate")
    name = "on_time_in_full_shipped_promised_rate"
    app.button(key=f"choose_{name}").click().run()
    assert app.query_params["metric"] == name
    rate = number(
        warehouse,
        f"select avg(is_on_time_in_full_shipped_promised) from core.fct_sales_order_lines where promised_date {YEAR}",
    )
    written = [one.value for one in app.container(key="detail").markdown]
    assert f"#### {Numbers('en', 'CNY').value(rate, 'percent')}" in written
    assert app.button(key=f"choose_{name}").disabled


def test_the_language_switch_changes_every_card_and_stays_in_the_url(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive")
    app.segmented_control(key="pick_lang").set_value("zh").run()
    assert app.query_params["lang"] == "zh"
    assert [metric.label for metric in app.metric] == [label(warehouse, metric, "zh") for metric in SCORECARD_METRICS]


def test_a_period_without_documents_shows_missing_values_not_zeros(open_app: OpenApp) -> None:
    app = open_app(
        PAGE, user="executive", period="custom", metric="revenue", **{"from": "2020-01-01", "to": "2020-01-31"}
    )
    assert value_of(app, "Revenue") == "–"
    assert Text("en")("state.empty_title") in words(app)


def test_a_reader_sees_only_the_rows_of_the_scope(
    open_app: OpenApp, add_user: Callable[[User], None], warehouse: Warehouse
) -> None:
    add_user(User("rep", "Sales rep", "sales", scope=ScopeRule("sales_rep", ("R1",))))
    app = open_app(PAGE, user="rep", metric="revenue")
    revenue = number(
        warehouse,
        f"""
        select sum(net_value) from core.fct_delivery_lines
        where shipped_date {YEAR} and customer_id in (select customer_id from core.dim_customers where sales_rep_id = 'R1')
        """,
    )
    assert value_of(app, "Revenue") == Numbers("en", "CNY").value(revenue, "money")
    own = set(warehouse.frame("select customer_id from core.dim_customers where sales_rep_id = 'R1'")["customer_id"])
    assert set(app.dataframe[0].value["customer"]) <= own


def test_a_ratio_that_the_scope_narrows_on_one_side_only_shows_no_value(
    open_app: OpenApp, add_user: Callable[[User], None], language: Language, text: Text
) -> None:
    add_user(User("rep", "Sales rep", "sales", scope=ScopeRule("sales_rep", ("R1",))))
    app = open_app(PAGE, user="rep", lang=language, metric="inventory_turns")
    card = app.container(key="card_inventory_turns")
    assert card.metric[0].value == "–"
    assert text("card.not_in_scope") in card.caption[0].value
    assert text("detail.not_in_scope") in words(app)
    assert app.container(key="card_stock_value").metric[0].value != "–"


def test_what_a_source_cannot_feed_is_not_connected_and_says_what_it_needs(
    open_app: OpenApp, adventureworks_build: BuildSummary, language: Language, text: Text
) -> None:
    app = open_app(
        PAGE, home=adventureworks_build.file.parents[1], user="executive", lang=language, metric="on_time_in_full_rate"
    )
    card = app.container(key="card_on_time_in_full_rate")
    assert card.metric[0].value == "–"
    assert text("card.not_connected", missing="deliveries.delivered_at") in card.caption[0].value
    assert text("state.not_connected_title") in words(app)
    opened = open_warehouse(adventureworks_build.file)
    revenue = number(opened, f"{REVENUE} between date '2013-07-01' and date '2014-06-30'")
    opened.close()
    assert app.container(key="card_revenue").metric[0].value == Numbers(language, "USD").value(revenue, "money")


def test_documents_are_named_in_the_only_language_that_the_source_has(
    open_app: OpenApp, adventureworks_build: BuildSummary, language: Language
) -> None:
    app = open_app(PAGE, home=adventureworks_build.file.parents[1], user="executive", lang=language, metric="revenue")
    documents = app.dataframe[0].value
    assert documents["item_name"].notna().all()
    assert "item_name_zh" not in documents.columns


def test_a_switched_definition_shows_the_lines_whose_shares_add_up_to_the_difference(
    open_app: OpenApp, warehouse: Warehouse, language: Language
) -> None:
    flags = "is_on_time_in_full_received_requested", "is_on_time_in_full_shipped_requested"
    differing = number(
        warehouse,
        f"select count(*) from core.fct_sales_order_lines where requested_date {YEAR} "
        f"and {flags[0]} is distinct from {flags[1]}",
    )
    app = open_app(
        PAGE, user="executive", lang=language, metric="on_time_in_full_shipped_requested_rate",
        against="metric:on_time_in_full_rate",
    )  # fmt: skip
    title = Text(language)("difference.rows")
    tables = [one.value for one in app.dataframe if "share" in one.value.columns]
    assert title in words(app)
    assert differing > 0
    assert [frame.height if hasattr(frame, "height") else len(frame) for frame in tables] == [differing]
    values = [
        number(warehouse, f"select avg({flag}) from core.fct_sales_order_lines where requested_date {YEAR}")
        for flag in flags
    ]
    assert float(tables[0]["share"].sum()) == pytest.approx(values[1] - values[0])
