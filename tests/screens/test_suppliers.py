from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.metrics import load_catalogue
from tower.queries import supplier_exposure
from tower.queries import suppliers as questions
from tower.scenarios.change_file import own_part
from tower.store import Store, User
from tower.store.scenarios import scenarios
from tower.ui.suppliers.lead_times import changes_of
from tower.warehouse import Warehouse

PAGE = "supply/suppliers"
EN = Text("en")
START, END = date(2025, 7, 1), date(2026, 6, 30)


@pytest.mark.parametrize("basis", questions.BASES)
def test_the_scorecard_counts_what_the_raw_lines_say(warehouse: Warehouse, basis: str) -> None:
    # Worked out anew from the landed documents: receipts added up day by day, nothing of the models between.
    date_of = {"requested": "requested_date", "last_confirmed": "confirmed_date"}.get(basis, "first_confirmed_date")
    expected = warehouse.frame(
        f"""
        with running as (
            select purchase_order_line_id, cast(received_at as date) as day,
                sum(received_quantity) over (partition by purchase_order_line_id order by received_at) as so_far
            from canonical.cnl_purchase_receipts
        ),
        ends as (
            select lines.purchase_order_line_id,
                min(case when so_far >= ordered_quantity or $any then day end) as ended
            from canonical.cnl_purchase_order_lines as lines
            left join running on lines.purchase_order_line_id = running.purchase_order_line_id group by all
        )
        select orders.supplier_id, count(*) as due,
            count(*) filter (where ended <= {date_of}) as on_time
        from canonical.cnl_purchase_order_lines as lines
        inner join canonical.cnl_purchase_orders as orders on lines.purchase_order_id = orders.purchase_order_id
        inner join ends on lines.purchase_order_line_id = ends.purchase_order_line_id
        where line_status <> 'cancelled' and order_status not in ('draft', 'cancelled')
            and {date_of} between $start and $end
        group by all order by supplier_id
        """,
        {"start": START, "end": END, "any": basis == "first_part"},
    )
    found = questions.scorecard(warehouse, basis, START, END, ()).filter(pl.col("due") > 0).sort("supplier_id")
    assert found.select("supplier_id", "due", pl.col("on_time").cast(pl.Int64)).rows() == expected.rows()


def test_prices_and_purchases_add_up_to_the_documents(warehouse: Warehouse) -> None:
    found = questions.scorecard(warehouse, "first_confirmed", START, END, ())
    expected = warehouse.frame(
        """
        select sum(net_value), sum(price_variance_value), sum(price_change_value) from core.fct_purchase_order_lines
        where is_cancelled = 0 and ordered_date between $start and $end
        """,
        {"start": START, "end": END},
    ).row(0)
    assert found.select(pl.sum("purchases"), pl.sum("variance"), pl.sum("price_change")).row(0) == pytest.approx(
        expected
    )
    assert found["share"].sum() == pytest.approx(1)


