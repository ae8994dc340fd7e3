from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.predict.arrival_looks import delivery_looks, purchase_looks, transfer_looks
from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import open_supply as questions
from tower.queries import shipment_lanes
from tower.warehouse import Warehouse

PAGE = "supply/inbound_outbound"
EN = Text("en")


def climbed(links: pl.DataFrame, document: tuple[str, str]) -> set[str]:
    """Sales order lines above a supply, one step at a time."""
    seen, front, found = {document}, [document], set()
    steps: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for supply_type, supply_id, demand_type, demand_id in links.rows():
        steps.setdefault((supply_type, supply_id), []).append((demand_type, demand_id))
    while front:
        for step in steps.get(front.pop(), []):
            if step[0] == "sales_order_line":
                found.add(step[1])
            elif step not in seen and step[0] not in ("stock", "by_product"):
                seen.add(step)
                front.append(step)
    return found


def test_what_a_line_stops_is_what_the_pegging_leads_to(demo: Warehouse, warehouse: Warehouse) -> None:
    assert sum(compared(one) for one in (demo, warehouse)) > 0


def compared(company: Warehouse) -> int:
    """How many supplies with sales lines above them were compared with a climb of one's own."""
    links = company.frame("select distinct supply_type, supply_id, demand_type, demand_id from core.fct_plan_pegging")
    values = dict(
        company.frame(
            "select demand_id, value from core.fct_plan_demands where demand_type = 'sales_order_line'"
        ).rows()
    )
    kinds = ("purchase_order_line", "transfer_order_line")
    found = questions.open_supply(company, (), kinds, questions.STATUSES)
    for row in found.iter_rows(named=True):
        expected = climbed(links, (row["document_type"], row["document_id"]))
        assert row["waiting_lines"] == len(expected)
        assert row["waiting_value"] == pytest.approx(sum(values[one] for one in expected))
        assert row["value_at_risk"] <= row["waiting_value"] + 1e-6
        if expected:
            stopped = questions.stopped(company, row["document_type"], row["document_id"])
            assert set(stopped["demand_id"]) == expected
            assert stopped.filter(pl.col("is_hit") == 1)["value"].sum() == pytest.approx(row["value_at_risk"])
    return found.filter(pl.col("waiting_lines") > 0).height


def test_each_sales_line_counts_once_in_the_total(demo: Warehouse) -> None:
    found = questions.open_supply(demo, (), ("purchase_order_line", "transfer_order_line"), questions.TROUBLE)
    lines: dict[str, float] = {}
    for kind, document in found.filter(pl.col("stopped_lines") > 0).select("document_type", "document_id").rows():
        for row in questions.stopped(demo, kind, document).filter(pl.col("is_hit") == 1).iter_rows(named=True):
            lines[row["demand_id"]] = row["value"]
    total = questions.money_at_risk(demo, ()).row(0, named=True)
    assert (total["lines"], total["value"]) == (len(lines), pytest.approx(sum(lines.values())))


def test_the_list_is_ranked_by_money(demo: Warehouse) -> None:
    money = questions.open_supply(demo, (), questions.KINDS, questions.STATUSES)["value_at_risk"].fill_null(0).to_list()
    assert money == sorted(money, reverse=True)


def test_lanes_are_the_shipments_of_the_documents(demo: Warehouse) -> None:
    start = date(demo.as_of.year - 2, 1, 1)
    end = date(demo.as_of.year + 2, 1, 1)
    raw = demo.frame("select count(*), sum(freight_cost) from canonical.cnl_shipments").row(0)
    for by in ("lane", "carrier"):
        found = shipment_lanes.lanes(demo, by, start, end, ())
        assert (found["shipments"].sum(), found["freight_cost"].sum()) == (raw[0], pytest.approx(raw[1]))


