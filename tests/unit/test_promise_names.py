"""Promises in the words of documents, and in sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planning.errors import PlanningError
from planning.model.inputs import planning_model
from planning.tables.promise import Promising
from tests.unit.plan_rows import AS_OF, rows, working_week
from tower.planned_order.promise_words import promise_in_words

POLICY: dict[str, Any] = {"item_id": "A", "supply_type": "buy", "lead_time_days": 30.0}
SALE = {"sales_order_line_id": "S1", "item_id": "A", "customer_id": "K", "requested_date": date(2026, 7, 10),
        "open_quantity": 10.0}  # fmt: skip


def promising(**tables: Any) -> Promising:
    return Promising.of(planning_model(rows(**tables), AS_OF))


def bought() -> Promising:
    """12 in stock, 10 of them sold; 5 come on 20 July; whatever is ordered today comes 30 days later."""
    receipt = {"purchase_order_line_id": "PO7", "item_id": "A", "location_id": "PL", "supplier_id": "V",
               "due_date": date(2026, 7, 20), "open_quantity": 5.0}  # fmt: skip
    return promising(
        policies=[POLICY], sales_lines=[SALE], purchase_lines=[receipt], stock=[{"item_id": "A", "quantity": 12.0}],
        item_suppliers=[{"item_id": "A", "supplier_id": "V", "lead_time_days": 30.0}],
    )  # fmt: skip


def test_stock_then_the_receipt_then_what_is_ordered_today() -> None:
    found = bought().answer("A", 10.0)
    assert found.parts == ((AS_OF, 2.0), (date(2026, 7, 20), 5.0), (date(2026, 7, 30), 3.0))
    assert (found.possible_date, found.wanted_date_quantity) == (date(2026, 7, 30), 2.0)
    assert found.limits_date is not None
    assert (found.limits_date.supplier_id, found.limits_date.lead_days) == ("V", 30)


def test_the_sentences_name_date_parts_and_reason_in_both_languages() -> None:
    found = bought().answer("A", 10.0, date(2026, 7, 1), customer_id="K")
    english, chinese = promise_in_words(found), promise_in_words(found, "zh")
    assert "Asked: 10 PCS A from PL on 2026-07-01 for K." in english
    assert "All of it can be there on 2026-07-30." in english
    assert "In parts: 2 PCS on 2026-07-01, 5 PCS on 2026-07-20, 3 PCS on 2026-07-30." in english
    assert "What limits the date: A at PL from V, 30 days from release to receipt, there on 2026-07-30" in english
    assert "全部数量最早 2026-07-30 可供" in chinese
    assert "日期受限于：PL 的 A（来自 V），从下达到入库 30 天" in chinese
    for text in (english, chinese):
        assert "None" not in text
        assert "{" not in text


def test_an_open_order_that_is_waited_for_is_named() -> None:
    found = bought().answer("A", 7.0)
    assert found.possible_date == date(2026, 7, 20)
    assert found.limits_date is not None
    assert (found.limits_date.document_type, found.limits_date.document) == ("purchase_order_line", "PO7")
    assert "A at PL comes with purchase order line PO7, on 2026-07-20 at the earliest" in promise_in_words(found)


def test_a_work_centre_without_hours_is_named_with_its_week() -> None:
    """Half an hour a piece, 8 h a day: 40 h a week make 80 pieces. 200 need 100 h; the first week has 4 days."""
    asked = promising(
        policies=[{"item_id": "P", "supply_type": "make", "lead_time_days": 7.0}], boms=[{"bom_id": "B", "item_id": "P"}],
        calendars=working_week(), locations=[{"location_id": "PL", "calendar_id": "CN"}],
        work_centres=[{"work_centre_id": "W"}],
        operations=[{"operation_id": "1", "bom_id": "B", "sequence": 1, "work_centre_id": "W",
                     "run_hours_per_unit": 0.5}],
    )  # fmt: skip
    found = asked.answer("P", 200.0)
    assert found.limits_date is not None
    assert (found.limits_date.work_centre_id, found.limits_date.hours) == ("W", 100.0)
    # 32 h until 5 July and 40 h until 12 July: the last start is in the week of 13 July, 5 working days before the end.
    assert (found.limits_date.free_hours, found.possible_date) == (72.0, date(2026, 7, 20))
    assert "work centre W has 72 hours left until the week of 2026-07-06, and 100 would be needed" in promise_in_words(
        found
    )


def test_what_is_not_planned_is_refused_with_what_to_do() -> None:
    asked = bought()
    with pytest.raises(PlanningError, match="'X' is not planned: it has no policy"):
        asked.answer("X", 1.0)
    with pytest.raises(PlanningError, match=r"not planned at 'Q'\. It is planned at PL"):
        asked.answer("A", 1.0, location_id="Q")
