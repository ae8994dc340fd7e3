from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import delete

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule
from tower.i18n import Language, Numbers, Text
from tower.queries import order_proposals
from tower.queries import planning_messages as questions
from tower.queries.planning_messages import Damper
from tower.store import User, open_store
from tower.store.decisions import MessageDecision, decide, message_decisions
from tower.store.schema import message_decisions as decision_table
from tower.warehouse import Warehouse

PAGE = "planning/messages"
EN = Text("en")


@pytest.fixture(autouse=True)
def undecided(example_home: Path) -> Iterator[None]:
    """Every test begins and ends with messages that nobody decided about."""
    yield
    store = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    with store.engine.begin() as connection:
        connection.execute(delete(decision_table))
    store.close()


def count(warehouse: Warehouse, where: str = "true") -> int:
    return int(warehouse.frame(f"select count(*) from marts.mart_planning_messages where {where}").item())


def test_totals_are_those_of_the_build_and_an_order_line_counts_once(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    assert value_of(app, text("messages.count")) == numbers.integer(count(warehouse))
    assert value_of(app, text("messages.urgent")) == numbers.integer(count(warehouse, "urgency = 1"))
    bound = warehouse.frame(
        "select coalesce(sum(value), 0) from core.fct_plan_messages where code in ('DEF', 'CAN', 'DEC', 'EXC')"
    ).item()
    assert value_of(app, text("messages.bound")) == numbers.value(bound, "money")
    exposed = questions.exposure(warehouse)
    book = warehouse.frame("select sum(value) from core.fct_plan_demands where demand_type = 'sales_order_line'").item()
    risk = questions.risk_of(questions.messages(warehouse), exposed)
    assert risk <= book
    assert value_of(app, text("messages.risk")) == numbers.value(risk, "money")


def test_no_message_is_lost_or_doubled_by_what_is_joined_to_it(warehouse: Warehouse) -> None:
    found = questions.messages(warehouse)
    assert found.height == count(warehouse)
    assert found["message_number"].n_unique() == found.height


def test_the_lines_behind_an_order_are_those_of_its_pegging(warehouse: Warehouse) -> None:
    """An independent walk up from each order, one step at a time."""
    links = warehouse.frame("select demand_type, demand_id, supply_type, supply_id from core.fct_plan_pegging").rows()
    exposed = questions.exposure(warehouse)
    found = questions.messages(warehouse).filter(
        pl.col("order_id").is_not_null() & ~pl.col("code").is_in(questions.BOUND_CODES)
    )
    for number, kind, order in found.select("message_number", "order_type", "order_id").head(40).rows():
        reached, waiting = set(), {(kind, order)}
        while waiting:
            above = {(link[0], link[1]) for link in links if (link[2], link[3]) in waiting}
            reached |= {one[1] for one in above if one[0] == "sales_order_line"}
            waiting = {one for one in above if one[0] not in ("sales_order_line", "forecast", "expiry")}
        assert set(exposed.filter(pl.col("message_number") == number)["line_id"]) == reached


@pytest.mark.parametrize("parameter", ["code", "planner", "supplier", "at_plant", "of_family"])
def test_each_filter_narrows_the_list_and_goes_into_the_url(
    open_app: OpenApp, warehouse: Warehouse, parameter: str
) -> None:
    column = {"supplier": "supplier_id", "at_plant": "plant_id", "of_family": "product_family"}.get(
        parameter, parameter
    )
    everything = questions.messages(warehouse)
    value = everything[column].drop_nulls().sort().first()
    if value is None:
        pytest.skip(f"no message of the example names a {parameter}")
    app = open_app(PAGE, user="planner")
    app.multiselect(key=f"pick_{parameter}").set_value([value]).run()
    assert app.query_params[parameter] == value
    expected = everything.filter(pl.col(column) == value).height
    assert value_of(app, EN("messages.count")) == f"{expected:,}"


def test_a_customer_keeps_the_messages_on_which_own_lines_hang(open_app: OpenApp, warehouse: Warehouse) -> None:
    exposed = questions.exposure(warehouse)
    customer = exposed["customer_id"].drop_nulls().sort().first()
    assert customer is not None
    app = open_app(PAGE, user="planner")
    app.selectbox(key="pick_customer").set_value(customer).run()
    own = exposed.filter(pl.col("customer_id") == customer)["message_number"].n_unique()
    assert value_of(app, EN("messages.count")) == f"{own:,}"


def test_a_damper_says_what_it_hides_and_what_that_accepts(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    assert text("messages.not_damped", all=numbers.integer(count(warehouse)), hidden="", risk="", bound="") in words(
        app
    )
    app.select_slider(key="pick_days").set_value(5).run()
    assert app.query_params["days"] == "5"
    timed = ", ".join(f"'{code}'" for code in questions.DAYS_CODES)
    hidden = count(warehouse, f"code in ({timed}) and days < 5")
    everything = questions.messages(warehouse)
    away = everything.filter(questions.hidden(Damper(5)))
    assert away.height == hidden
    risk = numbers.value(questions.risk_of(away, questions.exposure(warehouse)), "money")
    bound = numbers.value(float(away["bound_value"].sum()), "money")
    if hidden:
        assert (
            text("messages.damped", hidden=hidden, all=numbers.integer(everything.height), risk=risk, bound=bound)
            in words(app)
        )  # fmt: skip
    assert value_of(app, text("messages.count")) == numbers.integer(everything.height - hidden)
    app.select_slider(key="pick_days").set_value(0).run()
    assert "days" not in app.query_params


@pytest.mark.parametrize(
    ("key", "value", "hides"), [("quantity", 100, "quantity < 100"), ("money", 1_000, "value < 1000")]
)
def test_small_quantities_and_little_money_are_damped_too(
    open_app: OpenApp, warehouse: Warehouse, key: str, value: int, hides: str
) -> None:
    app = open_app(PAGE, user="planner")
    app.select_slider(key=f"pick_{key}").set_value(value).run()
    left = count(warehouse) - count(warehouse, f"code not in ('CAP', 'MDE') and {hides}")
    assert value_of(app, EN("messages.count")) == f"{left:,}"


def test_the_course_of_a_damper_is_what_each_number_of_days_hides(warehouse: Warehouse) -> None:
    everything, exposed = questions.messages(warehouse), questions.exposure(warehouse)
    course = questions.damper_course(everything, exposed, Damper(0, 10.0, 500.0), 12)
    for days, hidden, risk in course.rows():
        away = everything.filter(questions.hidden(Damper(days, 10.0, 500.0)))
        assert hidden == away.height
        assert risk == pytest.approx(questions.risk_of(away, exposed))


@pytest.mark.parametrize("section", ["cause", "planner", "recurring", "proposals"])
def test_every_section_opens_from_its_control(
    open_app: OpenApp, warehouse: Warehouse, language: Language, section: str
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    app.segmented_control(key="pick_show").set_value(section).run()
    assert app.query_params["show"] == section
    assert not app.exception
    if section in ("cause", "planner"):
        assert app.dataframe[0].value["messages"].sum() == count(warehouse)


def test_recurring_messages_have_three_and_more_of_one_source() -> None:
    frame = _messages_by_hand()
    exposed = pl.DataFrame(
        {"message_number": [0, 1, 2, 3], "line_id": ["S1", "S1", "S2", "S3"], "customer_id": ["C"] * 4,
         "line_value": [100.0, 100.0, 50.0, 7.0]}
    )  # fmt: skip
    found = questions.recurring(frame, exposed)
    assert found.select("parameter", "subject", "codes", "messages", "risk_value", "median_days").rows() == [
        ("lead_time", "V1", "LTE, SHT", 3, 150.0, 4.0)
    ]
    assert found["subject_name"].to_list() == ["Vendor"]


def _messages_by_hand() -> pl.DataFrame:
    """Three messages of one supplier's lead time, and one of another."""
    return pl.DataFrame(
        {
            "message_number": [0, 1, 2, 3], "code": ["LTE", "LTE", "SHT", "LTE"], "days": [2, 4, 9, 1],
            "item_id": ["A", "B", "B", "C"], "source": ["V1", "V1", "V1", "V2"],
            "supplier_id": ["V1", "V1", "V1", "V2"], "supplier_name": ["Vendor"] * 3 + ["Other"],
            "plant_id": ["P"] * 4, "plant_name": ["Plant"] * 4, "node": ["A @ P", "B @ P", "B @ P", "C @ P"],
            "work_centre_id": [None] * 4, "finding_kind": [None] * 4, "product_family": ["F"] * 4,
            "bound_value": [0.0] * 4,
        },
        schema_overrides={"work_centre_id": pl.String, "finding_kind": pl.String},
    )  # fmt: skip


def test_deciding_about_all_shown_takes_them_off_the_open_list(
    open_app: OpenApp, warehouse: Warehouse, example_home: Path, language: Language, text: Text, numbers: Numbers
) -> None:
    code = warehouse.frame("select code from core.fct_plan_messages group by 1 order by count(*), 1 limit 1").item()
    asked = count(warehouse, f"code = '{code}'")
    app = open_app(PAGE, user="planner", lang=language, code=code)
    assert app.button(key="decision_save").disabled
    app.toggle(key="decision_all").set_value(True).run()
    assert app.button(key="decision_save").disabled, "a decision needs a reason"
    app.text_input(key="decision_reason").set_value("agreed by phone").run()
    app.button(key="decision_save").click().run()
    assert [one.value for one in app.success] == [text("decision.saved", count=asked)]
    assert text("messages.none_left") in words(app)
    app.segmented_control(key="pick_state").set_value("decided").run()
    assert app.query_params["state"] == "decided"
    assert value_of(app, text("messages.count")) == numbers.integer(asked)
    assert set(app.dataframe[0].value["decision"]) == {text("decision.acceptd")}
    store = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    assert {(one.decision, one.reason, one.author) for one in message_decisions(store)} == {
        ("accept", "agreed by phone", "planner")
    }
    store.close()


def test_a_snoozed_message_names_its_day_and_the_day_of_the_plan_is_not_past(
    open_app: OpenApp, example_home: Path
) -> None:
    app = open_app(PAGE, user="planner")
    app.segmented_control(key="decision_kind").set_value("snooze").run()
    app.toggle(key="decision_all").set_value(True).run()
    app.text_input(key="decision_reason").set_value("after the holiday").run()
    app.date_input(key="decision_until").set_value(date(2026, 7, 20)).run()
    app.button(key="decision_save").click().run()
    assert not app.error
    store = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    assert {(one.decision, one.until) for one in message_decisions(store)} == {("snooze", date(2026, 7, 20))}
    store.close()


def test_the_second_of_two_planners_is_told_and_nothing_is_overwritten(
    open_app: OpenApp, warehouse: Warehouse, example_home: Path
) -> None:
    app = open_app(PAGE, user="planner")
    app.toggle(key="decision_all").set_value(True).run()
    app.text_input(key="decision_reason").set_value("mine").run()
    store = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    first = questions.messages(warehouse).row(0, named=True)
    from tower.store.decisions import KEY_COLUMNS, message_keys

    key = message_keys(pl.DataFrame([first], infer_schema_length=None)).select(KEY_COLUMNS).row(0)
    decide(store, [MessageDecision(*key, "reject", "theirs")], "buyer", BUILT_AT)
    app.button(key="decision_save").click().run()
    assert len(app.error) == 1
    assert "buyer" in app.error[0].value
    assert [(one.reason, one.author) for one in message_decisions(store)] == [("theirs", "buyer")]
    store.close()


def test_an_executive_reads_and_does_not_decide(open_app: OpenApp, language: Language, text: Text) -> None:
    app = open_app(PAGE, user="executive", lang=language)
    assert text("decision.readers") in words(app)
    assert not [button for button in app.button if button.key == "decision_save"]


def test_a_message_is_told_in_words_and_a_link_names_it(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    second = questions.messages(warehouse).row(1, named=True)
    app = open_app(PAGE, user="planner", lang=language, message=str(second["message_number"]))
    detail = app.container(key="message_detail")
    written = "\n".join(one.value for one in detail.markdown)
    assert text.pick(second["title"], second["title_zh"]) in written
    assert text.pick(second["suggested_action"], second["suggested_action_zh"]) in written
    assert (second["item_id"] or second["work_centre_id"]) in written


def test_proposals_are_the_orders_that_the_messages_say_to_release(open_app: OpenApp, warehouse: Warehouse) -> None:
    for kind, ways in (("purchase", order_proposals.PURCHASE_WAYS), ("production", order_proposals.PRODUCTION_WAYS)):
        app = open_app(PAGE, user="planner", show="proposals", proposals=kind)
        expected = warehouse.frame(
            """
            select distinct orders.plan_order_id from core.fct_plan_orders as orders
            inner join core.fct_plan_messages as messages
                on messages.order_type = 'planned_order' and messages.order_id = orders.plan_order_id
            where messages.code in ('REL', 'LTE') and orders.order_type in (select unnest($ways))
            """,
            {"ways": list(ways)},
        )
        if expected.is_empty():
            assert EN("proposals.none") in words(app)
        else:
            assert set(app.dataframe[0].value["plan_order_id"]) == set(expected["plan_order_id"])


def test_odoo_files_carry_the_orders_own_fields_on_the_first_line_only() -> None:
    found = pl.DataFrame(
        {
            "plan_order_id": ["P-1", "P-2", "P-3", "P-4"], "item_id": ["A", "B", "C", "D"],
            "item_name": ["Axle", None, "Cap", "Disc"], "location_id": ["P1", "P1", "P2", "P1"],
            "supplier_id": ["V1", "V1", "V1", None], "supplier_name": ["Vendor", "Vendor", "Vendor", None],
            "quantity": [10.0, 2.5, 4.0, 1.0], "release_date": [date(2026, 6, 20), date(2026, 7, 3)] * 2,
            "due_date": [date(2026, 6, 25), date(2026, 7, 20), date(2026, 7, 9), date(2026, 7, 9)],
        }
    )  # fmt: skip
    bought = order_proposals.odoo_purchase_orders(found, "2026-06-30")
    assert bought.columns == [
        "id", "partner_id", "origin", "order_line/product_id", "order_line/name", "order_line/product_qty",
        "order_line/date_planned",
    ]  # fmt: skip
    assert bought.rows() == [
        ("tower_purchase_20260630_V1_P1", "Vendor", "Control Tower 2026-06-30 P1", "A", "P-1 Axle", 10.0,
         "2026-06-30 12:00:00"),
        (None, None, None, "B", "P-2 ", 2.5, "2026-07-20 12:00:00"),
        ("tower_purchase_20260630_V1_P2", "Vendor", "Control Tower 2026-06-30 P2", "C", "P-3 Cap", 4.0,
         "2026-07-09 12:00:00"),
    ]  # fmt: skip
    made = order_proposals.odoo_production_orders(found.head(1), "2026-06-30")
    assert made.rows(named=True) == [
        {"id": "tower_production_P-1", "product_id": "A", "product_qty": 10.0, "date_start": "2026-06-30 12:00:00",
         "date_deadline": "2026-06-30 12:00:00", "origin": "Control Tower P-1 P1"}
    ]  # fmt: skip


def test_a_reader_of_one_plant_sees_its_messages_only(
    open_app: OpenApp, add_user: Callable[[User], None], warehouse: Warehouse
) -> None:
    plant, messages = warehouse.frame(
        """
        select plant_id, count(*) as messages from marts.mart_planning_messages
        where plant_id is not null group by 1 order by 2, 1 limit 1
        """
    ).row(0)
    add_user(User("local", "Local planner", "planner", scope=ScopeRule("plant", (plant,))))
    app = open_app(PAGE, user="local")
    assert value_of(app, EN("messages.count")) == f"{messages:,}"
