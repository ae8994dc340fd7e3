"""Service cases and satisfaction of the example company, worked out from its rows and the reference data."""

from __future__ import annotations

import csv
from datetime import datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import polars as pl

from tests.contract.example_oee_by_hand import Figures, Share, hours
from tests.contract.example_rows import AS_OF, FOLDER, Row, known_day, number, rows

REFERENCE = Path(__file__).resolve().parents[2] / "seeds" / "reference"
KNOWN_UNTIL = datetime.combine(AS_OF + timedelta(days=1), time())


def reference(name: str, key: str) -> dict[str, Row]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def within(case: Row, column: str, target: Fraction) -> Fraction | None:
    """Whether it was done in its hours; None while it is neither done nor past them."""
    opened = moment(case["opened_at"])
    if case[column]:
        return Fraction(hours(opened, moment(case[column])) <= target)
    is_late = not case["resolved_at"] and hours(opened, KNOWN_UNTIL) > target
    return Fraction(0) if is_late else None


def case_figures() -> Figures:
    types, targets = reference("service_case_types", "case_type"), reference("service_targets", "severity")
    found: dict[str, list[Share]] = {name: [] for name in (
        "service_case_count", "open_service_case_count", "service_cost_value", "warranty_cost_value",
        "first_response_in_target_rate", "resolution_in_target_rate", "repeat_failure_rate",
    )}  # fmt: skip
    repeats = repeated()
    for case in rows("service_cases"):
        key, kind = case["case_id"], types[case["case_type"]]
        target = targets.get(case["severity"], targets["*"])
        where = {
            "customer": case["customer_id"], "item": case["item_id"], "month": case["opened_at"][:7],
            "case_type": case["case_type"],
        }  # fmt: skip
        cost = Fraction(number(case["cost_value"]))
        found["service_case_count"].append((key, Fraction(1), Fraction(0), where))
        found["open_service_case_count"].append((key, Fraction(not case["resolved_at"]), Fraction(0), where))
        found["service_cost_value"].append((key, cost, Fraction(0), where))
        found["warranty_cost_value"].append((key, cost * int(kind["is_warranty"]), Fraction(0), where))
        for name, column in (("first_response", "first_response_at"), ("resolution", "resolved_at")):
            kept = within(case, column, Fraction(target[f"{name}_hours"]))
            if kept is not None:
                found[f"{name}_in_target_rate"].append((key, kept, Fraction(1), where))
        if kind["is_failure"] == "1":
            found["repeat_failure_rate"].append((key, Fraction(key in repeats), Fraction(1), where))
    return {
        "service_case_count": ("cases opened", found["service_case_count"], False),
        "open_service_case_count": ("cases without a resolution", found["open_service_case_count"], False),
        "service_cost_value": ("Σ cost of the cases", found["service_cost_value"], False),
        "warranty_cost_value": ("Σ cost of the warranty cases", found["warranty_cost_value"], False),
        "first_response_in_target_rate": ("cases answered within the hours of their severity ÷ cases answered or past them", found["first_response_in_target_rate"], True),
        "resolution_in_target_rate": ("cases resolved within the hours of their severity ÷ cases resolved or past them", found["resolution_in_target_rate"], True),
        "repeat_failure_rate": ("failures within 90 days of another of the item at the customer or of the lot ÷ failures", found["repeat_failure_rate"], True),
    }  # fmt: skip


def repeated() -> set[str]:
    """Failures soon after another one of the same item at the same customer, or of the same recorded lot.

    An order line of several lots has none.
    """
    types = reference("service_case_types", "case_type")
    lots: dict[str, set[str]] = {}
    for row in rows("delivery_lines"):
        lots.setdefault(row["sales_order_line_id"], set()).add(row["lot_id"])
    failures = [row for row in rows("service_cases") if types[row["case_type"]]["is_failure"] == "1"]
    groups: dict[tuple[str, ...], list[Row]] = {}
    for case in sorted(failures, key=lambda row: (row["opened_at"], row["case_id"])):
        groups.setdefault(("customer", case["customer_id"], case["item_id"]), []).append(case)
        of_line = lots.get(case["sales_order_line_id"], set())
        if len(of_line) == 1 and of_line != {""}:
            groups.setdefault(("lot", *of_line, case["item_id"]), []).append(case)
    return {
        after["case_id"]
        for group in groups.values()
        for before, after in pairwise(group)
        if (known_day(after["opened_at"]) - known_day(before["opened_at"])).days
        <= int(types[after["case_type"]]["repeat_days"])
    }


def answer_figures() -> Figures:
    satisfied: list[Share] = []
    net: list[Share] = []
    for row in pl.read_excel(FOLDER / "crm.xlsx", sheet_name="satisfaction_responses").to_dicts():
        score, best = Fraction(str(row["score"])), Fraction(str(row["max_score"]))
        where = {"customer": row["customer_id"], "month": str(row["responded_at"])[:7]}
        if row["survey_type"] == "csat":
            satisfied.append((row["response_id"], Fraction(score * 5 >= best * 4), Fraction(1), where))
        else:
            assert best == 10
            value = Fraction(1) if score >= 9 else Fraction(-1) if score <= 6 else Fraction(0)
            net.append((row["response_id"], value, Fraction(1), where))
    counts = {
        name: ("answers with a score", [(key, Fraction(1), Fraction(0), where) for key, _, _, where in shares], False)
        for name, shares in (("csat_response_count", satisfied), ("nps_response_count", net))
    }
    return counts | {
        "csat_rate": ("answers of at least 4 of 5 ÷ answers", satisfied, True),
        "net_promoter_score": ("(9 and 10 − 0 to 6) ÷ answers", net, True),
    }


def figures() -> Figures:
    return case_figures() | answer_figures()
