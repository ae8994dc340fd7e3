"""The account page: the list, one customer against raw documents, causes, and a promise that is asked and kept."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from planning.tables.promise import Promising
from tests.conftest import REPOSITORY
from tests.screens.conftest import OpenApp, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule, row_scope_for
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import account, account_list, account_orders
from tower.scenarios.base import base_of_build
from tower.scenarios.change_file import own_part
from tower.scenarios.inquiry import Inquiry, answered, as_order, delayed
from tower.settings import Settings
from tower.store import Store, User
from tower.store.scenarios import scenarios
from tower.ui.account.own import own_reps
from tower.ui.account.screen import SECTIONS
from tower.warehouse import Warehouse, open_warehouse

PAGE = "customers/account"
EN = Text("en")
AS_OF = date(2026, 6, 30)


def rows(name: str) -> list[dict[str, str]]:
    with (REPOSITORY / "seeds" / "example" / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_open_orders_overdue_money_and_cases_are_what_the_files_say(warehouse: Warehouse) -> None:
    # Three figures from the landed files: what is open of each line, what is overdue, which cases are open.
    of_order = {row["sales_order_id"]: row for row in rows("sales_orders")}
    for customer in ("K01", "K03", "K04", "K07"):
        open_ids = {
            row["sales_order_line_id"]
            for row in rows("sales_order_lines")
            if of_order[row["sales_order_id"]]["customer_id"] == customer and row["line_status"] == "open"
        } - {"SO2047-2"}
        found = account_orders.open_lines(warehouse, customer)
        assert set(found["sales_order_line_id"]) <= open_ids
        left = {row["delivery_id"] for row in rows("deliveries") if row["shipped_at"]}
        shipped: dict[str, float] = {}
        for row in rows("delivery_lines"):
            if row["delivery_id"] in left:
                line = row["sales_order_line_id"]
                shipped[line] = shipped.get(line, 0.0) + float(row["shipped_quantity"] or 0)
        for line, quantity in found.select("sales_order_line_id", "open_quantity").rows():
            ordered = next(row for row in rows("sales_order_lines") if row["sales_order_line_id"] == line)
            kept = float(ordered["ordered_quantity"]) - float(ordered["cancelled_quantity"] or 0)
            assert quantity == pytest.approx(kept - shipped.get(line, 0.0)), line
    for customer in ("K02", "K07"):
        due = [
            float(row["open_value"])
            for row in rows("invoices")
            if row["customer_id"] == customer and row["invoice_type"] == "customer_invoice"
            and row["invoice_status"] != "cancelled" and date.fromisoformat(row["due_date"]) < AS_OF
        ]  # fmt: skip
        assert account.credit(warehouse, customer)["overdue_value"] == pytest.approx(sum(due))
    for customer in {row["customer_id"] for row in rows("service_cases")}:
        cases = [
            row for row in rows("service_cases") if row["customer_id"] == customer and row["case_type"] != "praise"
        ]
        found = account.cases(warehouse, customer)
        assert set(found["case_id"]) == {row["case_id"] for row in cases}
        open_cases = {row["case_id"] for row in cases if not row["resolved_at"]}
        assert set(found.filter(pl.col("is_open") == 1)["case_id"]) == open_cases


def test_the_list_adds_up_the_documents(warehouse: Warehouse) -> None:
    frame = account_list.accounts(warehouse, (), "", True, True)
    raw = dict(
        warehouse.frame(
            """
            select customer_id, sum(late_value) from marts.mart_promise_risk group by 1
            """
        ).rows()
    )
    for row in frame.iter_rows(named=True):
        assert row["late_value"] == pytest.approx(raw.get(row["customer_id"], 0.0))
        parts = row["late_value"] + max(row["overdue_value"], 0) + (row["churn_value"] or 0)
        assert row["value_at_risk"] == pytest.approx(parts)
        one = account_orders.open_lines(warehouse, row["customer_id"])
        assert one.height == row["open_lines"]
        assert one.filter(pl.col("standing") == "late").height == row["late_lines"]
    assert frame["value_at_risk"].is_sorted(descending=True)
    # The cards count all accounts, also where the list is cut.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_list, "MOST_ROWS", 1)
        cut = account_list.accounts(warehouse, (), "", True, True).row(0, named=True)
    assert cut["all_accounts"] == frame.height > 1
    assert float(cut["all_late_value"]) == pytest.approx(float(frame["late_value"].sum()))
    assert cut["all_open_complaints"] == frame["open_complaints"].sum()
    left_out = account_list.accounts(warehouse, (), "K", True, True).filter(
        ~pl.col("customer_id").is_in(frame["customer_id"].implode())
    )
    assert (left_out["late_lines"] + left_out["risk_lines"]).sum() == 0


def test_what_is_not_connected_is_not_nought(warehouse: Warehouse) -> None:
    frame = account_list.accounts(warehouse, (), "", False, False)
    assert frame["overdue_value"].null_count() == frame.height
    assert frame["open_complaints"].null_count() == frame.height


def test_the_search_finds_by_name_and_number_whatever_the_signs(warehouse: Warehouse) -> None:
    assert account_list.accounts(warehouse, (), "lastenrad", True, True)["customer_id"].to_list() == ["K04"]
    assert account_list.accounts(warehouse, ("R1",), "k04", True, True)["customer_id"].to_list() == ["K04"]
    assert account_list.accounts(warehouse, (), "%", True, True).is_empty()


def test_the_cause_of_a_late_line_is_the_one_of_the_plan(demo: Warehouse) -> None:
    late = demo.frame("select * from marts.mart_late_demand order by late_value desc, sales_order_line_id")
    kinds = {"purchase_order_line": "purchase", "production_order": "production", "planned_order": "planned",
             "transfer_order": "transfer"}  # fmt: skip
    for row in late.head(12).iter_rows(named=True):
        lines = account_orders.open_lines(demo, row["customer_id"])
        own = lines.filter(pl.col("sales_order_line_id") == row["sales_order_line_id"]).row(0, named=True)
        assert own["standing"] == "late"
        if own["cause"] != "work_centre":
            assert own["cause"] == kinds[row["limiting_type"]]
            assert (own["cause_id"], own["cause_item_id"]) == (row["limiting_id"], row["limiting_item_id"])
            assert own["cause_days"] == row["late_days"]
    known = set(account_orders.CAUSES)
    for customer in demo.frame("select distinct customer_id from core.fct_sales_order_lines where is_open = 1")[
        "customer_id"
    ]:
        found = account_orders.open_lines(demo, customer)
        assert set(found["cause"]) <= known
        assert set(found["standing"]) <= set(account_orders.STANDINGS)
        assert found["sales_order_line_id"].is_unique().all()


def test_who_a_representative_is() -> None:
    reps = pl.DataFrame({"sales_rep_id": ["R1", "R2"], "sales_rep_name": ["Li Na 李娜", "Chen Jie 陈杰"]})
    assert own_reps(User("x", "X", "sales", scope=ScopeRule("sales_rep", ("R2", "R9"))), reps) == ("R2",)
    assert own_reps(User("li.na", "Li Na", "sales", "李娜"), reps) == ("R1",)
    assert own_reps(User("r2", "Somebody", "sales"), reps) == ("R2",)
    assert own_reps(User("sales", "Sales", "sales"), reps) == ()
    assert own_reps(User("li.na", "Li Na", "planner", "李娜"), reps) == ()


def test_a_rep_starts_with_the_own_accounts_and_may_see_all(
    open_app: OpenApp, warehouse: Warehouse, add_user: Callable[[User], None]
) -> None:
    add_user(User("li.na", "Li Na", "sales", "李娜"))
    app = open_app(PAGE, user="li.na", lang="en")
    own = account_list.accounts(warehouse, ("R1",), "", True, True)["customer_id"].to_list()
    assert list(table(app, "customer_id")["customer_id"]) == own
    app.selectbox(key="pick_whose").set_value("all").run()
    assert app.query_params["whose"] == "all"
    everybody = account_list.accounts(warehouse, (), "", True, True)["customer_id"].to_list()
    assert list(table(app, "customer_id")["customer_id"]) == everybody
    assert len(own) < len(everybody)


def test_the_row_scope_is_the_limit(
    open_app: OpenApp, example_build: BuildSummary, warehouse: Warehouse, add_user: Callable[[User], None]
) -> None:
    add_user(User("rep", "Rep", "sales", scope=ScopeRule("sales_rep", ("R1",))))
    app = open_app(PAGE, user="rep", lang="en", customer="K04")
    assert EN("account.unknown", customer="K04") in words(app)
    app = open_app(PAGE, user="rep", lang="en", whose="all")
    reps = warehouse.frame("select customer_id from core.dim_customers where sales_rep_id = 'R1'")["customer_id"]
    assert set(table(app, "customer_id")["customer_id"]) <= set(reps)
    own = open_warehouse(example_build.file, row_scope_for(ScopeRule("sales_rep", ("R1",)), warehouse))
    try:
        assert account_orders.open_lines(own, "K04").is_empty()
        assert account.customer(own, "K04") is None
        assert account_orders.whose_lines(own, ("SO2049-1",)).is_empty()
    finally:
        own.close()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_speaks_both_languages(
    open_app: OpenApp, language: Language, text: Text, numbers: Numbers, section: str, warehouse: Warehouse
) -> None:
    app = open_app(PAGE, user="sales", lang=language, customer="K04", section=section)
    name = account.customer(warehouse, "K04")
    assert name is not None
    assert f"K04 · {name['customer_name']}" in words(app)
    assert not app.error
    assert text("state.failed_title") not in words(app)


@pytest.mark.parametrize("user", ["executive", "planner", "sales", "buyer", "production", "finance", "admin"])
def test_everyone_opens_it(open_app: OpenApp, user: str) -> None:
    app = open_app(PAGE, user=user, lang="en")
    assert EN("account.worklist") in words(app)


def test_what_adventureworks_lacks_is_not_connected(open_app: OpenApp, adventureworks_build: BuildSummary) -> None:
    home = adventureworks_build.file.parents[1]
    app = open_app(PAGE, home=home, user="executive", lang="en")
    assert "`service_cases`" in words(app)
    real = open_warehouse(adventureworks_build.file)
    try:
        customer = account_list.accounts(real, (), "1", False, False)["customer_id"][0]
    finally:
        real.close()
    for section in SECTIONS:
        app = open_app(PAGE, home=home, user="executive", lang="en", customer=customer, section=section)
        assert EN("state.failed_title") not in words(app), section
    assert EN("state.not_connected_title") in words(
        open_app(PAGE, home=home, user="executive", lang="en", customer=customer, section="service")
    )


def asked_of(demo: Warehouse) -> dict[str, object]:
    """The open line with the most money, to ask for thrice as much of in a week."""
    return demo.frame(
        """
        select customer_id, item_id, open_quantity from marts.mart_promise_risk
        order by open_value desc, sales_order_line_id limit 1
        """
    ).row(0, named=True)


def test_the_answer_is_that_of_the_command_line_and_every_place_is_tried(demo: Warehouse) -> None:
    row = asked_of(demo)
    base = base_of_build(demo, Settings().planning.decided)
    promising = Promising.of(base.plan.planned.model)
    wanted = demo.as_of + timedelta(days=7)
    inquiry = Inquiry(str(row["item_id"]), 3.0 * float(str(row["open_quantity"])), wanted, str(row["customer_id"]))
    stock = account_orders.stock(demo, inquiry.item_id)
    found = answered(promising, inquiry, stock)
    plain = promising.answer(inquiry.item_id, inquiry.quantity, wanted, None, inquiry.customer_id)
    assert found.asked == plain
    assert len({one.location_id for one in found.promises}) == len(found.promises)
    assert found.best.possible_date == min(one.possible_date for one in found.promises if one.possible_date)
    assert all(found.ways[one.location_id] for one in found.promises)
    # On the possible day no order that is in time now becomes late; before it somebody may.
    order = as_order(found.asked, wanted, 1000.0)
    frame = delayed(base, order)
    assert (frame["more_days"] > 0).all()
    assert order.value == 1000.0


def test_a_promise_is_asked_and_kept_as_a_draft_of_ones_own(
    open_app: OpenApp, demo: Warehouse, demo_home: Path, store: Store
) -> None:
    row = asked_of(demo)
    wanted = demo.as_of + timedelta(days=7)
    asked = {
        "customer": str(row["customer_id"]), "section": "promise", "ask_item": str(row["item_id"]), "ask_quantity": "5",
        "ask_by": wanted.isoformat(),
    }  # fmt: skip
    app = open_app(PAGE, home=demo_home, user="sales", lang="en", **asked)
    assert EN("account.assumed") in words(app)
    app.button(key="keep_scenario").click().run()
    assert not app.exception
    kept = scenarios(store)
    assert [(one.owner, one.state) for one in kept] == [("sales", "draft")]
    change = own_part(kept[0].change_file).changes[0]
    assert (change.KIND, change.item, change.customer, change.quantity) == (  # type: ignore[attr-defined]
        "rush_order", (row["item_id"],), row["customer_id"], 5.0
    )  # fmt: skip
    assert "scenarios?user=sales" in " ".join(one.value for one in app.success)
