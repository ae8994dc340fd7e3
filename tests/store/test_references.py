"""What was entered about things that are gone is kept and found."""

from __future__ import annotations

from dataclasses import replace

from tests.store.rows import BUILD, COMMENT, DECISION, NOW, ORDER, OVERRIDE, added
from tower.store import Store
from tower.store.comments import add_comment
from tower.store.decisions import decide
from tower.store.firmed_orders import firm_orders
from tower.store.forecast_overrides import add_forecast_override
from tower.store.references import lost_references


def test_what_the_served_build_does_not_have_is_told_and_nothing_is_lost(store: Store) -> None:
    scenario = added(store, "one")
    (decision,) = decide(store, [DECISION], "anna", NOW)
    (order,) = firm_orders(store, [ORDER], "anna", NOW)
    comment = add_comment(store, COMMENT, "anna", NOW)
    override = add_forecast_override(store, OVERRIDE, "anna", NOW)
    kept = [scenario, decision, order, comment, override]
    served = {
        "item": {"C-MCU-01", "a"}, "location": {"P1"}, "supplier": {"V013"}, "build": {BUILD},
        "purchase_order_line": {"PO0011345-2"},
    }  # fmt: skip
    assert lost_references(kept, served) == []
    without = {**served, "item": {"a"}, "supplier": set(), "build": set(), "purchase_order_line": set()}
    lost = lost_references(kept, without)
    assert [(one.kept, str(one)) for one in lost] == [
        (scenario, f"build {BUILD} is gone"),
        (decision, "item C-MCU-01 is not in the served build any more"),
        (decision, "purchase order line PO0011345-2 is not in the served build any more"),
        (order, "item C-MCU-01 is not in the served build any more"),
        (order, "supplier V013 is not in the served build any more"),
        (order, f"build {BUILD} is gone"),
        (comment, "item C-MCU-01 is not in the served build any more"),
    ]


def test_of_kinds_that_nobody_gave_nothing_is_said() -> None:
    assert lost_references([replace(COMMENT, object_kind="page")], {"item": set()}) == []
