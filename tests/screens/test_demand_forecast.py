"""The page Demand forecast: what it says, where its controls lead, and that overrides are kept as a person means them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.demand_forecast.words import alarm_in_words, quantity_in_words
from tower.i18n import Language, Numbers, Text
from tower.queries import demand_forecast, forecast_quality
from tower.queries.demand_forecast import LEVELS, Node
from tower.store import Store, User, open_store
from tower.store.forecast_overrides import (
    ForecastOverride,
    add_forecast_override,
    change_forecast_override,
    forecast_overrides,
    withdraw_forecast_override,
)
from tower.warehouse import Warehouse

PAGE = "planning/demand_forecast"
Open = Callable[..., AppTest]


@pytest.fixture
def store(demo_build: BuildSummary) -> Iterator[Store]:
    """The app store of the demo company; overrides that a test leaves are withdrawn after it."""
    opened = open_store(f"sqlite:///{demo_build.file.parents[1] / 'store.sqlite'}")
    yield opened
    for one in forecast_overrides(opened):
        withdraw_forecast_override(opened, one, "admin", BUILT_AT)
    opened.close()


@pytest.fixture
def open_page(open_app: OpenApp, demo_build: BuildSummary, store: Store) -> Open:
    home: Path = demo_build.file.parents[1]

    def opened(user: str = "planner", **parameters: str) -> AppTest:
        return open_app(PAGE, home=home, user=user, **parameters)

    return opened


@pytest.fixture(scope="module")
def top_item(demo: Warehouse) -> Node:
    return Node.of("item", demand_forecast.found_nodes(demo, "item", ()).row(0, named=True))


def draft(node: Node, demo: Warehouse, quantity: float = 500.0, reason: str = "tender") -> ForecastOverride:
    first = demand_forecast.forecast_cells(demo)["period_start"].min()
    return ForecastOverride("planner", "set", quantity, first, first, reason, item_id=node.item_id)


def test_the_worst_come_first_in_the_readers_language(
    open_page: Open, demo: Warehouse, language: Language, text: Text
) -> None:
    app = open_page(lang=language)
    written = words(app)
    numbers = Numbers(language, demo.company_currency)
    for row in forecast_quality.alarms(demo).head(6).iter_rows(named=True):
        assert alarm_in_words(text, numbers, row) in written
    assert value_of(app, text("forecast.alarms")) == numbers.integer(forecast_quality.alarms(demo).height)
    shown = next(table for table in app.dataframe if text("forecast_column.bias_value") or table).value
    worst = forecast_quality.biased_items(demo)["item_id"].to_list()
    assert list(shown.iloc[:, 0]) == worst


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_shows_its_dearest_forecast(open_page: Open, demo: Warehouse, level: str) -> None:
    app = open_page(section="forecast", level=level)
    row = demand_forecast.found_nodes(demo, level, ()).row(0, named=True)
    shown = value_of(app, Text("en")("forecast.next"))
    assert shown.split(" ")[0] == Numbers("en", "CNY").short(round(row["next_quantity"], 1)).split(" ")[0]
    assert app.selectbox(key="pick_node").value == Node.of(level, row).key


def test_choosing_a_level_forgets_the_node_of_another(open_page: Open, top_item: Node) -> None:
    app = open_page(section="forecast", level="item", node=top_item.key)
    app.segmented_control(key="pick_level").set_value("family").run()
    assert "node" not in app.query_params
    assert app.query_params["level"] == "family"
    assert not app.exception


def test_a_search_finds_by_code_name_place_and_channel(open_page: Open, demo: Warehouse, top_item: Node) -> None:
    app = open_page(section="forecast", level="series")
    app.text_input(key="pick_search").set_value(f"{top_item.item_id} web_shop").run()
    found = demand_forecast.found_nodes(demo, "series", (str(top_item.item_id), "web_shop"))
    assert app.selectbox(key="pick_node").options
    assert len(app.selectbox(key="pick_node").options) == found.height
    app.text_input(key="pick_search").set_value("nothing like this").run()
    assert Text("en")("forecast.none_found", search="nothing like this") in words(app)


def test_a_link_to_a_node_that_the_search_does_not_find_still_opens(open_page: Open, top_item: Node) -> None:
    app = open_page(section="forecast", level="item", node=top_item.key, search="nothing like this")
    assert app.selectbox(key="pick_node").value == top_item.key
    app = open_page(section="forecast", level="item", node="NO-SUCH-ITEM")
    assert app.selectbox(key="pick_node").value == top_item.key


@pytest.mark.parametrize("part", ["made", "periods", "preparation", "pipeline", "change"])
@pytest.mark.parametrize("level", ["series", "total"])
def test_every_part_of_a_forecast_is_drawn(open_page: Open, language: Language, part: str, level: str) -> None:
    app = open_page(section="forecast", level=level, part=part, lang=language)
    assert not app.exception
    assert not app.error


def test_the_way_from_orders_to_demand_adds_up(
    open_page: Open, demo: Warehouse, text: Text, language: Language
) -> None:
    app = open_page(section="forecast", level="total", part="preparation", lang=language)
    ordered = demand_forecast.ordered_quantity(demo, Node("total"))
    said = text("forecast.preparation_agrees", ordered=Numbers(language, "CNY").exact(ordered, "quantity"))
    assert said in words(app)


@pytest.mark.parametrize("section", ["accuracy", "stock", "overrides"])
def test_every_section_is_drawn(open_page: Open, language: Language, section: str) -> None:
    app = open_page(section=section, lang=language)
    assert not app.exception
    assert not app.error


def test_a_policy_shows_its_proposal_against_today(open_page: Open, demo: Warehouse) -> None:
    row = forecast_quality.stock_policies(demo).row(1, named=True)
    app = open_page(section="stock", policy=f"{row['item_id']}|{row['location_id']}")
    table = app.table[0].value
    assert table.iloc[0, 2] == quantity_in_words(row["safety_stock_quantity"])


def test_those_who_may_not_change_see_no_editor(open_page: Open, store: Store, demo: Warehouse, top_item: Node) -> None:
    add_forecast_override(store, draft(top_item, demo), "planner", BUILT_AT)
    for user in ("sales", "executive", "buyer"):
        app = open_page(user, section="forecast", part="change")
        assert Text("en")("override.readers") in words(app)
        assert not [button for button in app.button if button.key == "override_save"]
        listed = open_page(user, section="overrides")
        assert "tender" in words(listed)
        assert not [button for button in listed.button if (button.key or "").startswith("override_")]


def test_an_override_is_previewed_then_kept_with_its_reason(
    open_page: Open, store: Store, demo: Warehouse, top_item: Node
) -> None:
    app = open_page(section="forecast", level="item", node=top_item.key, part="change")
    app.number_input(key="override_amount").set_value(500.0).run()
    assert "→ 500" in words(app)
    assert app.button(key="override_save").disabled
    app.text_input(key="override_reason").set_value("the city buys").run()
    app.button(key="override_save").click().run()
    assert not app.exception
    (kept,) = forecast_overrides(store)
    assert (kept.kind, kept.quantity, kept.item_id, kept.location_id) == ("set", 500.0, top_item.item_id, None)
    assert (kept.layer, kept.reason, kept.author, kept.version) == ("planner", "the city buys", "planner", 1)
    assert Text("en")("override.next_build") in app.success[0].value
    assert app.text_input(key="override_reason").value == ""


def test_adding_and_multiplying_are_previewed(open_page: Open, demo: Warehouse, top_item: Node) -> None:
    now = demand_forecast.course(demo, top_item).filter(pl.col("is_forecast") == 1)["statistical_quantity"][0]
    app = open_page(section="forecast", level="item", node=top_item.key, part="change")
    app.segmented_control(key="override_kind").set_value("factor").run()
    app.number_input(key="override_amount").set_value(2.0).run()
    assert f"{quantity_in_words(now)} → {quantity_in_words(2 * now)}" in words(app)
    app.segmented_control(key="override_kind").set_value("add").run()
    assert f"{quantity_in_words(now)} → {quantity_in_words(now + 2)}" in words(app)


def test_what_is_impossible_is_refused_with_its_sentence(
    open_page: Open, store: Store, text: Text, language: Language
) -> None:
    app = open_page(section="forecast", level="item", part="change", lang=language)
    app.segmented_control(key="override_kind").set_value("add").run()
    app.number_input(key="override_amount").set_value(-1_000_000.0).run()
    assert "would bring it below 0" in app.error[0].value
    assert text("override.refused_below_zero", before="").split("0")[0] in app.error[0].value
    assert app.button(key="override_save").disabled
    assert forecast_overrides(store) == []


def test_periods_that_end_before_they_begin_are_not_previewed(open_page: Open, demo: Warehouse) -> None:
    starts = demand_forecast.forecast_cells(demo)["period_start"].unique().sort().to_list()
    app = open_page(section="forecast", level="total", part="change")
    app.number_input(key="override_amount").set_value(1.0).run()
    app.selectbox(key="override_first").set_value(starts[2]).run()
    app.selectbox(key="override_last").set_value(starts[0]).run()
    assert Text("en")("override.wrong_periods") in words(app)
    assert app.button(key="override_save").disabled


def test_an_override_is_changed_and_withdrawn_from_the_list(
    open_page: Open, store: Store, demo: Warehouse, top_item: Node
) -> None:
    kept = add_forecast_override(store, draft(top_item, demo), "admin", BUILT_AT)
    app = open_page(section="overrides")
    app.button(key=f"override_edit_{kept.override_id}").click().run()
    assert app.query_params["section"] == "forecast"
    assert app.number_input(key="override_amount").value == 500.0
    app.number_input(key="override_amount").set_value(600.0).run()
    app.button(key="override_save").click().run()
    (changed,) = forecast_overrides(store)
    assert (changed.quantity, changed.version, changed.author) == (600.0, 2, "planner")
    app = open_page(section="overrides")
    app.button(key=f"override_withdraw_{kept.override_id}").click().run()
    assert forecast_overrides(store) == []
    assert Text("en")("override_outcome.withdrawn") in list(app.dataframe[0].value.iloc[:, 1])


def test_the_second_of_two_editors_is_told(open_page: Open, store: Store, demo: Warehouse, top_item: Node) -> None:
    kept = add_forecast_override(store, draft(top_item, demo), "planner", BUILT_AT)
    app = open_page(section="overrides")
    app.button(key=f"override_edit_{kept.override_id}").click().run()
    later = BUILT_AT + timedelta(hours=1)
    change_forecast_override(store, ForecastOverride(**{**kept.as_row(), "quantity": 700.0}, override_id=kept.override_id),
                             "admin", later)  # fmt: skip
    app.number_input(key="override_amount").set_value(600.0).run()
    app.button(key="override_save").click().run()
    assert "was changed by admin" in app.error[0].value
    assert forecast_overrides(store)[0].quantity == 700.0
    app.button(key="override_read_again").click().run()
    assert app.number_input(key="override_amount").value == 700.0
    listed = open_page(section="overrides")
    withdraw_forecast_override(store, forecast_overrides(store)[0], "admin", later)
    listed.button(key=f"override_withdraw_{kept.override_id}").click().run()
    assert "was withdrawn by admin" in listed.error[0].value


def test_a_reader_of_one_plant_sees_its_places_and_changes_no_others(
    open_page: Open, demo: Warehouse, demo_build: BuildSummary, store: Store
) -> None:
    plant = demo.frame(
        """
        select locations.plant_id from marts.mart_demand_forecast as forecasts
        inner join core.dim_locations as locations on forecasts.location_id = locations.location_id
        where locations.plant_id is not null group by 1 order by sum(next_value) desc limit 1
        """
    ).item()  # fmt: skip
    store.save_user(User("one.plant", "One plant", "planner", scope=ScopeRule("plant", (plant,))), "admin", BUILT_AT)
    app = open_page("one.plant", section="forecast", level="item", part="change")
    assert not app.exception
    app.number_input(key="override_amount").set_value(5.0).run()
    app.text_input(key="override_reason").set_value("why").run()
    assert app.button(key="override_save").disabled
    assert Text("en")("override.out_of_scope") in words(app)
    whole, own = (
        demo.frame(f"select count(*) from marts.mart_demand_forecast {where}").item()
        for where in (
            "",
            f"where location_id in (select location_id from core.dim_locations where plant_id = '{plant}')",
        )
    )
    assert 0 < own < whole
    listed = open_page("one.plant", section="forecast", level="total")
    assert Text("en")("forecast.series_count", count=Numbers("en", "CNY").integer(own)) in words(listed)
    for section in ("attention", "accuracy", "stock", "overrides"):
        assert not open_page("one.plant", section=section).exception
    store.remove_user("one.plant", "admin", BUILT_AT)
