"""What a small workshop can build, what frees the rest, and what its hours allow: tables against a planner's own sums."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Any

import numpy as np
import polars as pl
import pytest

from planning.clear_to_build import Effort, Objective, best_release, golden_screw
from planning.tables.clear_to_build import VARIANTS
from planning.tables.production import production_tables
from tests.unit.plan_rows import plan_of, working_week
from tests.unit.test_clear_to_build import scarce


def july(day: int) -> date:
    return date(2026, 7, day)


def june(day: int) -> date:
    return date(2026, 6, day)


def production_order(name: str, quantity: float, start: date, finish: date, **more: Any) -> dict[str, Any]:
    return {
        "production_order_id": name, "item_id": "BIKE", "bom_id": "B", "ordered_quantity": quantity,
        "open_quantity": quantity, "planned_start_date": start, "planned_finish_date": finish, **more,
    }  # fmt: skip


def component(order: str, line: int, item: str, quantity: float) -> dict[str, Any]:
    return {
        "production_order_id": order, "component_line": line, "item_id": item, "location_id": "PL",
        "open_quantity": quantity,
    }  # fmt: skip


def line(item: str, quantity: float, **more: Any) -> dict[str, Any]:
    return {"bom_component_id": item, "bom_id": "B", "component_item_id": item, "quantity": quantity, **more}


@pytest.fixture(scope="module")
def workshop() -> dict[str, pl.DataFrame]:
    """MO1 lists its parts, MO2 has them all, MO3 has none listed and takes its bill, MO4 has no bill.

    A bike takes a frame, two wheels and a bell, for which a horn may stand. Welding works 8 hours on working days.
    """
    tables, findings = production_tables(
        plan_of(
            policies=[{"item_id": item, "supply_type": "buy"} for item in ("FRAME", "WHEEL", "BELL", "HORN")]
            + [{"item_id": item, "supply_type": "make", "lead_time_days": 7.0} for item in ("BIKE", "GADGET")],
            boms=[{"bom_id": "B", "item_id": "BIKE"}],
            components=[
                line("FRAME", 1.0), line("WHEEL", 2.0), line("BELL", 1.0, substitute_group="ring"),
                line("HORN", 1.0, substitute_group="ring", substitute_priority=2),
            ],
            production_orders=[
                production_order("MO1", 4.0, june(30), july(7)),
                production_order("MO2", 4.0, june(20), july(1), is_started=True, order_status="in_progress"),
                production_order("MO3", 2.0, july(1), july(8)),
                production_order("MO4", 2.0, july(1), july(8), item_id="GADGET", bom_id=None),
            ],
            order_components=[
                component("MO1", 1, "FRAME", 4.0), component("MO1", 2, "WHEEL", 8.0), component("MO1", 3, "BELL", 4.0),
                component("MO2", 1, "FRAME", 0.0),
            ],
            stock=[
                {"item_id": "FRAME", "quantity": 6.0}, {"item_id": "WHEEL", "quantity": 8.0},
                {"item_id": "BELL", "quantity": 3.0}, {"item_id": "HORN", "quantity": 5.0},
                {"item_id": "BELL", "quantity": 50.0, "stock_status": "blocked"},
            ],
            purchase_lines=[
                {"purchase_order_line_id": "PO1", "item_id": "WHEEL", "location_id": "PL", "due_date": july(3),
                 "open_quantity": 10.0},
            ],
            sales_lines=[
                {"sales_order_line_id": "S1", "item_id": "BIKE", "customer_id": "C", "promised_date": july(8),
                 "open_quantity": 10.0, "open_value": 1000.0},
            ],
            work_centres=[{"work_centre_id": "WELD", "calendar_id": "CN"}],
            calendars=working_week(),
            order_operations=[
                {"work_order_id": "W1", "production_order_id": "MO1", "work_centre_id": "WELD", "start_date": june(30),
                 "hours": 16.0},
                {"work_order_id": "W3", "production_order_id": "MO3", "work_centre_id": "WELD", "start_date": july(1),
                 "hours": 4.0},
            ],
        )
    )  # fmt: skip
    assert findings.height == 0
    return tables


def kits(tables: dict[str, pl.DataFrame], variant: str) -> list[tuple[Any, ...]]:
    found = tables["clear_to_build"].filter(pl.col("variant") == variant)
    return found.select("order_id", "kit_status", "clear_date", "missing_part_count").rows()


def test_the_first_order_takes_a_horn_and_leaves_no_wheel(workshop: dict[str, pl.DataFrame]) -> None:
    """Blocked bells are not there. What is issued, and what has no bill, is said and not counted as complete."""
    assert kits(workshop, "open_orders-substitutes-due_date") == [
        ("MO1", "complete", june(30), 0), ("MO2", "issued", None, 0), ("MO3", "short", july(3), 1),
        ("MO4", "no_bill", None, 0),
    ]  # fmt: skip


def test_without_substitutes_the_second_order_gets_the_wheels(workshop: dict[str, pl.DataFrame]) -> None:
    """MO1 lacks a bell and holds nothing; no document brings bells, so that nothing says when it can start."""
    assert kits(workshop, "open_orders-no_substitutes-due_date")[:3:2] == [
        ("MO1", "partial", None, 1),
        ("MO3", "complete", june(30), 0),
    ]


def test_every_order_is_asked_under_every_variant(workshop: dict[str, pl.DataFrame]) -> None:
    frame = workshop["clear_to_build"]
    assert frame.height == 4 * len(VARIANTS)
    assert frame.filter(pl.col("is_default") == 1)["variant"].unique().to_list() == ["stock-substitutes-due_date"]
    assert frame.select("variant", "order_id").is_duplicated().sum() == 0


def test_money_waits_by_the_share_of_the_order_in_its_order_line(workshop: dict[str, pl.DataFrame]) -> None:
    """Ten bikes for 1000: four of MO1, four of MO2, two of MO3."""
    frame = workshop["clear_to_build"].filter(pl.col("is_default") == 1)
    assert frame.select("order_id", "served_value", "customer_id", "sales_order_line_id").rows() == [
        ("MO1", 400.0, "C", "S1"), ("MO2", 400.0, "C", "S1"), ("MO3", 200.0, "C", "S1"), ("MO4", 0.0, None, None),
    ]  # fmt: skip


def test_lines_say_what_is_taken_from_where(workshop: dict[str, pl.DataFrame]) -> None:
    first = workshop["clear_to_build_lines"].filter(pl.col("order_id") == "MO1")
    assert first.select(
        "item_id", "required_quantity", "missing_quantity", "stock_quantity", "substitute_item_id",
        "substitute_quantity",
    ).rows() == [
        ("BELL", 4.0, 0.0, 3.0, "HORN", 1.0), ("FRAME", 4.0, 0.0, 4.0, None, 0.0), ("WHEEL", 8.0, 0.0, 8.0, None, 0.0),
    ]  # fmt: skip
    wheels = workshop["clear_to_build_lines"].filter((pl.col("order_id") == "MO3") & (pl.col("item_id") == "WHEEL"))
    assert wheels.select("required_quantity", "missing_quantity", "receipt_quantity").rows() == [(4.0, 4.0, 4.0)]


def test_four_wheels_are_the_golden_screw(workshop: dict[str, pl.DataFrame]) -> None:
    assert workshop["golden_screw"].select(
        "objective", "set_size", "item_id", "expedite_quantity", "freed_orders", "freed_value", "method"
    ).rows() == [("orders", 1, "WHEEL", 4.0, 1, 200.0, "exact"), ("money", 1, "WHEEL", 4.0, 1, 200.0, "exact")]
    assert set(workshop["golden_screw_orders"]["order_id"]) == {"MO3"}


def test_by_money_the_order_of_four_is_released_by_number_either(workshop: dict[str, pl.DataFrame]) -> None:
    release = workshop["clear_to_build_release"]
    chosen = release.filter(pl.col("is_chosen") == 1)
    assert chosen.filter(pl.col("objective") == "money")["order_id"].to_list() == ["MO1"]
    assert chosen.filter(pl.col("objective") == "orders").height == 1
    assert release["gap"].sum() == 0


def test_hours_left_on_open_orders_move_them_and_what_waits_for_them(workshop: dict[str, pl.DataFrame]) -> None:
    """MO1 welds 16 hours on Tuesday and Wednesday, and is there seven days after the last of them; MO3 on Thursday."""
    assert workshop["finite_orders"].select(
        "order_id", "start_date", "unlimited_finish_date", "finish_date", "shift_days"
    ).rows() == [("MO1", june(30), july(7), july(8), 1), ("MO3", july(2), july(8), july(9), 1)]
    assert workshop["finite_demands"].select(
        "demand_id", "unlimited_date", "finite_date", "late_days", "limit_kind", "limit_work_centre_id"
    ).rows() == [("S1", july(8), july(9), 1, "work_centre", "WELD")]
    assert workshop["finite_load"].select("capacity_hours", "plan_hours", "finite_hours").rows()[0] == (
        32.0,
        20.0,
        20.0,
    )


def test_hours_that_do_not_suffice_divide_an_item_over_its_two_lines() -> None:
    """80 hours are needed by 10 July, W1 has 32 + 40 until then: a tenth goes to W2, one percent dearer."""
    tables, _ = production_tables(
        plan_of(
            policies=[{"item_id": "X", "supply_type": "make", "lead_time_days": 7.0},
                      {"item_id": "R", "supply_type": "buy"}],
            boms=[{"bom_id": "B1", "item_id": "X"}, {"bom_id": "B2", "item_id": "X", "priority": 2}],
            components=[{"bom_component_id": bill, "bom_id": bill, "component_item_id": "R", "quantity": 1.0}
                        for bill in ("B1", "B2")],
            operations=[{"operation_id": bill, "bom_id": bill, "sequence": 1, "work_centre_id": centre,
                         "run_hours_per_unit": 4.0} for bill, centre in (("B1", "W1"), ("B2", "W2"))],
            work_centres=[{"work_centre_id": centre, "calendar_id": "CN"} for centre in ("W1", "W2")],
            calendars=working_week(),
            costs=[{"item_id": "X", "standard_cost": 10.0}],
            stock=[{"item_id": "R", "quantity": 100.0}],
            sales_lines=[{"sales_order_line_id": "S1", "item_id": "X", "promised_date": july(17),
                          "open_quantity": 20.0}],
        )
    )  # fmt: skip
    assert tables["source_splits"].select(
        "source_id", "share_now", "share_proposed", "hours_proposed", "cost_proposed"
    ).rows() == [("B1", 1.0, 0.9, 72.0, pytest.approx(180.0)), ("B2", 0.0, 0.1, 8.0, pytest.approx(20.2))]


def test_nothing_to_make_gives_empty_tables() -> None:
    tables, findings = production_tables(plan_of())
    assert {name: frame.height for name, frame in tables.items() if frame.height} == {}
    assert findings.height == 0
    assert all(frame.columns for frame in tables.values())


# In the program of seed 20 HiGHS prints a line of its own.
@pytest.mark.parametrize("seed", [0, 1, 2, 20])
def test_a_counted_effort_gives_the_same_answer_and_prints_nothing(
    seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """One node of branch and bound is little: the answer may be worse, its bound still holds, and it comes again."""
    problem, little = scarce(seed), Effort(seconds=inf, nodes=1)
    best = best_release(problem, Objective.MONEY, effort=Effort(seconds=inf))
    once, again = (best_release(problem, Objective.MONEY, effort=little) for _ in range(2))
    assert (once.is_released == again.is_released).all()
    assert once.value <= best.value + 1e-6 <= once.bound + 2e-6
    screws = [golden_screw(problem, Objective.MONEY, budgets=(1, 2, 3, 4), effort=little) for _ in range(2)]
    assert all(np.array_equal(one.order, other.order) for one, other in zip(*(s.points for s in screws), strict=True))
    assert capfd.readouterr().out == ""
