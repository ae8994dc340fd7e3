from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planning.scenarios.document import read_scenario
from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import inventory_health
from tower.store import Store, User, open_store
from tower.store.scenarios import remove_scenario, scenarios
from tower.ui.stock_health.screen import SECTIONS
from tower.warehouse import Warehouse, open_warehouse

PAGE = "inventory/inventory_health"
EN = Text("en")


@pytest.fixture
def store(example_home: Path) -> Iterator[Store]:
    """The app store of the example company, without scenarios at the end."""
    opened = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    yield opened
    for one in scenarios(opened):
        remove_scenario(opened, one, "admin", BUILT_AT)
    opened.close()


def listed(app: AppTest, column: str = "why") -> list[str]:
    """Item and place of the rows that are listed."""
    shown = table(app, column)
    names = [link.split("item=")[-1].split("&")[0] for link in shown["item_id"]]  # type: ignore[index]
    return [f"{item}~{place}" for item, place in zip(names, shown["location_id"], strict=True)]  # type: ignore[index]


def test_cards_are_the_sums_of_the_raw_rows(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    stock = warehouse.frame("select sum(value) from canonical.cnl_stock_balances where location_id <> 'TR1'").item()
    assert value_of(app, text("inventory_health.value")) == numbers.value(stock, "money")
    assert value_of(app, text("inventory_health.short")) == text("inventory_health.of", part="13", whole="21")
    assert not app.error


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_draws_in_both_languages(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(PAGE, user="planner", lang=language, section=section)
    assert not app.error
    assert app.query_params.get("section", "statuses") == section


def test_a_section_that_is_chosen_is_kept_in_the_url(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.segmented_control(key="pick_section").set_value("cover").run()
    assert app.query_params["section"] == "cover"


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("plant", "location_id", "DC1"), ("item_type", "item_type", "component"), ("planner", "planner", "PLN2"),
     ("status", "status_code", "stocked_out"), ("abc", "abc_class", "A"), ("xyz", "xyz_class", "Z")],
)  # fmt: skip
def test_each_filter_narrows_the_rows(
    open_app: OpenApp, warehouse: Warehouse, name: str, column: str, value: str
) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.multiselect(key=f"pick_{name}").set_value([value]).run()
    assert app.query_params[name] == value
    expected = warehouse.frame(
        f"select item_id, location_id from marts.mart_inventory_health where {column} = '{value}'"
    )
    assert sorted(listed(app)) == sorted(f"{item}~{place}" for item, place in expected.rows())
    assert expected.height > 0
    app.button(key="clear_filters").click().run()
    assert app.multiselect(key=f"pick_{name}").value == []


def test_a_stock_type_narrows_the_value(
    open_app: OpenApp, warehouse: Warehouse, numbers: Numbers, text: Text, language: Language
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    app.multiselect(key="pick_stock_type").set_value(["blocked"]).run()
    # 2 of F100 and 2 of F200 are valued with the rest of their plant; 1 of F300 has 630 of its own.
    assert app.query_params["stock_type"] == "blocked"
    found = inventory_health.totals(warehouse, (), ("blocked",))["value"]
    assert value_of(app, text("inventory_health.value")) == numbers.value(found, "money")
    assert found == pytest.approx(8_216, rel=0.02)


def test_a_position_shows_its_rule_its_figures_and_its_movements(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en", position="C640~PL1")
    said = words(app)
    assert "**Potential stock-out** — Usable stock and open receipts less demand fall below zero" in said
    assert "Usable 7 and on order" in said
    moves = inventory_health.movements(warehouse, "C640", "PL1")
    assert len(table(app, "movement")) == moves.height  # type: ignore[arg-type]
    assert moves["quantity"].sum() == 7
    assert "requirements?item=C640&place=PL1" in said
    # Each page names a position in its own way.
    assert "aged_stock?position=C640%40PL1" in said


def test_the_grid_counts_items_and_stock_once(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="classes")
    app.segmented_control(key="grid_figure").set_value("items").run()
    shown = table(app, "class")
    names = [name for name in ("X", "Y", "Z", "-") if name in shown]  # type: ignore[operator]
    counted = sum(int(one) for name in names for one in shown[name] if isinstance(one, str))  # type: ignore[index]
    assert counted == warehouse.frame("select count(distinct item_id) from marts.mart_inventory_health").item()


def test_the_sum_of_a_safety_stock_is_written_out(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="protection", position="C620~PL1")
    # Order-up-to level 34 less expected demand 21.11 is 12.89; stated 30, at 27 each.
    assert "= 34 − 21.11 = **12.89**" in words(app)
    assert "Stated: 30" in words(app)


def test_a_safety_stock_is_tried_and_kept_as_a_draft(open_app: OpenApp, store: Store) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="policy", position="C620~PL1")
    assert EN("inventory_health.nothing_changed") in words(app)
    app.number_input(key="edit_safety").set_value(100.0).run()
    assert not app.exception
    assert app.query_params["safety"] == "C620~PL1=100"
    assert "Safety stock = 100: item C620, place PL1" in words(app)
    assert {"before", "after", "change"} <= set(table(app, "before"))  # type: ignore[arg-type]
    app.button(key="keep_policy").click().run()
    kept = scenarios(store)
    assert [one.name for one in kept] == ["policy"]
    change = read_scenario(kept[0].change_file).changes[0]
    assert (change.item, change.location, change.set) == (("C620",), ("PL1",), 100.0)  # type: ignore[attr-defined]
    assert "scenarios?" in "".join(one.value for one in app.success)


@pytest.mark.parametrize("field", ["point", "minimum", "multiple"])
def test_reorder_point_and_lots_are_tried(open_app: OpenApp, field: str) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="policy", position="C650~PL1")
    app.number_input(key=f"edit_{field}").set_value(1200.0).run()
    assert app.query_params[field] == "C650~PL1=1200"
    assert "1200" in words(app)
    assert not app.error


def test_a_service_target_sets_the_safety_stock(open_app: OpenApp, warehouse: Warehouse) -> None:
    wanted = warehouse.frame(
        "select target_fill_rate, safety_stock_quantity from core.fct_stock_policy_trade_off "
        "where item_id = 'C620' and location_id = 'PL1' order by target_fill_rate desc limit 1"
    ).row(0)
    app = open_app(PAGE, user="planner", lang="en", section="policy", position="C620~PL1")
    app.selectbox(key="pick_service").set_value(f"{wanted[0]:g}").run()
    assert app.number_input(key="edit_safety").value == pytest.approx(max(wanted[1], 0.0), abs=1e-3)


def test_all_proposals_and_some_of_them_are_tried(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="policy", edit="proposals")
    assert "4 items at places: 3 get more, 1 get less" in words(app)
    app.multiselect(key="which_proposals").set_value(["C620~PL1"]).run()
    assert "1 items at places: 0 get more, 1 get less" in words(app)
    assert "Safety stock = 13: item C620, place PL1" in words(app)


def test_a_factor_is_tried_on_what_the_filters_leave(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="policy", edit="times")
    app.segmented_control(key="pick_times").set_value("2").run()
    assert app.query_params["times"] == "2"
    assert "Safety stock × 2" in words(app)


def test_a_reader_of_one_plant_sees_its_stock_alone_and_tries_nothing(
    open_app: OpenApp, add_user: Callable[[User], None]
) -> None:
    add_user(User("keeper", "Keeper", "planner", scope=ScopeRule("plant", ("PL2",))))
    app = open_app(PAGE, user="keeper", lang="en")
    assert {one.split("~")[1] for one in listed(app)} == {"PL2"}
    app = open_app(PAGE, user="keeper", lang="en", section="policy")
    assert EN("state.forbidden_scope") in words(app)


def test_sales_may_not_open_it(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="sales", lang="en")
    assert EN("state.forbidden_title") in words(app)


def test_adventureworks_says_what_it_cannot_judge(open_app: OpenApp, adventureworks_build: BuildSummary) -> None:
    home = adventureworks_build.file.parents[1]
    app = open_app(PAGE, home=home, user="planner", lang="en")
    said = "".join(one.value for one in app.info)
    assert "`stock_movements`" in said
    assert EN("inventory_health.no_forecast") in said
    app = open_app(PAGE, home=home, user="planner", lang="en", section="classes")
    assert EN("state.not_connected_title") in words(app)
    opened = open_warehouse(adventureworks_build.file)
    assert inventory_health.totals(opened, (), ())["zero_rate"] is None
    opened.close()