def test_cards_show_the_metrics_of_the_basis(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    for basis, (metric, _, _) in questions.BASES.items():
        app = open_app(PAGE, user="buyer", lang=language, basis=basis)
        found = questions.scorecard(warehouse, basis, START, END, ())
        rate = found["on_time"].sum() / found["due"].sum()
        known = load_catalogue(warehouse).metric(metric)
        assert value_of(app, text.pick(known.label, known.label_zh)) == numbers.value(rate, "percent")


def test_a_basis_is_chosen_and_kept_in_the_address(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="buyer", lang="en")
    app.selectbox(key="pick_basis").set_value("requested").run()
    assert app.query_params["basis"] == "requested"
    assert EN("suppliers.basis_requested") in words(app)
    app.selectbox(key="pick_supplier").set_value("V01").run()
    assert app.query_params["supplier"] == "V01"


@pytest.mark.parametrize("section", ["scorecard", "lead_times", "prices", "dependence", "subcontract", "one"])
def test_every_section_opens_in_both_languages(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(PAGE, user="buyer", lang="en" if language == "en" else "zh")
    app.segmented_control(key="pick_section").set_value(section).run()
    assert not app.exception
    assert app.dataframe or EN("suppliers.lines_none") in words(app) or Text("zh")("suppliers.lines_none") in words(app)
    assert app.query_params.get("section", "scorecard") == section


@pytest.mark.parametrize("which", ["late", "open", "missed"])
def test_lines_of_one_supplier_are_its_own(open_app: OpenApp, warehouse: Warehouse, which: str) -> None:
    app = open_app(PAGE, user="buyer", lang="en", section="one", supplier="V01")
    app.segmented_control(key="pick_lines").set_value(which).run()
    expected = questions.lines(warehouse, which, "first_confirmed", START, END, (), "V01")
    assert set(expected["supplier_id"]) <= {"V01"}
    if expected.is_empty():
        assert EN("suppliers.lines_none") in words(app)
    else:
        assert list(table(app, "purchase_order_line_id")["purchase_order_line_id"]) == list(
            expected["purchase_order_line_id"]
        )


def test_the_demo_index_is_the_sum_of_squared_shares(demo: Warehouse) -> None:
    found = supplier_exposure.concentration(demo)
    lines = demo.frame(
        """
        select items.category_id, supplier_id, cast(sum(net_value) as double) as value
        from core.fct_purchase_order_lines as lines inner join core.dim_items as items on lines.item_id = items.item_id
        where is_cancelled = 0 and ordered_date > cast($as_of as date) - interval 1 year group by all
        """,
        {"as_of": demo.as_of},
    )
    for category, index in found.select("category_id", "concentration").head(10).rows():
        values = lines.filter(pl.col("category_id") == category)["value"].to_list()
        assert index == pytest.approx(sum((value / sum(values)) ** 2 for value in values))


def test_what_was_sent_to_subcontractors_is_the_sum_of_the_movements(demo: Warehouse) -> None:
    found = supplier_exposure.subcontract(demo)
    sent = demo.frame(
        "select sum(quantity) from core.fct_stock_movements where movement_type = 'subcontract_issue'"
    ).item()
    assert found["sent_quantity"].sum() == pytest.approx(sent)
    gap = (
        found["opening_quantity"] + found["arrived_quantity"] - found["returned_quantity"]
        - found["equivalent_quantity"] - found["in_work_quantity"] - found["on_hand_quantity"]
    )  # fmt: skip
    assert (gap - found["unaccounted_quantity"]).abs().max() < 1e-4  # type: ignore[operator]


def test_a_corrected_lead_time_becomes_a_draft(
    open_app: OpenApp, demo_home: Path, demo: Warehouse, store: Store
) -> None:
    start = date(demo.as_of.year - 1, demo.as_of.month, 1)
    frame = questions.lead_time_errors(demo, start, demo.as_of, (), None).filter(
        pl.col("observed") >= 5, pl.col("error") > 1, pl.col("median_days").is_not_null()
    )
    row = frame.row(0, named=True)
    app = open_app(
        PAGE, home=demo_home, user="buyer", lang="en", section="lead_times", part=f"{row['item_id']}~{row['supplier_id']}",
    )  # fmt: skip
    app.button(key="propose_lead_time").click().run(timeout=120)
    assert not app.exception
    kept = scenarios(store)
    assert [(one.name, one.owner, one.state) for one in kept] == [("lead-times", "buyer", "draft")]
    (change,) = own_part(kept[0].change_file).changes
    assert (change.item, change.supplier) == ((row["item_id"],), (row["supplier_id"],))  # type: ignore[attr-defined]
    assert change.set is not None  # type: ignore[attr-defined]
    assert change.set != row["book_days"]  # type: ignore[attr-defined]


def test_items_that_share_a_lead_time_share_a_change() -> None:
    proposed = pl.DataFrame(
        [("S1", "B", 20), ("S1", "A", 20), ("S1", "C", 30), ("S2", "D", 20)],
        schema=["supplier_id", "item_id", "new_days"], orient="row",
    )  # fmt: skip
    assert [(one.supplier, one.item, one.set) for one in changes_of(proposed)] == [
        (("S1",), ("A", "B"), 20), (("S1",), ("C",), 30), (("S2",), ("D",), 20),
    ]  # fmt: skip


def test_who_sees_a_part_proposes_nothing(open_app: OpenApp, demo_home: Path, store: Store) -> None:
    store.save_user(User("one.plant", "One Plant", "buyer", scope=ScopeRule("plant", ("P2",))), "admin", BUILT_AT)
    try:
        app = open_app(PAGE, home=demo_home, user="one.plant", lang="en", section="lead_times")
        assert not [one for one in app.button if one.key == "propose_lead_time"]
    finally:
        store.remove_user("one.plant", "admin", BUILT_AT)


def test_a_source_without_dated_receipts_is_not_connected(
    open_app: OpenApp, adventureworks_build: BuildSummary, text: Text, language: Language
) -> None:
    home = adventureworks_build.file.parents[1]
    for section, missing in (("scorecard", "purchase_receipts"), ("lead_times", "purchase_receipts.received_at"),
                             ("subcontract", "production_orders.is_subcontract")):  # fmt: skip
        app = open_app(PAGE, home=home, user="buyer", lang=language, section=section, period="all")
        assert text("state.not_connected_title") in words(app)
        assert f"`{missing}`" in words(app)
