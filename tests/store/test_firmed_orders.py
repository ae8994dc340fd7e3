"""Firmed orders: kept, changed, withdrawn; one planned order is firmed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.store.rows import LATER, NOW, ORDER, added
from tower.errors import StoreError
from tower.store import Store
from tower.store.firmed_orders import change_firmed_order, firm_orders, firmed_orders, withdraw_firmed_order
from tower.store.versioned import ChangedMeanwhile


def test_a_firmed_order_comes_back_as_it_was_made_and_is_on_record(store: Store) -> None:
    origin = added(store, "promoted").scenario_id
    parts = [replace(ORDER, document_id=f"P000544/{part}", quantity=1040.0, scenario_id=origin) for part in (1, 2)]
    kept = firm_orders(store, parts, "anna", NOW)
    assert firmed_orders(store) == kept
    assert kept[0] == replace(
        parts[0], author="anna", created_at=NOW, version=1, firmed_order_id=kept[0].firmed_order_id
    )  # fmt: skip
    (entry,) = store.audit_log(f"firmed_order/{kept[1].firmed_order_id}")
    assert (entry.action, entry.old_value, entry.new_value) == ("firm_order", None, kept[1].as_entry())


def test_a_planned_order_is_firmed_once_and_the_second_planner_is_told(store: Store) -> None:
    (kept,) = firm_orders(store, [ORDER], "anna", NOW)
    other = replace(ORDER, document_id="P000545")
    with pytest.raises(ChangedMeanwhile) as raised:
        firm_orders(store, [other, replace(ORDER, quantity=1.0)], "bo", LATER)
    assert str(raised.value) == (
        "The planned order P000544 (C-MCU-01 at P1) was firmed by anna on 2026-07-01 09:30 UTC: 2080 for 2026-08-14. "
        "Nothing of yours was saved. Change that one, or withdraw it first."
    )
    assert (raised.value.current, firmed_orders(store)) == (kept, [kept])
    withdraw_firmed_order(store, kept, "anna", LATER)
    assert len(firm_orders(store, [other, ORDER], "bo", LATER)) == 2
    with pytest.raises(StoreError, match="planned order P9 is to be firmed twice"):
        firm_orders(store, [replace(ORDER, document_id="P9"), replace(ORDER, document_id="P9")], "bo", LATER)
    # Another plan gives the same number to another order.
    firm_orders(store, [replace(ORDER, base_build_id="20260702T060000-000001")], "bo", LATER)
    assert len(firmed_orders(store)) == 3


def test_a_change_keeps_where_it_came_from_and_tells_the_second(store: Store) -> None:
    (kept,) = firm_orders(store, [ORDER], "anna", NOW)
    moved = replace(kept, due_date=date(2026, 8, 7), base_build_id="other", document_id="other", author="mallory")
    changed = change_firmed_order(store, moved, "bo", LATER)
    assert changed == replace(kept, due_date=date(2026, 8, 7), version=2)
    with pytest.raises(
        ChangedMeanwhile, match=r"by bo on .*: due date from 2026-08-14 to 2026-08-07\. Nothing of yours"
    ):
        change_firmed_order(store, replace(kept, quantity=5.0), "anna", LATER)
    with pytest.raises(ChangedMeanwhile, match="by bo"):
        withdraw_firmed_order(store, kept, "anna", LATER)
    withdrawn = withdraw_firmed_order(store, changed, "bo", LATER)
    assert (firmed_orders(store), firmed_orders(store, with_withdrawn=True)) == ([], [withdrawn])
    with pytest.raises(StoreError, match="was withdrawn and stays as it is"):
        change_firmed_order(store, withdrawn, "anna", LATER)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quantity": 0.0}, "has the quantity 0.0; an order is for more than 0"),
        ({"quantity": float("nan")}, "has the quantity nan"),
        ({"release_date": date(2026, 9, 1)}, "is released on 2026-09-01, after its due date 2026-08-14"),
        ({"reason": ""}, "needs a reason"),
        ({"document_id": ""}, "needs its type, item, location, build and the number"),
        ({"scenario_id": 99}, "There is no scenario 99 that the order P000544 came from"),
        ({"supplier_id": "V" * 101}, "its supplier id has 101 characters"),
    ],
)  # fmt: skip
def test_what_is_no_order_is_refused_with_all_that_came_along(
    store: Store, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(StoreError, match=sentence):
        firm_orders(store, [replace(ORDER, document_id="P000001"), replace(ORDER, **change)], "anna", NOW)  # type: ignore[arg-type]
    assert (firmed_orders(store), store.audit_log()) == ([], [])
