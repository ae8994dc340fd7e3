"""Requirements: planned orders firmed, moved and split within a scenario, its effect, and firmed orders given back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, words
from tower.i18n import Language, Text
from tower.queries.planned_orders import planned_orders
from tower.scenarios.change_file import own_part, renamed
from tower.store import Store, open_store
from tower.store.firmed_orders import change_firmed_order, firmed_orders, withdraw_firmed_order
from tower.store.scenarios import KeptScenario, change_scenario, move_scenario, scenarios
from tower.ui.scenarios.working import Working
from tower.warehouse import Warehouse

PAGE = "planning/requirements"
EN = Text("en")


@pytest.fixture
def store(example_home: Path) -> Iterator[Store]:
    """The app store of the example company, without scenarios and firmed orders at the end."""
    opened = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    yield opened
    with opened.engine.begin() as connection:
        for table in ("firmed_orders", "scenarios", "scenario_inputs", "audit_log"):
            connection.exec_driver_sql(f"delete from {table}")
    opened.close()


@pytest.fixture
def orders(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The planned orders of the item with the most of them that can be got."""
    item, place = warehouse.frame(
        "select item_id, location_id from core.fct_plan_orders where order_type is not null "
        "group by all order by count(*) desc, 1, 2 limit 1"
    ).row(0)
    found = planned_orders(warehouse, item, place)
    assert found.height >= 2
    return [{**row, "item": item, "place": place} for row in found.iter_rows(named=True)]


@pytest.fixture
def page(open_app: OpenApp, store: Store):
    def opened(order: dict[str, Any], user: str = "planner", **parameters: str) -> AppTest:
        chosen = {"item": order["item"], "place": order["place"], "order": f"planned_order:{order['plan_order_id']}"}
        return open_app(PAGE, user=user, **chosen, **parameters)

    return opened


def kept(store: Store) -> KeptScenario:
    (one,) = scenarios(store)
    return one


def add(app: AppTest) -> AppTest:
    app.button(key="change_add").click().run()
    assert not app.exception, [error.value for error in app.exception]
    return app


def chosen(app: AppTest, what: str) -> AppTest:
    app.segmented_control(key="change_what").set_value(what).run()
    return app


def told(app: AppTest) -> str:
    return "\n".join(error.value for error in app.error)


def changes(store: Store) -> list[Any]:
    return list(own_part(kept(store).change_file).changes)


def test_an_order_is_firmed_in_a_new_draft_and_its_effect_is_shown(
    page: Any, store: Store, orders: list[dict[str, Any]], language: Language, text: Text
) -> None:
    app = add(page(orders[0], lang=language))
    (change,) = changes(store)
    assert (change.KIND, change.item, change.location) == (
        "firm_planned_order", (orders[0]["item"],), (orders[0]["place"],),
    )  # fmt: skip
    assert change.due == orders[0]["due_date"]
    one = kept(store)
    assert (one.owner, one.state, one.version) == ("planner", "draft", 1)
    assert app.query_params["scenario"] == str(one.scenario_id)
    assert text("order_effect.title", name=one.name, item=orders[0]["item"]) in words(app)
    table = next(pl.from_pandas(frame.value) for frame in app.dataframe if "figure" in frame.value.columns)
    labels = table["figure"].to_list()
    assert f"{text('record.planned_receipt_quantity')} · {text('order_effect.with')}" in labels
    changed = next(frame.value for frame in app.dataframe if "release_date_after" in frame.value.columns)
    assert list(changed["change"]) == [text("scenario_change.firmed")]


def test_several_orders_are_firmed_at_once_and_none_is_refused(
    page: Any, store: Store, orders: list[dict[str, Any]]
) -> None:
    app = page(orders[0])
    choice = next(one for one in app.multiselect if one.key and one.key.startswith("change_orders_"))
    assert choice.value == [orders[0]["plan_order_id"]]
    choice.set_value([]).run()
    assert EN("order_change.none_chosen") in told(add(app))
    assert scenarios(store) == []
    choice = next(one for one in app.multiselect if one.key and one.key.startswith("change_orders_"))
    choice.set_value([one["plan_order_id"] for one in orders[:2]]).run()
    add(app)
    assert [one.KIND for one in changes(store)] == ["firm_planned_order"] * 2


def test_an_order_is_moved_and_resized_and_what_changes_nothing_is_refused(
    page: Any, store: Store, orders: list[dict[str, Any]]
) -> None:
    order = orders[-1]
    app = chosen(page(order), "move")
    assert EN("order_change.nothing") in told(add(app))
    app.number_input[0].set_value(0.0).run()
    assert EN("order_change.no_quantity") in told(add(app))
    assert scenarios(store) == []
    app.number_input[0].set_value(order["quantity"] + 5).run()
    app.date_input[0].set_value(order["due_date"] + timedelta(days=4)).run()
    add(app)
    (change,) = changes(store)
    assert (change.KIND, change.new_due, change.new_quantity) == (
        "move_planned_order", order["due_date"] + timedelta(days=4), order["quantity"] + 5,
    )  # fmt: skip
    moved = next(frame.value for frame in app.dataframe if "due_date_after" in frame.value.columns)
    assert order["quantity"] + 5 in list(moved["quantity_after"])


