"""OEE, first-pass yield and the cost of poor quality of the example company, worked out from its rows.

All recorded states lie inside the shifts and none overlap, which is asserted; so times are plain sums of hours.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import polars as pl

from tests.contract.example_rows import FOLDER, Row, by_key, day, known_day, number, rows, standard_cost

# What a row adds: its key, above and below the line, and what it is filtered by.
Share = tuple[str, Fraction, Fraction, dict[str, str]]
Figures = dict[str, tuple[str, list[Share], bool]]
STATES = ("production", "setup", "planned_downtime", "breakdown", "idle")
INSPECTING = "true"


def hours(start: datetime, end: datetime) -> Fraction:
    return Fraction(int((end - start).total_seconds()), 3600)


def states() -> list[dict[str, str | datetime]]:
    found = pl.read_parquet(FOLDER / "work_centre_states.parquet").sort("work_unit", "started_at").to_dicts()
    shifts = [
        (datetime.fromisoformat(row["starts_at"]), datetime.fromisoformat(row["ends_at"])) for row in rows("shifts")
    ]
    for one, after in pairwise(found):
        assert any(start <= one["started_at"] and one["ended_at"] <= end for start, end in shifts), one
        assert one["work_unit"] != after["work_unit"] or one["ended_at"] <= after["started_at"], (one, after)
    return found


def reports() -> list[tuple[Row, Row, Row, Row]]:
    """Each report with its operation, production order and routing step."""
    operations, orders = by_key("work_orders", "work_order_id"), by_key("production_orders", "production_order_id")
    steps = by_key("routing_operations", "operation_id")
    found = []
    for row in rows("operation_reports"):
        operation = operations[row["work_order_id"]]
        found.append((row, operation, orders[operation["production_order_id"]], steps[operation["operation_id"]]))
    return found


def oee_figures() -> Figures:
    """A unit's calendar time is 24 hours of each day from its first to its last state."""
    times: dict[str, list[Share]] = {state: [] for state in STATES}
    calendar: list[Share] = []
    units: dict[str, list[date]] = {}
    for one in states():
        where = {"work_centre": str(one["work_centre_id"])}
        spent = hours(one["started_at"], one["ended_at"])  # type: ignore[arg-type]
        times[str(one["state"])].append((str(one["state_id"]), spent, Fraction(0), where))
        units.setdefault(str(one["work_unit"]), []).append(one["started_at"].date())  # type: ignore[union-attr]
    for unit, days in units.items():
        length = (max(days) - min(days)).days + 1
        calendar.append(
            (f"{unit} {length} days", Fraction(24 * length), Fraction(0), {"work_centre": unit.split("-")[0]})
        )
    # Only what operations made that a state names, or that fell between the first and the last state of the centre.
    named = {str(one["work_order_id"]) for one in states() if one["work_order_id"]}
    good, planned = [], []
    for row, operation, _, step in reports():
        centre = operation["work_centre_id"]
        recorded = [one["started_at"].date() for one in states() if one["work_centre_id"] == centre]  # type: ignore[union-attr]
        inside = bool(recorded) and min(recorded) <= known_day(row["reported_at"]) <= max(recorded)
        if not inside and operation["work_order_id"] not in named:
            continue
        run, where = Fraction(step["run_hours_per_unit"]), {"work_centre": centre}
        made = number(row["good_quantity"]) + number(row["scrap_quantity"])
        first = number(row["good_quantity"]) - number(row["rework_quantity"])
        planned.append((row["report_id"], run * Fraction(made), Fraction(0), where))
        good.append((row["report_id"], run * Fraction(first), Fraction(0), where))

    busy = [*times["production"], *times["setup"], *times["breakdown"], *times["idle"]]
    failures = [(key, Fraction(1), Fraction(0), where) for key, _, _, where in times["breakdown"]]
    # WS009 and WS011 are two breakdowns: between them lies a night.
    return {
        "oee_rate": ("Σ (PRI × GQ) ÷ Σ PBT", over(good, busy), True),
        "teep_rate": ("Σ (PRI × GQ) ÷ Σ calendar time", over(good, calendar), True),
        "availability_rate": ("Σ APT ÷ Σ PBT", over(times["production"], busy), True),
        "effectiveness_rate": ("Σ (PRI × PQ) ÷ Σ APT", over(planned, times["production"]), True),
        "quality_ratio": ("Σ (PRI × GQ) ÷ Σ (PRI × PQ)", over(good, planned), True),
        "setup_ratio": ("Σ AUST ÷ Σ AUPT", over(times["setup"], [*times["setup"], *times["production"]]), True),
        "mtbf_hours": ("Σ APT ÷ failures", over(times["production"], failures), True),
        "mttr_hours": ("Σ breakdown time ÷ failures", over(times["breakdown"], failures), True),
    }


