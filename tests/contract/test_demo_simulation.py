"""The demo company lived at its smallest: nothing is made or lost, and the past does not depend on the future."""

from __future__ import annotations

import copy
from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from pipelines.demo.company.build import build_company
from pipelines.demo.documents import COMPLETED, PRODUCTION_ISSUE, PRODUCTION_RECEIPT, Documents
from pipelines.demo.records import Log, Records
from pipelines.demo.scale import SCALES
from pipelines.demo.simulation import Simulation

START = date(2023, 6, 30)
LAST_DAY = 460
EARLIER_DAY = 380

# What is decided when a row is written and never changes afterwards, by kind of document.
FIXED = {
    "sales_orders": None,
    "sales_lines": [
        "order",
        "item",
        "place",
        "quantity",
        "price",
        "ordered_day",
        "requested_day",
        "first_promised_day",
    ],
    "deliveries": ["customer", "order", "place", "shipped_at", "arrives_at"],
    "delivery_lines": None,
    "purchase_orders": None,
    "purchase_lines": ["order", "node", "source", "quantity", "price", "requested_day", "first_confirmed_day"],
    "transfers": ["node", "quantity", "created_day", "due_day"],
    "production_orders": ["node", "quantity", "created_at", "planned_start_day", "key"],
    "order_components": ["order", "line", "required", "bill_line"],
    "work_orders": ["order", "operation", "planned_hours", "planned_start_at"],
    "consumers": ["created_day", "buy_rate", "leave_probability", "key"],
    "leads": ["created_at", "campaign", "source", "score"],
    "opportunities": ["customer", "created_at", "campaign"],
    "lots": None,
}


@pytest.fixture(scope="module")
def earlier_and_later() -> tuple[Simulation, Simulation]:
    """One run stopped at EARLIER_DAY, and another that went on to LAST_DAY."""
    earlier = Simulation(build_company(7, SCALES["tiny"], START))
    earlier.run(EARLIER_DAY)
    later = Simulation(build_company(7, SCALES["tiny"], START))
    later.run(LAST_DAY)
    return earlier, later


@pytest.mark.parametrize("name", sorted(vars(Documents())))
def test_a_shorter_run_is_the_beginning_of_a_longer_one(
    earlier_and_later: tuple[Simulation, Simulation], name: str
) -> None:
    short, long = (getattr(run.world.documents, name) for run in earlier_and_later)
    assert short.count > 0 or name in {"returns"}
    assert short.count <= long.count
    columns = FIXED.get(name) if not isinstance(short, Log) else None
    for column in columns or (short.schema if isinstance(short, Log) or name in FIXED else []):
        assert np.array_equal(short[column], long[column][: short.count]), column


def test_every_document_is_looked_at() -> None:
    records = {name for name, table in vars(Documents()).items() if isinstance(table, Records | Log)}
    changing = {name for name in records if not isinstance(getattr(Documents(), name), Log)}
    assert changing - set(FIXED) == {"returns", "opportunity_lines"}


def test_the_same_seed_lives_the_same_life_and_a_copy_goes_on_alike(
    earlier_and_later: tuple[Simulation, Simulation],
) -> None:
    earlier, later = earlier_and_later
    going_on = copy.deepcopy(earlier)
    going_on.run(LAST_DAY)
    for name, table in vars(later.world.documents).items():
        other = getattr(going_on.world.documents, name)
        assert other.count == table.count, name
        for column in table.schema:
            assert np.array_equal(other[column], table[column], equal_nan=column == "old"), f"{name}.{column}"


def test_stock_is_what_the_movements_say_in_pieces_and_in_money(
    earlier_and_later: tuple[Simulation, Simulation],
) -> None:
    world = earlier_and_later[1].world
    moves = world.documents.movements.columns()
    own = world.company.places.is_own
    for table, amount in ((world.stock.quantity, moves["quantity"]), (world.stock.value, moves["value"])):
        told = np.zeros_like(table)
        np.add.at(told, (moves["item"], moves["to_place"]), amount)
        np.subtract.at(told, (moves["item"], moves["from_place"]), amount)
        assert np.allclose(table[:, own], told[:, own], atol=1e-4)
    assert (world.stock.quantity >= 0).all()
    assert (moves["quantity"] > 0).all()
    assert (np.abs(world.stock.value[world.stock.quantity == 0]) < 0.005).all()


def test_no_document_goes_beyond_what_it_was_for(earlier_and_later: tuple[Simulation, Simulation]) -> None:
    documents = earlier_and_later[1].world.documents
    sales, bought, made = documents.sales_lines, documents.purchase_lines, documents.production_orders
    assert (sales["shipped"] + sales["cancelled"] <= sales["quantity"] + 1e-9).all()
    assert (bought["received"] <= bought["quantity"] + 1e-9).all()
    assert (made["completed"] + made["scrapped"] <= made["quantity"] + 1e-9).all()
    assert (documents.order_components["issued"] <= documents.order_components["required"] + 1e-9).all()


def test_what_is_made_took_its_parts_first(earlier_and_later: tuple[Simulation, Simulation]) -> None:
    documents = earlier_and_later[1].world.documents
    moves = documents.movements.columns()
    finished = np.flatnonzero(documents.production_orders["status"] == COMPLETED)
    issue, receipt = moves["type"] == PRODUCTION_ISSUE, moves["type"] == PRODUCTION_RECEIPT
    last_issue = np.full(documents.production_orders.count, np.inf)
    np.minimum.at(last_issue, moves["reference"][issue], moves["at"][issue])
    assert np.isfinite(last_issue[finished]).all()
    assert (moves["at"][receipt] > last_issue[moves["reference"][receipt]]).all()


def test_the_company_works_but_not_perfectly(earlier_and_later: tuple[Simulation, Simulation]) -> None:
    world = earlier_and_later[1].world
    sales = world.documents.sales_lines
    due = (sales["requested_day"] > 120) & (sales["requested_day"] < LAST_DAY - 14) & (sales["cancelled"] == 0)
    in_time = (sales["shipped_full_day"] <= sales["ship_by_day"])[due].mean()
    assert 0.7 < in_time < 0.97
    days = world.documents.work_centre_days
    used = (days["production_hours"] + days["setup_hours"]).sum() / days["available_hours"].sum()
    assert 0.4 < used < 0.95


def test_other_safety_stocks_change_the_life_and_not_the_luck(
    earlier_and_later: tuple[Simulation, Simulation],
) -> None:
    earlier, later = earlier_and_later
    careful = copy.deepcopy(earlier)
    policy = careful.world.policy
    policy.safety_stock[:] = policy.safety_stock * 2 + 5
    careful.run(LAST_DAY)
    assert careful.world.stock.value.sum() > 1.1 * later.world.stock.value.sum()
    # The same consumers are born with the same nature.
    born = [run.world.documents.consumers["key"] for run in (careful, later)]
    both = min(born[0].size, born[1].size)
    assert np.array_equal(born[0][:both], born[1][:both])


def test_another_seed_is_another_company() -> None:
    seven, eight = (build_company(seed, SCALES["tiny"], START) for seed in (7, 8))
    assert seven.customers.names != eight.customers.names
    assert {field.name for field in fields(seven)} == {field.name for field in fields(eight)}
