"""Quality: bad lots in a row are found at once; a bad lot as they come now and then is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.quality_excursion import quality_excursion
from tests.unit.detection_supply_rows import AS_OF, ago, figure, found, holds_for_any_order_and_money, supply_rows


def _rows(bad: dict[int, float]) -> DetectionRows:
    """Four parts, a lot of 100 a week; one in ten has up to 16 rejected; lots of I1 by age with the share given."""
    lots: list[dict[str, object]] = []
    for item in range(4):
        for number, age in enumerate(range(700, 0, -7)):
            rejected = float(6 + (number // 10) % 11) if number % 10 == item else 0.0
            if item == 1 and age in bad:
                rejected = 100 * bad[age]
            lots.append({
                "receipt_line_id": f"R{item}-{age:03d}", "purchase_order_line_id": f"L{item}-{age:03d}",
                "supplier_id": f"V{item % 2}", "item_id": f"I{item}", "location_id": "P1", "received_date": ago(age),
                "received_quantity": 100.0, "rejected_quantity": rejected, "unit_value": 5.0,
            })  # fmt: skip
    return supply_rows(receipt_lots=lots)


def test_finds_the_part_with_its_bad_lots() -> None:
    findings = quality_excursion(_rows({21: 0.8, 14: 0.7, 7: 0.9}), AS_OF)
    assert found(findings) == [("I1", ago(21))]
    assert figure(findings, "rejected_share") == pytest.approx(0.8)
    assert findings.findings["own_value"][0] == pytest.approx(240 * 5.0)
    assert ("item_location", "I1@P1") in findings.touches.select("document_type", "document_id").rows()


@pytest.mark.parametrize("bad", [{}, {14: 0.12}, {28: 0.1, 14: 0.15}, {100: 0.9, 93: 0.9}])
def test_silent_on_usual_lots_and_on_what_is_over(bad: dict[int, float]) -> None:
    assert found(quality_excursion(_rows(bad), AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(quality_excursion, _rows({21: 0.8, 14: 0.7, 7: 0.9}), seed)