def over(above: list[Share], below: list[Share]) -> list[Share]:
    """One list of parts for a ratio whose two sides come from different rows."""
    top = [(key, value, Fraction(0), where) for key, value, _, where in above]
    return [*top, *((key, Fraction(0), value, where) for key, value, _, where in below)]


def yield_figures() -> Figures:
    found: dict[str, list[Share]] = {"first": [], "scrap": [], "rework": []}
    for row, operation, order, _ in reports():
        good, bad = number(row["good_quantity"]), number(row["scrap_quantity"])
        rework = number(row["rework_quantity"])
        where = {"work_centre": operation["work_centre_id"], "item": order["item_id"]}
        made = Fraction(good + bad)
        found["first"].append((row["report_id"], Fraction(good - rework), made, where))
        found["scrap"].append((row["report_id"], Fraction(bad), made, where))
        found["rework"].append((row["report_id"], Fraction(rework), made, where))
    return {
        "first_pass_yield_rate": ("Σ (good − reworked) ÷ Σ (good + scrapped)", found["first"], True),
        "operation_scrap_rate": ("Σ scrapped ÷ Σ (good + scrapped)", found["scrap"], True),
        "rework_rate": ("Σ reworked ÷ Σ (good + scrapped)", found["rework"], True),
    }


def cost_figures() -> Figures:
    """Inspecting operations, scrap, rework, scrapped stock, returns not for a change of mind, and service cases."""
    centres, steps = by_key("work_centres", "work_centre_id"), by_key("routing_operations", "operation_id")
    found: list[Share] = []

    def add(key: str, value: Decimal | Fraction, kind: str) -> None:
        found.append((key, Fraction(value), Fraction(0), {"quality_cost_kind": kind}))

    for row in rows("work_orders"):
        if row["finished_at"] and steps[row["operation_id"]]["is_inspection"] == INSPECTING:
            rate = number(centres[row["work_centre_id"]]["cost_per_hour"])
            add(row["work_order_id"], number(row["actual_hours"]) * rate, "inspection_operations")
    for row in rows("production_orders"):
        finished = day(row["finished_at"])
        if finished:
            scrap = number(row["scrapped_quantity"]) * standard_cost(row["item_id"], finished)
            add(row["production_order_id"], scrap, "scrapped_production")
    for row, operation, _, step in reports():
        rate = number(centres[operation["work_centre_id"]]["cost_per_hour"])
        add(row["report_id"], number(row["rework_quantity"]) * number(step["run_hours_per_unit"]) * rate, "rework")
    for row in rows("stock_movements"):
        if row["movement_type"] == "scrap" and row["reference_type"] != "customer_return":
            add(row["movement_id"], number(row["value"]), "scrapped_stock")
    for row in rows("customer_returns"):
        if row["return_reason"] != "changed_mind":
            add(row["return_line_id"], number(row["credit_value"]), "customer_returns")
    for row in rows("service_cases"):
        if row["case_type"] in ("complaint", "warranty", "repair", "return_request"):
            add(row["case_id"], number(row["cost_value"]), "service_cases")
    return {"quality_cost_value": ("Σ cost of inspection, scrap, rework, returns and service", found, False)}


def figures() -> Figures:
    return oee_figures() | yield_figures() | cost_figures()
