"""What tests of the store keep: one of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tower.store import Store, open_store
from tower.store.alert_decisions import AlertDecision, assign, note_sent, visit
from tower.store.comments import Comment, add_comment
from tower.store.decisions import MessageDecision, decide
from tower.store.dispositions import StockDisposition, dispose
from tower.store.firmed_orders import FirmedOrder, firm_orders
from tower.store.forecast_overrides import ForecastOverride, add_forecast_override
from tower.store.scenarios import KeptScenario, add_scenario

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BUILD = "20260701T060000-000001"
INPUTS = b"planning inputs of the first build"
MORE = "  - {kind: demand_factor, factor: 1.2}\n"

OVERRIDE = ForecastOverride("planner", "factor", 2.0, date(2026, 8, 1), date(2026, 8, 31), "new customer", item_id="a")
COMMENT = Comment("item", "C-MCU-01", "The second supplier is approved · 第二供应商已批准")
DECISION = MessageDecision(
    "EXP", "C-MCU-01", "P1", "purchase_order_line", "PO0011345-2", "snooze", "supplier answers on Friday", date(2026, 7, 3)
)  # fmt: skip
ORDER = FirmedOrder(
    "buy", "C-MCU-01", "P1", 2080.0, date(2026, 8, 14), BUILD, "P000544", "price goes up",
    release_date=date(2026, 7, 6), supplier_id="V013",
)  # fmt: skip
DISPOSITION = StockDisposition(
    "C-MCU-01", "P1", "use_up", "bo", date(2026, 7, 31), 2080.0, 16640.0, "planned for the refit · 用于改装"
)
ALERT = AlertDecision("supplier_slipping|supplier|V07", "supplier_slipping", money_at_risk=41_000.0)


def change_file(name: str, on: str = "", changes: str = MORE) -> str:
    return f"scenario: 1\nname: {name}\n" + (f"on: {on}\n" if on else "") + f"changes:\n{changes}"


def scenario_named(name: str, on: KeptScenario | None = None) -> KeptScenario:
    text = change_file(name, on.name if on else "")
    return KeptScenario(name, text, BUILD, parent_id=on.scenario_id if on else None)


def added(store: Store, name: str, on: KeptScenario | None = None, by: str = "anna") -> KeptScenario:
    return add_scenario(store, scenario_named(name, on), INPUTS, by, NOW)


def with_factor(kept: KeptScenario, factor: float) -> KeptScenario:
    return replace(kept, change_file=kept.change_file.replace("1.2", str(factor)))


def fill(url: str) -> None:
    """Keep one of each in the store at `url`, and let go of it."""
    store = open_store(url)
    added(store, "one")
    decide(store, [DECISION], "anna", NOW)
    firm_orders(store, [ORDER], "anna", NOW)
    dispose(store, DISPOSITION, "anna", NOW)
    assign(store, ALERT, "bo", "anna", NOW)
    visit(store, "anna", date(2026, 7, 1), NOW)
    note_sent(store, "https://hook", {ALERT.alert_key: 41_000.0}, [ALERT.alert_key], date(2026, 7, 1), NOW)
    add_comment(store, COMMENT, "anna", NOW)
    add_forecast_override(store, OVERRIDE, "anna", NOW)
    store.close()
