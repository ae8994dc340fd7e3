"""Decisions about action messages: kept under what outlives a build, all or none, never overwritten unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from tests.store.rows import DECISION, LATER, NOW
from tower.errors import StoreError
from tower.store import Store
from tower.store.decisions import (
    MessageDecision,
    decide,
    decisions_without_message,
    message_decisions,
    message_keys,
    message_object,
    with_decisions,
    withdraw_decision,
)
from tower.store.versioned import ChangedMeanwhile, Reference

ACCEPTED = replace(DECISION, decision="accept", until=None, document_id="PO0011429-2", reason="agreed")
TODAY = date(2026, 7, 1)


def messages(*rows: dict[str, object]) -> pl.DataFrame:
    kinds = {
        "code": pl.String(), "item_id": pl.String(), "location_id": pl.String(), "work_centre_id": pl.String(),
        "supplier_id": pl.String(), "order_type": pl.String(), "order_id": pl.String(), "demand_type": pl.String(),
        "demand_id": pl.String(), "finding_kind": pl.String(), "message_date": pl.Date(),
    }  # fmt: skip
    stated = {"item_id": "C-MCU-01", "location_id": "P1", "message_date": TODAY}
    return pl.DataFrame([{**dict.fromkeys(kinds), **stated, **row} for row in rows], schema=kinds)


LATE = {"code": "EXP", "order_type": "purchase_order_line", "order_id": "PO0011345-2", "demand_type": "planned_order",
        "demand_id": "P000228"}  # fmt: skip


def test_a_decision_comes_back_as_it_was_made_and_is_on_record(store: Store) -> None:
    (kept,) = decide(store, [DECISION], "anna", NOW)
    assert kept == replace(DECISION, author="anna", decided_at=NOW, version=1, decision_id=kept.decision_id)
    assert message_decisions(store) == [kept]
    (entry,) = store.audit_log(f"message_decision/{kept.decision_id}")
    assert (entry.action, entry.user_id, entry.old_value) == ("decide_message", "anna", None)
    assert entry.new_value == kept.as_entry()


def test_a_decision_in_the_place_of_one_that_was_read(store: Store) -> None:
    (kept,) = decide(store, [DECISION], "anna", NOW)
    (now,) = decide(store, [replace(kept, decision="reject", until=None, reason="no other source")], "bo", LATER)
    assert (now.version, now.author, now.decision, now.decision_id) == (2, "bo", "reject", kept.decision_id)
    assert message_decisions(store) == [now]
    with pytest.raises(
        ChangedMeanwhile, match=r"was changed by bo on 2026-07-01 10:30 UTC .*decision from snooze to reject"
    ):
        decide(store, [replace(kept, decision="accept", until=None)], "anna", LATER)
    with pytest.raises(ChangedMeanwhile, match="was changed by bo"):
        withdraw_decision(store, kept, "anna", LATER)


def test_of_two_who_saw_no_decision_the_second_is_told_of_the_first(store: Store) -> None:
    (kept,) = decide(store, [DECISION], "anna", NOW)
    with pytest.raises(ChangedMeanwhile) as raised:
        decide(store, [ACCEPTED, replace(DECISION, decision="accept", until=None)], "bo", LATER)
    assert str(raised.value) == (
        "anna decided on 2026-07-01 09:30 UTC about the message EXP of C-MCU-01 at P1, purchase order line PO0011345-2: "
        "snooze until 2026-07-03. Nothing of yours was saved. Read it again, then repeat your change."
    )
    assert raised.value.current == kept
    assert message_decisions(store) == [kept]
    assert len(store.audit_log()) == 1


def test_a_decision_taken_back_leaves_the_message_open_for_anybody(store: Store) -> None:
    (kept,) = decide(store, [DECISION], "anna", NOW)
    withdrawn = withdraw_decision(store, kept, "bo", LATER)
    assert (withdrawn.status, withdrawn.author) == ("withdrawn", "bo")
    assert message_decisions(store) == []
    assert message_decisions(store, with_withdrawn=True) == [withdrawn]
    (again,) = decide(store, [DECISION], "cai", LATER)
    assert (again.version, again.decision_id, again.status) == (3, kept.decision_id, "active")
    withdraw_decision(store, again, "cai", LATER)
    with pytest.raises(ChangedMeanwhile, match="was withdrawn by cai"):
        decide(store, [again], "anna", LATER)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"decision": "maybe"}, "cannot be 'maybe'; known decisions: accept, reject, snooze"),
        ({"reason": " "}, "needs a reason"),
        ({"until": None}, "needs the day until which"),
        ({"decision": "accept"}, "needs the day until which"),
        ({"code": ""}, "needs the message's code"),
        ({"item_id": "", "document_id": ""}, "needs the message's code and its item or document"),
        ({"reason": "x" * 1001}, "its reason has 1001 characters, at most 1000"),
        ({"item_id": "a\x00"}, "its item id holds a character that is no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_all_that_came_along(
    store: Store, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(StoreError, match=sentence):
        decide(store, [ACCEPTED, replace(DECISION, **change)], "anna", NOW)  # type: ignore[arg-type]
    assert (message_decisions(store), store.audit_log()) == ([], [])


def test_a_decision_that_was_never_made_cannot_be_replaced(store: Store) -> None:
    with pytest.raises(StoreError, match="There is no decision about the message EXP of C-MCU-01 at P1"):
        decide(store, [replace(DECISION, version=2)], "anna", NOW)
    with pytest.raises(StoreError, match=r"There is no message decision 7\."):
        withdraw_decision(store, replace(DECISION, decision_id=7, version=1), "anna", NOW)


def test_many_decisions_at_once_come_back_in_their_order(store: Store) -> None:
    many = [replace(ACCEPTED, document_id=f"PO{number}") for number in range(1200)]
    odd = decide(store, many[1::2], "anna", NOW)
    changed = [replace(one, decision="reject", reason="no") for one in odd[:3]]
    kept = decide(store, [many[0], *reversed(changed), *many[2::2]], "bo", LATER)
    assert [one.document_id for one in kept] == [
        "PO0",
        "PO5",
        "PO3",
        "PO1",
        *(f"PO{number}" for number in range(2, 1200, 2)),
    ]
    assert [one.version for one in kept[:5]] == [1, 2, 2, 2, 1]
    assert sorted(message_decisions(store), key=lambda one: one.decision_id or 0) == sorted(
        [*kept, *odd[3:]], key=lambda one: one.decision_id or 0
    )
    for row in (kept[0], kept[1], kept[-1], odd[-1]):
        assert store.audit_log(f"message_decision/{row.decision_id}")[0].new_value == row.as_entry()
    assert len(store.audit_log(limit=5000)) == 1203
    assert decide(store, [], "anna", NOW) == []


def test_two_decisions_about_one_message_at_once_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="two decisions about the message EXP of C-MCU-01 at P1, purchase order line"):
        decide(store, [DECISION, ACCEPTED, replace(DECISION, reason="other")], "anna", NOW)


@pytest.mark.parametrize(
    ("row", "document"),
    [
        (LATE, ("purchase_order_line", "PO0011345-2")),
        ({"code": "SHT", "order_type": "planned_order", "order_id": "P000544", "demand_type": "production_order",
          "demand_id": "MO0016687"}, ("planned_order", "2026-07-01")),
        ({"code": "EXP", "order_type": "phantom", "order_id": "T000410"}, ("phantom", "2026-07-01")),
        ({"code": "FCO", "demand_type": "sales_order_line", "demand_id": "SO0025138-1"}, ("sales_order_line", "SO0025138-1")),
        ({"code": "DNS", "demand_type": "forecast", "demand_id": "2027-01-18"}, ("forecast", "2027-01-18")),
        ({"code": "SSV"}, ("", "")),
        ({"code": "REL", "order_type": "planned_order", "order_id": "P1", "supplier_id": "V1"},
         ("planned_order", "2026-07-01/V1")),
        ({**LATE, "supplier_id": "V1"}, ("purchase_order_line", "PO0011345-2")),
        ({"code": "DNS", "demand_type": "sales_order_line", "demand_id": "SO1-1", "supplier_id": "V1"},
         ("sales_order_line", "SO1-1")),
        ({"code": "CAP", "location_id": None, "supplier_id": "V022"}, ("supplier", "V022")),
        ({"code": "MDE", "finding_kind": "no_bill"}, ("finding", "no_bill")),
        ({"code": "MDE", "finding_kind": "no_bill", "order_type": "production_order", "order_id": "MO1"},
         ("finding", "no_bill/MO1")),
        ({"code": "CAP", "item_id": None, "location_id": None, "work_centre_id": "WC-01"}, ("work_centre", "WC-01/2026-07-01")),
    ],
)  # fmt: skip
def test_a_message_is_known_by_what_outlives_its_build(row: dict[str, object], document: tuple[str, str]) -> None:
    keyed = message_keys(messages(row))
    assert keyed.select("document_type", "document_id").row(0) == document
    assert keyed.select("item_id", "location_id").null_count().row(0) == (0, 0)


def test_messages_show_their_decisions_and_are_open_again_when_a_snooze_is_over(store: Store) -> None:
    decide(store, [DECISION, ACCEPTED, replace(ACCEPTED, document_id="gone")], "anna", NOW)
    kept = message_decisions(store)
    plan = messages({**LATE, "order_id": "PO0011429-2"}, {"code": "SSV"}, LATE, LATE)
    seen = with_decisions(plan, kept, DECISION.until or TODAY)
    assert seen["decision"].to_list() == ["accept", None, "snooze", "snooze"]
    assert seen["is_open"].to_list() == [False, True, False, False]
    after = with_decisions(plan, kept, (DECISION.until or TODAY) + timedelta(days=1))
    assert after["is_open"].to_list() == [False, True, True, True]
    assert seen["decided_at"].to_list()[0] == NOW
    assert [one.document_id for one in decisions_without_message(plan, kept)] == ["gone"]
    assert with_decisions(plan, [], TODAY)["is_open"].all()


OVERLOADS = ({"code": "CAP", "location_id": None, "supplier_id": "V1"},
             {"code": "CAP", "location_id": None, "supplier_id": "V2"})  # fmt: skip
FORMER = MessageDecision("CAP", "C-MCU-01", "", "", "", "accept", "by air")


def test_two_suppliers_and_two_kinds_of_error_have_decisions_of_their_own(store: Store) -> None:
    errors = ({"code": "MDE", "finding_kind": "no_bill"}, {"code": "MDE", "finding_kind": "no_reorder_quantity"})
    plan = messages(*OVERLOADS, *errors)
    own = [MessageDecision("CAP", "C-MCU-01", "", "supplier", "V2", "accept", "agreed"),
           MessageDecision("MDE", "C-MCU-01", "P1", "finding", "no_bill", "reject", "bought soon")]  # fmt: skip
    seen = with_decisions(plan, decide(store, own, "anna", NOW), TODAY)
    assert seen["decision"].to_list() == [None, "accept", "reject", None]
    assert seen.height == 4


def test_a_former_decision_holds_where_it_means_one_message(store: Store) -> None:
    (kept,) = decide(store, [FORMER], "anna", NOW)
    alone = messages(OVERLOADS[0])
    seen = with_decisions(alone, [kept], TODAY)
    assert (seen["decision"].to_list(), seen["version"].to_list()) == (["accept"], [0])
    assert decisions_without_message(alone, [kept]) == []
    key = seen.select("code", "item_id", "location_id", "document_type", "document_id").row(0)
    (later,) = decide(store, [MessageDecision(*key, "reject", "too dear")], "bo", LATER)
    both = with_decisions(alone, message_decisions(store), TODAY)
    assert (both["decision"].to_list(), both["decision_id"].to_list()) == (["reject"], [later.decision_id])
    assert decisions_without_message(alone, message_decisions(store)) == [kept]


def test_a_former_decision_that_means_several_messages_leaves_them_open_and_is_told(store: Store) -> None:
    (kept,) = decide(store, [FORMER], "anna", NOW)
    plan = messages(*OVERLOADS)
    assert with_decisions(plan, [kept], TODAY)["is_open"].all()
    assert decisions_without_message(plan, [kept]) == [kept]


def test_comments_call_a_message_by_a_name_of_its_own_and_never_too_long() -> None:
    assert message_object(("CAP", "A/1", "", "supplier", "V 1")) == "CAP/A%2F1//supplier/V%201"
    assert message_object(("CAP", "A", "1", "x", "y")) != message_object(("CAP", "A/1", "", "x", "y"))
    long = [message_object(("CAP", "物" * 100, "P", "supplier", name)) for name in ("V1", "V2")]
    assert len(set(long)) == 2
    assert max(map(len, long)) <= 200


def test_a_decision_refers_to_what_has_a_number_of_its_own() -> None:
    place = (Reference("item", "C-MCU-01"), Reference("location", "P1"))
    assert DECISION.references() == (*place, Reference("purchase_order_line", "PO0011345-2"))
    assert replace(DECISION, document_type="planned_order", document_id="2026-07-01").references() == place
    overload = MessageDecision("CAP", "", "", "work_centre", "WC/1/2026-07-01", "accept", "overtime")
    assert overload.references() == (Reference("work_centre", "WC/1"),)
    supplier = MessageDecision("CAP", "I", "", "supplier", "V1", "accept", "by air")
    assert supplier.references() == (Reference("item", "I"), Reference("supplier", "V1"))
    assert replace(DECISION, document_type="finding", document_id="no_bill").references() == place
