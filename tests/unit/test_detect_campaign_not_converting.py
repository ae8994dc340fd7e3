"""Ten campaigns of two channels that turn one lead in ten into a customer after two weeks; one brings only leads."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.demand.campaign_not_converting import campaign_not_converting
from planning.detection.findings import DetectionRows
from tests.unit.detection_demand_rows import AS_OF, Row, ago, any_order_gives_the_same, figure, found, rows_of


def campaign(number: int, begun: date, leads: int, each: int | None = 10, cost: float = 20000.0) -> list[Row]:
    """`each`: of so many leads one becomes a customer, 14 days later; None: nobody does."""
    made: list[Row] = []
    for lead in range(leads):
        created = begun + timedelta(days=lead % 30)
        became = created + timedelta(days=14) if each and lead % each == 0 else None
        if created <= AS_OF:
            made.append({
                "campaign_id": f"M{number}", "channel": "search" if number % 2 else "social", "start_date": begun,
                "end_date": begun + timedelta(days=30), "budget_value": cost, "cost_value": cost,
                "lead_id": f"L{number}-{lead}", "created_date": created,
                "converted_date": became if became and became <= AS_OF else None,
            })  # fmt: skip
    return made


def company(*last: Row) -> DetectionRows:
    usual = [row for number in range(10) for row in campaign(number, ago(700 - 60 * number), 95 + number)]
    return rows_of(campaign_leads=[*usual, *last])


def test_many_leads_and_no_customers_are_found_since_the_first_day() -> None:
    findings = campaign_not_converting(company(*campaign(11, ago(60), 250, None)), AS_OF)
    assert found(findings) == [("M11", ago(60))]
    customers, usual = figure(findings, "campaign_customers")
    assert customers == 0
    assert usual is not None
    assert usual > 20
    assert findings.findings["own_value"].to_list() == [20000.0]


def test_a_campaign_that_is_too_young_to_have_customers_is_not_accused() -> None:
    assert found(campaign_not_converting(company(*campaign(11, ago(10), 250, None)), AS_OF)) == []


def test_many_leads_that_buy_are_a_success() -> None:
    assert found(campaign_not_converting(company(*campaign(11, ago(60), 250)), AS_OF)) == []


def test_usual_campaigns_are_not_named() -> None:
    assert found(campaign_not_converting(company(), AS_OF)) == []
    assert found(campaign_not_converting(rows_of(), AS_OF)) == []


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    any_order_gives_the_same(campaign_not_converting, company(*campaign(11, ago(60), 250, None)), seed)
