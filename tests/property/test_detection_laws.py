"""Laws of alerts: shares add up, every finding is in one alert, the order of rows changes nothing."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.alerts import Alerts, alerts_of
from planning.detection.findings import DetectionRows, Findings
from planning.detection.impact import line_money
from planning.detection.symptoms import order_at_risk, order_late, part_short
from tests.unit.detection_rows import AS_OF, Link, finding, plan_rows

_PARTS, _ORDERS, _LINES = 4, 4, 5
_CAUSES = ("supplier_slipping", "lane_delayed", "demand_surge", "quality_excursion")


@st.composite
def companies(draw: st.DrawFn) -> tuple[DetectionRows, list[Findings]]:
    days = st.integers(0, 6)
    bought: list[Link] = []
    for part in range(_PARTS):
        late = draw(days)
        bought += [
            ("purchase_order_line", f"PO{part}", "production_order", f"MO{order}", f"C{part}", late, int(late > 0))
            for order in sorted(draw(st.sets(st.integers(0, _ORDERS - 1), max_size=3)))
        ]
    sold: list[Link] = [
        ("production_order", f"MO{order}", "sales_order_line", f"L{line}", "F", draw(days), 0)
        for line in range(_LINES)
        for order in sorted(draw(st.sets(st.integers(0, _ORDERS - 1), min_size=1, max_size=2)))
    ]
    value = st.sampled_from([0.0, 10.0, 33.3])
    lines = [(f"L{line}", 40.0, draw(value), draw(st.sampled_from([0.2, 0.9]))) for line in range(_LINES)]
    causes = [
        finding(
            kind, "supplier" if kind == "supplier_slipping" else "item", f"S{number}",
            [("purchase_order_line", f"PO{part}") for part in sorted(draw(st.sets(st.integers(0, _PARTS - 1))))]
            + [("sales_order_line", f"L{line}") for line in sorted(draw(st.sets(st.integers(0, _LINES - 1))))],
            draw(st.sampled_from([None, 5.0])), "excess_stock",
        )
        for number, kind in enumerate(draw(st.lists(st.sampled_from(_CAUSES), max_size=3)))
    ]  # fmt: skip
    return plan_rows(bought + sold, lines), causes


def found(rows: DetectionRows, causes: list[Findings]) -> tuple[Findings, Alerts]:
    symptoms = [order_late(rows, AS_OF), order_at_risk(rows, AS_OF), part_short(rows, AS_OF)]
    findings = Findings.together([*symptoms, *causes])
    return findings, alerts_of(rows, findings)


@settings(max_examples=60, deadline=None)
@given(companies())
def test_the_shares_of_all_alerts_are_the_money_at_risk(company: tuple[DetectionRows, list[Findings]]) -> None:
    rows, causes = company
    _, alerts = found(rows, causes)
    assert alerts.alerts["exclusive_value"].sum() == pytest.approx(line_money(rows)["line_value"].sum())
    shares = alerts.hits.group_by("sales_order_line_id").agg(pl.col("share_rate").sum())
    assert shares["share_rate"].to_list() == pytest.approx([1.0] * shares.height)
    assert (alerts.alerts["exclusive_value"] <= alerts.alerts["at_risk_value"] + 1e-9).all()
    for name in ("at_risk_value", "exclusive_value", "own_value"):
        assert alerts.amounts[name].sum() == pytest.approx(alerts.alerts[name].sum())


@settings(max_examples=60, deadline=None)
@given(companies())
def test_every_finding_is_in_one_alert_and_every_late_line_too(company: tuple[DetectionRows, list[Findings]]) -> None:
    rows, causes = company
    findings, alerts = found(rows, causes)
    members = alerts.members
    assert members["finding_id"].is_unique().all()
    assert set(members["alert_key"]) == set(alerts.alerts["alert_key"])
    left_out = findings.findings.filter(~pl.col("finding_id").is_in(members["finding_id"].implode()))
    # Only short parts that no late line waits for are no alert.
    assert set(left_out["kind"]) <= {"part_short"}
    roots = members.filter(pl.col("finding_id") == pl.col("alert_key"))
    assert roots.height == alerts.alerts.height
    assert roots["parent_id"].null_count() == roots.height


@settings(max_examples=40, deadline=None)
@given(companies(), st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(company: tuple[DetectionRows, list[Findings]], seed: int) -> None:
    rows, causes = company
    mixed = DetectionRows({name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in
                           rows.frames.items()})  # fmt: skip
    shuffled = list(causes)
    random.Random(seed).shuffle(shuffled)
    first, second = found(rows, causes)[1], found(mixed, shuffled)[1]
    for name in ("alerts", "members", "hits", "amounts", "causes", "supplies", "touches"):
        assert getattr(first, name).equals(getattr(second, name)), name
