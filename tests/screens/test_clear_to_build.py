from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule
from tower.i18n import Language, Numbers, Text
from tower.store import User
from tower.warehouse import Warehouse

PAGE = "production/clear_to_build"
EN = Text("en")
DEFAULT = "is_default = 1"


def counted(warehouse: Warehouse, where: str) -> int:
    return int(warehouse.frame(f"select count(*) from core.fct_clear_to_build where {where}").item())


def table(app: object, column: str) -> object:
    """The first table that has a column."""
    return next(one.value for one in app.dataframe if column in one.value.columns)  # type: ignore[attr-defined]


def test_cards_count_the_orders_of_each_status(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    assert value_of(app, text("clear_to_build.orders")) == str(counted(warehouse, DEFAULT))
    for status in ("complete", "partial", "short"):
        expected = counted(warehouse, f"{DEFAULT} and kit_status = '{status}'")
        assert value_of(app, text(f"kit_status.{status}")) == str(expected)


def test_money_that_waits_counts_each_sales_line_once(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    links = warehouse.frame("select * from core.fct_plan_pegging where supply_type not in ('stock', 'by_product')")
    waiting = warehouse.frame(
        f"select order_type, order_id from core.fct_clear_to_build where {DEFAULT} and kit_status in ('partial', 'short')"
    ).rows()
    reached, edge = set(waiting), set(waiting)
    up: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in links.iter_rows(named=True):
        up.setdefault((row["supply_type"], row["supply_id"]), set()).add((row["demand_type"], row["demand_id"]))
    while edge:
        edge = {above for one in edge for above in up.get(one, ())} - reached
        reached |= edge
    values = warehouse.frame(
        "select demand_id, value from core.fct_plan_demands where demand_type = 'sales_order_line'"
    ).rows()
    expected = sum(value for number, value in values if ("sales_order_line", number) in reached)
    assert expected > 0
    assert value_of(app, text("clear_to_build.waiting")) == numbers.value(expected, "money")


@pytest.mark.parametrize(
    ("control", "chosen", "parameter", "variant"),
    [
        ("pick_supply", "plan", "supply", "plan-substitutes-due_date"),
        ("pick_supply", "open_orders", "supply", "open_orders-substitutes-due_date"),
        ("pick_substitutes", "no", "substitutes", "stock-no_substitutes-due_date"),
    ],
)
def test_a_switch_goes_into_the_url_and_shows_its_variant(
    open_app: OpenApp, warehouse: Warehouse, control: str, chosen: str, parameter: str, variant: str
) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.segmented_control(key=control).set_value(chosen).run()
    assert app.query_params[parameter] == chosen
    _shows(app, warehouse, variant)


@pytest.mark.parametrize("rule", ["priority", "money"])
def test_another_rule_shows_its_variant(open_app: OpenApp, warehouse: Warehouse, rule: str) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.selectbox(key="pick_rule").set_value(rule).run()
    assert app.query_params["rule"] == rule
    _shows(app, warehouse, f"stock-substitutes-{rule}")
    assert EN("clear_to_build.list_note_variant") in words(app)


def _shows(app: object, warehouse: Warehouse, variant: str) -> None:
    for status in ("complete", "partial", "short"):
        expected = counted(warehouse, f"variant = '{variant}' and kit_status = '{status}'")
        assert value_of(app, EN(f"kit_status.{status}")) == str(expected)  # type: ignore[arg-type]


def test_the_list_names_what_is_missing_and_what_brings_it(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    shown = table(app, "missing")
    expected = warehouse.frame(
        """
        select order_id, last_part_name, last_part_receipt_id, clear_date from marts.mart_clear_to_build
        where missing_part_count > 0 order by served_value desc, start_date, order_type, order_id
        """
    ).row(0, named=True)
    first = shown.iloc[0]  # type: ignore[attr-defined]
    assert first["order_id"] == expected["order_id"]
    assert first["missing"].startswith(expected["last_part_name"])
    assert (expected["last_part_receipt_id"] or EN("clear_to_build.nothing_brings")) in first["brought_by"]


def test_a_status_and_a_filter_narrow_the_list(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.selectbox(key="pick_status").set_value("short").run()
    assert app.query_params["status"] == "short"
    assert len(table(app, "kit_status")) == counted(warehouse, f"{DEFAULT} and kit_status = 'short'")  # type: ignore[arg-type]
    customers = warehouse.frame(f"select customer_id from core.fct_clear_to_build where {DEFAULT}")["customer_id"]
    one = customers.drop_nulls().sort()[0]
    app = open_app(PAGE, user="planner", lang="en")
    app.multiselect(key="pick_customer").set_value([one]).run()
    assert app.query_params["customer"] == one
    assert len(table(app, "kit_status")) == counted(warehouse, f"{DEFAULT} and customer_id = '{one}'")  # type: ignore[arg-type]


@pytest.mark.parametrize("parameter", ["plant", "family", "planner"])
def test_every_filter_narrows_the_orders(open_app: OpenApp, warehouse: Warehouse, parameter: str) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    field = app.multiselect(key=f"pick_{parameter}")
    if not field.options:
        pytest.skip(f"no order of the example company has a {parameter}")
    everything = int(value_of(app, EN("clear_to_build.orders")))
    counts = []
    for at in range(len(field.options)):
        app = open_app(PAGE, user="planner", lang="en")
        app.multiselect(key=f"pick_{parameter}").select(field.options[at]).run()
        counts.append(int(value_of(app, EN("clear_to_build.orders"))))
    assert sum(counts) <= everything


def test_an_order_shows_its_parts_and_leads_to_requirements(
    open_app: OpenApp, warehouse: Warehouse, language: Language
) -> None:
    order = warehouse.frame(
        "select order_type, order_id, count(*) as parts from core.fct_clear_to_build_lines where missing_quantity > 0 "
        "group by all order by parts desc, order_id limit 1"
    ).row(0, named=True)
    app = open_app(PAGE, user="planner", lang=language, kit=f"{order['order_type']}:{order['order_id']}")
    shown = table(app, "required_quantity")
    expected = warehouse.frame(
        "select item_id, sum(required_quantity), sum(missing_quantity) from core.fct_clear_to_build_lines "
        f"where order_id = '{order['order_id']}' group by 1 order by 1"
    ).rows()
    figures = shown.groupby("part").sum(numeric_only=True)  # type: ignore[attr-defined]
    assert figures["required_quantity"].sum() == pytest.approx(sum(row[1] for row in expected))
    assert figures["missing_quantity"].sum() == pytest.approx(sum(row[2] for row in expected))
    assert all(link.startswith("requirements?item=") for link in shown["item_id"])  # type: ignore[index]


def test_choosing_an_order_below_the_list_opens_it(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    ids = table(app, "kit_status")["order_id"].tolist()  # type: ignore[index]
    app.selectbox(key="pick_kit").select_index(1).run()
    assert app.query_params["kit"].endswith(f":{ids[1]}")
    assert any(line.startswith(f"##### {ids[1]} ·") for line in words(app).split("\n"))


def test_the_matrix_holds_the_missing_quantities(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.segmented_control(key="pick_layout").set_value("matrix").run()
    assert app.query_params["layout"] == "matrix"
    shown = table(app, "beyond")
    known = warehouse.frame(
        "select order_id, item_id, sum(missing_quantity) from core.fct_clear_to_build_lines "
        "where missing_quantity > 0 group by all"
    ).rows()
    missing = {(order, item): quantity for order, item, quantity in known}
    for _, row in shown.iterrows():  # type: ignore[attr-defined]
        for item in set(row.index) - {"order", "made", "money", "beyond"}:
            assert (row[item] if row[item] == row[item] else None) == missing.get((row["order"], item))


def test_a_set_of_parts_says_what_it_frees_and_what_to_expedite(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    app.segmented_control(key="pick_section").set_value("golden_screw").run()
    assert app.query_params["section"] == "golden_screw"
    app.segmented_control(key="pick_objective").set_value("money").run()
    assert app.query_params["objective"] == "money"
    app.segmented_control(key="pick_parts").set_value("1").run()
    assert app.query_params["parts"] == "1"
    expected = warehouse.frame(
        "select item_id, expedite_quantity, freed_orders, method from core.fct_golden_screw "
        "where objective = 'money' and set_size = 1"
    ).row(0, named=True)
    parts = table(app, "expedite_quantity")
    assert parts["expedite_quantity"].tolist() == [expected["expedite_quantity"]]  # type: ignore[index]
    assert f"item={expected['item_id']}&" in parts["item_id"].iloc[0]  # type: ignore[index]
    assert f"**{expected['freed_orders']}**" in words(app)
    assert expected["method"] == "exact"
    assert text("clear_to_build.proven") in words(app)


def test_a_set_found_by_search_says_how_much_better_one_could_be() -> None:
    from tower.ui.golden_screw import proof

    class Reader:
        text, numbers = EN, Numbers("en", "CNY")

    # Of a bound of 42 orders 28 are freed: the gap is a third, so that a better set frees at most half as many more.
    assert proof(Reader(), "heuristic", 1 / 3) == EN("clear_to_build.at_most", more="50%")  # type: ignore[arg-type]


@pytest.mark.parametrize("objective", ["orders", "money"])
def test_the_best_release_stands_beside_the_rule(open_app: OpenApp, warehouse: Warehouse, objective: str) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="release", objective=objective)
    chosen = int(
        warehouse.frame(
            f"select count(*) from core.fct_release_proposals where objective = '{objective}' and is_chosen = 1"
        ).item()
    )
    if chosen == 0 and counted(warehouse, f"{DEFAULT} and kit_status = 'complete'") == 0:
        assert EN("clear_to_build.release_none") in words(app)
    else:
        assert value_of(app, EN("clear_to_build.best_orders")) == str(chosen)


def test_a_reader_of_one_plant_sees_its_orders_alone(
    open_app: OpenApp, warehouse: Warehouse, add_user: Callable[[User], None]
) -> None:
    plant = warehouse.frame(
        "select plant_id, count(*) as n from core.fct_clear_to_build as kits inner join core.dim_locations "
        "using (location_id) where is_default = 1 group by plant_id order by n, plant_id"
    ).row(0)
    add_user(User("foreman", "Foreman", "production", scope=ScopeRule("plant", (plant[0],))))
    for section in ("orders", "golden_screw", "release"):
        app = open_app(PAGE, user="foreman", lang="en", section=section)
        assert value_of(app, EN("clear_to_build.orders")) == str(plant[1])
        for one in app.dataframe:
            if "location_id" in one.value.columns:
                assert set(one.value["location_id"]) <= _places(warehouse, plant[0])


def _places(warehouse: Warehouse, plant: str) -> set[str]:
    found = warehouse.frame(f"select location_id from core.dim_locations where plant_id = '{plant}'")
    return set(found["location_id"].to_list())


def test_a_sales_rep_is_told_that_the_page_is_not_for_him(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="sales", lang="en")
    assert EN("state.forbidden_role", role=EN("role.sales")) in words(app)
    assert not app.dataframe