def test_looks_know_only_what_had_happened(demo_build: BuildSummary) -> None:
    with duckdb.connect(str(demo_build.file), read_only=True) as connection:
        as_of = demo_build.as_of
        for looks in (purchase_looks, transfer_looks, delivery_looks):
            frame = looks(connection, as_of)
            assert frame["row_id"].is_unique().all()
            assert frame.filter(pl.col("ended_date") <= pl.col("known_date")).is_empty()
            assert (frame["known_date"] <= as_of).all()
            assert (frame["days_since_departure"].drop_nulls() >= 0).all()
        # A date that was moved later stands in earlier looks as it was before.
        changes = connection.sql(
            "select line_id, cast(changed_at as date) as changed_on, cast(old_value as date) as old_date "
            "from canonical.cnl_document_changes where document_type = 'purchase_order_lines' "
            "qualify row_number() over (partition by line_id order by changed_at) = 1"
        ).pl()
        purchases = purchase_looks(connection, as_of).filter(pl.col("is_confirmed") == 1)
        before = purchases.join(changes, left_on="subject", right_on="line_id").filter(
            pl.col("known_date") < pl.col("changed_on")
        )
        assert before.height > 0
        assert (before["due_date"] == before["old_date"]).all()
        open_lines = connection.sql("select count(*) from core.fct_purchase_order_lines where is_open = 1").fetchall()
        assert purchase_looks(connection, as_of).filter(pl.col("known_date") == as_of).height == open_lines[0][0]


def test_every_open_purchase_line_with_dated_receipts_has_a_date(demo: Warehouse) -> None:
    found = demo.frame("select * from marts.mart_open_supply where document_type = 'purchase_order_line'")
    assert found["p50_date"].null_count() == 0
    assert (found["p90_date"] >= found["p50_date"]).all()
    assert (found["p50_date"] > demo.as_of).all()


def test_cards_count_what_is_late(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="buyer", lang=language)
    for kind in questions.KINDS:
        late, every = warehouse.frame(
            "select count(*) filter (where arrival_status in ('late', 'likely_late')), count(*) "
            "from marts.mart_open_supply where document_type = $kind",
            {"kind": kind},
        ).row(0)
        assert value_of(app, text(f"inbound.{kind}")) == text("capacity.of", part=late, whole=every)
    risk = questions.money_at_risk(warehouse, ()).row(0, named=True)
    assert value_of(app, text("inbound.at_risk")) == numbers.value(risk["value"], "money")


@pytest.mark.parametrize("section", ["supplies", "lanes", "exceptions", "quality"])
def test_every_section_opens(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(PAGE, user="buyer", lang=language)
    app.segmented_control(key="pick_section").set_value(section).run()
    assert not app.exception
    assert app.query_params.get("section", "supplies") == section


def test_kind_and_state_are_chosen_and_kept_in_the_address(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="buyer", lang="en")
    app.segmented_control(key="pick_kind").set_value("purchase_order_line").run()
    app.segmented_control(key="pick_status").set_value("every").run()
    assert (app.query_params["kind"], app.query_params["status"]) == ("purchase_order_line", "every")
    expected = questions.open_supply(warehouse, (), ("purchase_order_line",), questions.STATUSES)
    assert list(table(app, "document_id")["document_id"]) == expected["document_id"].to_list()


def test_lanes_by_carrier_and_supplier(open_app: OpenApp, demo_home: Path) -> None:
    app = open_app(PAGE, home=demo_home, user="buyer", lang="en", section="lanes")
    for by in ("carrier", "supplier", "lane"):
        app.segmented_control(key="pick_by").set_value(by).run()
        assert not app.exception
        assert len(table(app, "shipments")) > 0


def test_a_source_without_shipments_shows_its_purchase_lines(
    open_app: OpenApp, adventureworks_build: BuildSummary, text: Text, language: Language
) -> None:
    home = adventureworks_build.file.parents[1]
    app = open_app(PAGE, home=home, user="buyer", lang=language)
    assert "`transfer_orders`" in words(app)
    assert value_of(app, text("inbound.transfer_order_line")) == "–"
    for section in ("lanes", "exceptions"):
        app = open_app(PAGE, home=home, user="buyer", lang=language, section=section)
        assert text("state.not_connected_title") in words(app)
