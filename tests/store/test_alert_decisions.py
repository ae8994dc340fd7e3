"""Decisions about alerts: one for each key, derived standing, visits, and what was sent."""

from __future__ import annotations

from datetime import date

import pytest

from tests.store.rows import LATER, NOW
from tower.errors import StoreError
from tower.store import Store
from tower.store.alert_decisions import (
    AlertDecision,
    alert_decisions,
    assign,
    note_sent,
    reopen,
    resolve,
    sent,
    snooze,
    standing,
    visit,
)
from tower.store.versioned import ChangedMeanwhile

SLIP = AlertDecision("supplier_slipping|supplier|V07", "supplier_slipping", money_at_risk=41_000.0)
DAY = date(2026, 7, 1)


def test_an_alert_is_taken_assigned_put_to_sleep_and_resolved_with_a_record_of_each(store: Store) -> None:
    taken = assign(store, SLIP, "anna", "anna", NOW)
    given = assign(store, taken, "bo", "anna", LATER)
    asleep = snooze(store, given, date(2026, 7, 8), DAY, "bo", LATER)
    done = resolve(store, asleep, DAY, "Supplier sends by air from now on", "bo", LATER)
    assert alert_decisions(store) == [done]
    assert (done.owner, done.snoozed_until, done.resolved_as_of, done.version) == ("bo", None, DAY, 4)
    actions = [entry.action for entry in store.audit_log(f"alert_decision/{done.decision_id}")]
    assert sorted(actions) == ["assign_alert", "assign_alert", "resolve_alert", "snooze_alert"]
    again = reopen(store, done, "anna", LATER)
    assert (again.status, again.owner, again.resolved_as_of) == ("active", "bo", None)


def test_of_two_who_take_the_same_alert_the_second_is_told(store: Store) -> None:
    assign(store, SLIP, "anna", "anna", NOW)
    with pytest.raises(ChangedMeanwhile, match=r"anna decided on .* about this alert"):
        assign(store, SLIP, "bo", "bo", LATER)
    read = alert_decisions(store)[0]
    assign(store, read, "cai", "anna", LATER)
    with pytest.raises(ChangedMeanwhile, match="was changed by anna"):
        resolve(store, read, DAY, "done", "bo", LATER)


def test_a_resolution_needs_its_reason_and_sleep_a_day_ahead(store: Store) -> None:
    with pytest.raises(StoreError, match="how the alert was resolved"):
        resolve(store, SLIP, DAY, "  ", "bo", NOW)
    with pytest.raises(StoreError, match="2026-07-01 is not ahead"):
        snooze(store, SLIP, DAY, DAY, "bo", NOW)
    assert alert_decisions(store) == []


@pytest.mark.parametrize(
    ("decided", "running_since", "expected"),
    [
        (None, DAY, "new"),
        ({"owner": "anna"}, DAY, "taken"),
        ({"owner": ""}, DAY, "new"),
        ({"owner": "anna", "snoozed_until": date(2026, 7, 2)}, DAY, "snoozed"),
        ({"owner": "anna", "snoozed_until": DAY}, DAY, "taken"),
        ({"status": "resolved", "resolved_as_of": DAY}, date(2026, 6, 1), "resolved"),
        ({"status": "resolved", "resolved_as_of": date(2026, 6, 20)}, date(2026, 6, 25), "back"),
        ({"status": "resolved", "resolved_as_of": DAY}, None, "gone"),
        ({"owner": "anna"}, None, "gone"),
    ],
)
def test_how_an_alert_stands_follows_from_the_decision_and_the_builds(
    decided: dict[str, object] | None, running_since: date | None, expected: str
) -> None:
    decision = None if decided is None else AlertDecision("k", "supplier_slipping", **decided)  # type: ignore[arg-type]
    assert standing(decision, running_since, DAY) == expected


def test_what_is_new_since_the_last_visit_stays_new_while_the_same_build_is_read(store: Store) -> None:
    monday, tuesday = date(2026, 6, 29), date(2026, 6, 30)
    assert visit(store, "anna", monday, NOW) is None
    assert visit(store, "anna", monday, LATER) is None
    assert visit(store, "anna", tuesday, LATER) == monday
    assert visit(store, "anna", tuesday, LATER) == monday
    # Looking back at an earlier build is no visit of a newer one.
    assert visit(store, "anna", monday, LATER) == monday
    assert visit(store, "bo", tuesday, LATER) is None


def test_what_was_sent_is_known_by_channel_and_forgotten_when_it_is_gone(store: Store) -> None:
    note_sent(store, "https://hook", {"a": 10.0, "b": None}, ["a", "b"], DAY, NOW)
    note_sent(store, "mail", {"a": 3.0}, ["a"], DAY, NOW)
    assert (sent(store, "https://hook"), sent(store, "mail")) == ({"a": 10.0, "b": 0.0}, {"a": 3.0})
    note_sent(store, "https://hook", {"a": 25.0}, ["a", "c"], DAY, LATER)
    assert sent(store, "https://hook") == {"a": 25.0}
