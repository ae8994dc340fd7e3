"""Journeys of the built companies: three of the demo followed by hand in the landed files, and what holds of any build."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from tower.builds import BuildSummary
from tower.queries import order_journey
from tower.warehouse import Warehouse, open_warehouse

# Followed by hand from the line to its last delivery, and from there back through transfer, orders and parts.
STEPS = {
    # The resistor of the display's board came on 15 October; board, display and bicycle followed, and a transfer.
    "SO0000034-1": {
        ("inbound", 0): "PO0000014-2", ("production", 2): "MO0000036", ("production", 1): "MO0000019",
        ("production", 0): "MO0000001", ("transfer", 0): "TO0000147", ("ship", 0): "DN0000154",
    },
    # In the warehouse since 27 September, shipped five days after it had to leave.
    "SO0000067-1": {("production", 0): "MO0000002", ("transfer", 0): "TO0000148", ("ship", 0): "DN0000080"},
    # Shipped as planned, which was one day too late for the promise; the road took two days more than planned.
    "SO0000253-3": {("production", 0): "MO0000018", ("transfer", 0): "TO0000082", ("ship", 0): "DN0000314"},
}  # fmt: skip
LATE = {
    "SO0000034-1": {"inbound late": 2, "inbound planned_late": 45, "kit late": 3, "production late": 2},
    "SO0000067-1": {"ship late": 4},
    "SO0000253-3": {"ship late": 1, "transport late": 2},
}
KINDS = ("late", "planned_late", "short_notice", "unexplained")


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=["demo_build", "example_build", "adventureworks_build"])
def any_build(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    opened = open_warehouse(request.getfixturevalue(request.param).file)
    yield opened
    opened.close()


def landed(build: BuildSummary, table: str, key: str, value: str) -> list[dict[str, Any]]:
    """The rows of a document as the source wrote them."""
    file = next((build.file.parents[1] / "raw" / "lanhe").glob(f"*/{table}.parquet"))
    return pl.read_parquet(file).filter(pl.col(key) == value).to_dicts()


def day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


@pytest.mark.parametrize("line", list(STEPS))
def test_three_journeys_go_through_the_documents_found_by_hand(
    demo: Warehouse, demo_build: BuildSummary, line: str
) -> None:
    hops = {(row["hop"], row["level"]): row for row in order_journey.hops(demo, line).iter_rows(named=True)}
    for step, document in STEPS[line].items():
        assert hops[step]["document_id"] == document
    delivered = landed(demo_build, "deliveries", "delivery_id", STEPS[line]["ship", 0])[0]
    assert hops["ship", 0]["actual_date"] == day(delivered["shipped_at"])
    assert hops["transport", 0]["actual_date"] == day(delivered["delivered_at"])
    moved = landed(demo_build, "transfer_orders", "transfer_order_line_id", STEPS[line]["transfer", 0])[0]
    assert hops["transfer", 0]["actual_date"] == day(moved["received_at"])
    assert hops["dispatch", 0]["actual_date"] == day(moved["shipped_at"])
    promised = landed(demo_build, "sales_order_lines", "sales_order_line_id", line)[0]["first_promised_date"]
    assert (hops["transport", 0]["actual_date"] - day(promised)).days == sum(LATE[line].values())


@pytest.mark.parametrize("line", list(LATE))
def test_their_lateness_is_explained_as_by_hand(demo: Warehouse, line: str) -> None:
    found = {
        f"{row['hop']} {kind}": row[f"{kind}_days"]
        for row in order_journey.hops(demo, line).iter_rows(named=True)
        for kind in KINDS
        if row[f"{kind}_days"]
    }
    assert found == LATE[line]


def test_the_supplier_of_the_first_is_late_by_its_receipt(demo: Warehouse, demo_build: BuildSummary) -> None:
    inbound = order_journey.hops(demo, "SO0000034-1").filter(pl.col("hop") == "inbound").row(0, named=True)
    bought = landed(demo_build, "purchase_order_lines", "purchase_order_line_id", "PO0000014-2")[0]
    received = landed(demo_build, "purchase_receipts", "purchase_order_line_id", "PO0000014-2")[-1]
    assert inbound["item_id"] == bought["item_id"] == "C-RES-01"
    assert inbound["actual_date"] == day(received["received_at"])
    assert inbound["late_days"] == (day(received["received_at"]) - day(bought["first_confirmed_date"])).days
    issued = landed(demo_build, "stock_movements", "reference_id", "MO0000036")
    assert any(one["item_id"] == "C-RES-01" and one["movement_type"] == "production_issue" for one in issued)


def test_days_add_up_in_every_build(any_build: Warehouse) -> None:
    wrong = any_build.frame(
        """
        select count(*) filter (
                where days_late is not null and days_late <> greatest(0, date_diff('day', due_date, done_date))
            ) as lateness,
            count(*) filter (
                where paid_date is not null
                    and order_to_cash_days < date_diff('day', ordered_date, greatest(ordered_date, paid_date))
            ) as cash
        from marts.mart_order_journeys
        """
    ).row(0)
    assert wrong == (0, 0)
    path = any_build.frame(
        """
        select count(*) from (
            select sum(days) as days, date_diff('day', min(begin_date), max(end_date)) as whole
            from core.fct_order_hops where is_on_path = 1 and actual_date is not null group by sales_order_line_id
        ) where days <> whole
        """
    ).item()
    assert path == 0


def test_a_number_finds_its_lines_in_any_writing(demo: Warehouse) -> None:
    for number in ("PO0000014-2", " po0000014-2 ", "MO0000036", "TO0000147", "DN0000154", "SO0000034"):
        assert "SO0000034-1" in order_journey.find(demo, number)["sales_order_line_id"].to_list(), number
    held = order_journey.find(demo, "PO0000014-2").filter(pl.col("sales_order_line_id") == "SO0000034-1")
    assert held["held_days"].to_list() == [2.0]
    values = order_journey.find(demo, "PO0000014-2")["net_value"].to_list()
    assert values == sorted(values, reverse=True)


def test_a_number_that_is_not_there_gives_the_nearest(demo: Warehouse) -> None:
    assert order_journey.find(demo, "PO000014").is_empty()
    assert order_journey.document(demo, "PO000014") is None
    assert "PO0000014" in order_journey.nearest(demo, "PO000014")["id"].to_list()
