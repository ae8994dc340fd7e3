"""Firmed orders of the app store in a build: a rebuild plans them as they stand, or says why it does not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.plan.run import run_plan
from planning.scenarios.document import read_scenario
from tower.builds import CATALOGUE, BuildSummary
from tower.queries.order_proposals import (
    PRODUCTION_WAYS,
    PURCHASE_WAYS,
    odoo_production_orders,
    odoo_purchase_orders,
    proposals,
)
from tower.scenarios.base import base_of_build
from tower.scenarios.firmed import firmed_by
from tower.settings import load_settings
from tower.store import Store, open_store
from tower.store.firmed_orders import FirmedOrder, firm_orders, withdraw_firmed_order
from tower.warehouse import Warehouse, open_warehouse

TABLES = ("plan_orders", "plan_demands", "plan_pegging", "plan_messages", "plan_findings")


@pytest.fixture(scope="module")
def work_file(demo_build: BuildSummary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Views inside a build name their catalogue.
    copy = tmp_path_factory.mktemp("firmed") / f"{CATALOGUE}.duckdb"
    shutil.copyfile(demo_build.file, copy)
    return copy


@pytest.fixture
def built(work_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(work_file)) as connection:
        yield connection


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def orders(demo: Warehouse, demo_build: BuildSummary) -> list[FirmedOrder]:
    """A bought order that serves something, moved a week later, and one that is made, as a promoted scenario keeps."""
    bought, made = (
        demo.frame(
            f"select item_id, location_id, due_date from core.fct_plan_orders where order_type = '{kind}' "
            "order by is_past_due, served_value desc, plan_order_id limit 1"
        ).row(0)
        for kind in ("buy", "make")
    )
    text = (
        "scenario: 1\nname: firm\nchanges:\n"
        f"  - {{kind: move_planned_order, item: {bought[0]}, location: {bought[1]}, due: {bought[2]}, days: 7}}\n"
        f"  - {{kind: firm_planned_order, item: {made[0]}, location: {made[1]}, due: {made[2]}}}\n"
    )
    base = base_of_build(demo, load_settings().planning.decided)
    return firmed_by(base, read_scenario(text), demo_build.build_id, "decided on Monday")


def newest_line(demo: Warehouse) -> dict[str, Any]:
    """The newest open purchase line whose item is bought there from that supplier by the plan, too."""
    return demo.frame(
        """
        select lines.purchase_order_line_id, lines.item_id, lines.location_id, lines.supplier_id,
            lines.ordered_quantity, lines.ordered_date,
            coalesce(lines.confirmed_date, lines.requested_date) as due_date
        from core.fct_purchase_order_lines as lines
        where lines.is_open = 1 and exists (
            select 1 from core.fct_plan_orders as orders
            where orders.item_id = lines.item_id and orders.location_id = lines.location_id
                and orders.supplier_id = lines.supplier_id and orders.order_type = 'buy'
        )
        order by lines.ordered_date desc, 1 limit 1
        """
    ).row(0, named=True)


def plan(connection: duckdb.DuckDBPyConnection, as_of: date, url: str | None) -> dict[str, pl.DataFrame]:
    run_plan(connection, as_of, load_settings().planning.decided, url)
    return {name: connection.sql(f"select * from engine.{name}").pl() for name in (*TABLES, "plan_firmed_orders")}


def test_firmed_orders_survive_a_rebuild_and_are_given_back(
    built: duckdb.DuckDBPyConnection, demo: Warehouse, store: Store, url: str, orders: list[FirmedOrder]
) -> None:
    now = datetime.combine(demo.as_of, datetime.min.time(), UTC)
    before = plan(built, demo.as_of, None)
    kept = firm_orders(store, orders, "anna", now)
    after = plan(built, demo.as_of, url)
    firmed = after["plan_firmed_orders"]
    assert firmed["state"].to_list() == ["planned"] * len(kept)
    assert firmed.select("quantity", "due_date", "release_date").rows() == [
        (one.quantity, one.due_date, one.release_date) for one in kept
    ]
    assert (firmed["needed_quantity"] > 0).all(), "pegging finds whom they serve"
    links = after["plan_pegging"].filter(pl.col("supply_type") == "firm_planned_order")
    assert set(links["supply_id"]) == set(firmed["document_id"])
    dates = dict(links.select("supply_id", "supply_date").unique().iter_rows())
    assert dates == dict(firmed.select("document_id", "due_date").iter_rows())
    parts = after["plan_pegging"].filter(pl.col("demand_type") == "firm_planned_order")
    assert parts.height, "what is made takes its parts"
    assert not after["plan_orders"].equals(before["plan_orders"])
    told = built.sql("select firmed_order_id, author is not null, reason from build.firmed_orders").fetchall()
    assert told == [(one.firmed_order_id, True, "decided on Monday") for one in kept], "the build says what it used"
    again = plan(built, demo.as_of, url)
    assert all(again[name].equals(after[name]) for name in TABLES)
    for one in kept:
        withdraw_firmed_order(store, one, "anna", now + timedelta(hours=1))
    undone = plan(built, demo.as_of, url)
    assert undone["plan_firmed_orders"].is_empty()
    for name in TABLES:
        assert undone[name].equals(before[name]), name


def test_one_that_became_an_order_or_whose_item_is_gone_is_said_and_not_planned(
    built: duckdb.DuckDBPyConnection, demo: Warehouse, store: Store, url: str, orders: list[FirmedOrder]
) -> None:
    line = newest_line(demo)
    same = replace(
        orders[0], order_type="buy", item_id=line["item_id"], location_id=line["location_id"],
        supplier_id=line["supplier_id"], from_location_id=None, quantity=float(line["ordered_quantity"]),
        due_date=line["due_date"] + timedelta(days=3), release_date=line["ordered_date"], document_id="P-1",
    )  # fmt: skip
    far = replace(same, due_date=line["due_date"] + timedelta(days=30), document_id="P-2")
    other = replace(same, quantity=same.quantity + 1, document_id="P-3")
    gone = replace(same, item_id="gone", document_id="P-4")
    second = replace(same, document_id="P-5")
    made_on = datetime.combine(line["ordered_date"], datetime.min.time(), UTC)
    firm_orders(store, [same, far, other, gone, second], "anna", made_on)
    firmed = plan(built, demo.as_of, url)["plan_firmed_orders"]
    assert firmed.select("state", "order_id").rows() == [
        ("ordered", line["purchase_order_line_id"]), ("planned", None), ("planned", None), ("no_item", None),
        ("planned", None),
    ]  # fmt: skip
    findings = built.sql("select kind, item_id from engine.plan_findings where kind like 'firmed%'").fetchall()
    assert findings == [("firmed_item_gone", "gone")]


def test_an_order_that_was_there_when_the_planner_firmed_is_another_one(
    built: duckdb.DuckDBPyConnection, demo: Warehouse, store: Store, url: str, orders: list[FirmedOrder]
) -> None:
    line = newest_line(demo)
    same = replace(
        orders[0], order_type="buy", item_id=line["item_id"], location_id=line["location_id"],
        supplier_id=line["supplier_id"], quantity=float(line["ordered_quantity"]), due_date=line["due_date"],
        release_date=line["ordered_date"], from_location_id=None,
    )  # fmt: skip
    day_after = datetime.combine(line["ordered_date"] + timedelta(days=1), datetime.min.time(), UTC)
    firm_orders(store, [same], "anna", day_after)
    assert plan(built, demo.as_of, url)["plan_firmed_orders"]["state"].to_list() == ["planned"]


def test_one_that_falls_due_is_proposed_to_purchasing_and_production(
    built: duckdb.DuckDBPyConnection, demo: Warehouse, store: Store, url: str, orders: list[FirmedOrder]
) -> None:
    """With its message to release it; one whose release has passed, too, and one that has time is not."""
    times = ((2, 20), (-3, 9), (30, 60))
    asked = [
        replace(one, release_date=demo.as_of + timedelta(days=begins), due_date=demo.as_of + timedelta(days=ends),
                document_id=f"{one.document_id}:{begins}")
        for one in orders for begins, ends in times
    ]  # fmt: skip
    kept = firm_orders(store, asked, "anna", datetime.combine(demo.as_of, datetime.min.time(), UTC))
    plan(built, demo.as_of, url)
    for name in ("plan_firmed_orders", "plan_messages", "plan_pegging"):
        built.execute(f"create or replace table core.fct_{name} as select * from engine.{name}")
    told = {
        (number, code)
        for number, code in built.sql(
            "select order_id, code from core.fct_plan_messages "
            "where order_type = 'firm_planned_order' and code in ('REL', 'STP')"
        ).fetchall()
    }
    names = [f"FIRM-{one.firmed_order_id}" for one in kept]
    assert told == {
        (name, code) for name, code in zip(names, ("REL", "STP", None) * len(orders), strict=True) if code
    }  # fmt: skip
    rows = _Rows(built)
    for one, ways in zip(orders, (PURCHASE_WAYS, PRODUCTION_WAYS), strict=True):
        own = [(name, order) for name, order in zip(names, kept, strict=True) if order.item_id == one.item_id]
        due = {name: order for name, order in own if (name, "REL") in told or (name, "STP") in told}
        found = proposals(rows, tuple(due), ways)  # type: ignore[arg-type]
        assert dict(found.select("plan_order_id", "release_date").rows()) == {
            name: order.release_date for name, order in due.items()
        }
        assert found["supplier_id"].to_list() == [one.supplier_id] * 2
        assert found["quantity"].to_list() == [one.quantity] * 2
        assert sorted(found["past_due_days"]) == [0, 3]
        assert (found["value"] > 0).all()
        as_of = demo.as_of.isoformat()
        made = (odoo_purchase_orders if ways == PURCHASE_WAYS else odoo_production_orders)(found, as_of)
        said = made["order_line/name" if ways == PURCHASE_WAYS else "origin"].to_list()
        assert all(any(name in words for words in said) for name in due)


class _Rows:
    """The build as its reader of everything sees it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def frame(self, query: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
        return self._connection.sql(query, params=parameters or {}).pl()