def test_an_order_is_split_into_a_draft_that_is_there(page: Any, store: Store, orders: list[dict[str, Any]]) -> None:
    add(page(orders[0]))
    app = chosen(page(orders[1]), "split")
    assert app.selectbox(key="change_draft").value == str(kept(store).scenario_id)
    into, apart = app.number_input
    into.set_value(3)
    apart.set_value(2).run()
    add(app)
    second = changes(store)[1]
    assert (second.KIND, second.into, second.days_apart) == ("split_planned_order", 3, 2)
    assert kept(store).version == 2


def test_an_order_that_is_firmed_already_is_refused_and_nothing_is_saved(
    page: Any, store: Store, orders: list[dict[str, Any]]
) -> None:
    add(page(orders[0]))
    assert "an earlier change has firmed it already" in told(add(page(orders[0])))
    assert kept(store).version == 1


def test_a_second_planner_at_the_same_draft_is_told(page: Any, store: Store, orders: list[dict[str, Any]]) -> None:
    add(page(orders[0]))
    app = page(orders[1])
    before = kept(store)
    other = renamed(before.change_file, before.name, title="Mine")
    change_scenario(store, replace(before, change_file=other), "admin", BUILT_AT)
    assert "was changed by admin" in told(add(app))
    assert kept(store).change_file == other
    add(app)
    assert (len(changes(store)), own_part(kept(store).change_file).title) == (2, "Mine")


def test_what_is_not_saved_on_the_page_of_scenarios_is_not_lost(
    page: Any, store: Store, orders: list[dict[str, Any]]
) -> None:
    app = chosen(page(orders[0]), "split")
    add(app)
    one = kept(store)
    unsaved = one.change_file.replace("into: 2", "into: 4")
    assert unsaved != one.change_file
    app.session_state[f"working_{one.scenario_id}"] = Working(one, unsaved, own_part(one.change_file).changes)
    assert EN("order_change.unsaved", name=one.name) in told(add(app))
    assert kept(store) == one


def test_production_reads_and_see_what_is_shared_only(page: Any, store: Store, orders: list[dict[str, Any]]) -> None:
    add(page(orders[0]))
    app = page(orders[0], user="production")
    assert not [one for one in app.button if one.key == "change_add"]
    assert not [one for one in app.selectbox if one.key == "pick_scenario"]
    move_scenario(store, kept(store), "shared", "planner", BUILT_AT)
    app = page(orders[0], user="production", scenario=str(kept(store).scenario_id))
    assert EN("order_effect.title", name="orders", item=orders[0]["item"]) in words(app)
    assert not [one for one in app.button if one.key == "change_add"]


def test_what_a_promoted_scenario_firms_is_kept_and_can_be_given_back(
    page: Any, open_app: OpenApp, store: Store, orders: list[dict[str, Any]], language: Language, text: Text
) -> None:
    app = add(page(orders[0], lang=language))
    one = kept(store)
    app = open_app("planning/scenarios", user="planner", lang=language, scenario=str(one.scenario_id))
    app.button(key="to_promoted").click().run()
    assert not told(app)
    (firmed,) = firmed_orders(store)
    order = orders[0]
    assert (firmed.item_id, firmed.location_id, firmed.quantity, firmed.due_date, firmed.document_id) == (
        order["item"], order["place"], order["quantity"], order["due_date"], order["plan_order_id"],
    )  # fmt: skip
    assert (firmed.scenario_id, firmed.author) == (one.scenario_id, "planner")
    app = page(order, lang=language)
    listed = next(frame.value for frame in app.dataframe if "author" in frame.value.columns)
    assert list(listed["state"]) == [text("firmed_state.next_build")]
    app.button(key="give_back_chosen").click().run()
    assert firmed_orders(store) == []


def test_who_gives_back_what_another_changed_is_told(
    page: Any, open_app: OpenApp, store: Store, orders: list[dict[str, Any]]
) -> None:
    add(page(orders[0]))
    app = open_app("planning/scenarios", user="planner", scenario=str(kept(store).scenario_id))
    app.button(key="to_promoted").click().run()
    app = page(orders[0])
    (firmed,) = firmed_orders(store)
    change_firmed_order(store, replace(firmed, quantity=firmed.quantity + 1), "admin", BUILT_AT)
    app.button(key="give_back_chosen").click().run()
    assert "was changed by admin" in told(app)
    (still,) = firmed_orders(store)
    assert still.quantity == firmed.quantity + 1
    withdraw_firmed_order(store, still, "admin", BUILT_AT)
    reader = page(orders[0], user="production")
    assert not [one for one in reader.button if (one.key or "").startswith("give_back")]


def test_two_promoted_scenarios_cannot_firm_the_same_order_differently(
    page: Any, open_app: OpenApp, store: Store, orders: list[dict[str, Any]]
) -> None:
    add(page(orders[0]))
    app = open_app("planning/scenarios", user="planner", scenario=str(kept(store).scenario_id))
    app.button(key="to_promoted").click().run()
    add(chosen(page(orders[0]), "split"))
    second = scenarios(store)[1]
    app = open_app("planning/scenarios", user="planner", scenario=str(second.scenario_id))
    app.button(key="to_promoted").click().run()
    # Parts of a split order bear numbers of their own: the whole order is firm already.
    assert "was firmed by planner" in told(app)
    assert [one.state for one in scenarios(store)] == ["promoted", "draft"]
    assert len(firmed_orders(store)) == 1
