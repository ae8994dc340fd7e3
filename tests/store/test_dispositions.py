"""Dispositions of stock: one for each position, kept under what outlives a build; the second person is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.store.rows import DISPOSITION, LATER, NOW
from tower.errors import StoreError
from tower.store import Store
from tower.store.dispositions import (
    dispose,
    finish_disposition,
    gone_dispositions,
    stock_dispositions,
    with_dispositions,
    withdraw_disposition,
)
from tower.store.references import lost_references
from tower.store.versioned import ChangedMeanwhile

POSITIONS = pl.DataFrame(
    {"item_id": ["C-MCU-01", "C-MCU-01", "B"], "location_id": ["P2", "P1", "P1"], "quantity": [1.0, 5.0, 0.0]}
)


def test_a_disposition_comes_back_as_it_was_made_and_is_on_record(store: Store) -> None:
    kept = dispose(store, DISPOSITION, "anna", NOW)
    assert kept == replace(DISPOSITION, author="anna", decided_at=NOW, version=1, disposition_id=kept.disposition_id)
    assert stock_dispositions(store) == [kept]
    (entry,) = store.audit_log(f"stock_disposition/{kept.disposition_id}")
    assert (entry.action, entry.user_id, entry.old_value, entry.new_value) == (
        "dispose_stock", "anna", None, kept.as_entry(),
    )  # fmt: skip


def test_it_is_changed_by_whoever_read_the_newest(store: Store) -> None:
    kept = dispose(store, DISPOSITION, "anna", NOW)
    now = dispose(store, replace(kept, disposition="scrap", owner="cai"), "bo", LATER)
    assert (now.version, now.author, now.disposition, now.disposition_id) == (2, "bo", "scrap", kept.disposition_id)
    with pytest.raises(ChangedMeanwhile, match=r"was changed by bo .*disposition from use_up to scrap"):
        dispose(store, replace(kept, owner="dan"), "anna", LATER)
    with pytest.raises(ChangedMeanwhile, match="was changed by bo"):
        withdraw_disposition(store, kept, "anna", LATER)
    assert stock_dispositions(store) == [now]


def test_of_two_who_saw_none_the_second_is_told_of_the_first(store: Store) -> None:
    kept = dispose(store, DISPOSITION, "anna", NOW)
    with pytest.raises(ChangedMeanwhile) as raised:
        dispose(store, replace(DISPOSITION, disposition="scrap"), "bo", LATER)
    assert str(raised.value) == (
        "anna decided on 2026-07-01 09:30 UTC about the stock of C-MCU-01 at P1: use_up, bo until 2026-07-31. "
        "Nothing of yours was saved. Read it again, then repeat your change."
    )
    assert (raised.value.current, stock_dispositions(store)) == (kept, [kept])
    assert len(store.audit_log()) == 1


def test_what_was_taken_back_or_done_can_be_decided_again(store: Store) -> None:
    withdrawn = withdraw_disposition(store, dispose(store, DISPOSITION, "anna", NOW), "bo", LATER)
    assert (withdrawn.status, stock_dispositions(store)) == ("withdrawn", [])
    assert stock_dispositions(store, with_withdrawn=True) == [withdrawn]
    again = dispose(store, DISPOSITION, "cai", LATER)
    done = finish_disposition(store, again, "cai", LATER)
    assert (done.status, done.is_overdue(date(2027, 1, 1)), stock_dispositions(store)) == ("done", False, [done])
    third = dispose(store, DISPOSITION, "anna", LATER)
    assert (third.version, third.status, third.disposition_id) == (5, "active", withdrawn.disposition_id)
    assert [one.action for one in store.audit_log()] == [
        "dispose_stock", "finish_disposition", "dispose_stock", "withdraw_disposition", "dispose_stock",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"disposition": "burn"}, "cannot be 'burn'; known dispositions: use_up, transfer, rework"),
        ({"owner": " "}, "needs an owner"),
        ({"item_id": ""}, "needs its item and its place"),
        ({"quantity": 0.0}, "about the quantity 0.0"),
        ({"quantity": float("nan")}, "about the quantity nan"),
        ({"disposition": "keep", "note": " "}, "to keep it needs a note"),
        ({"note": "x" * 1001}, "its note has 1001 characters, at most 1000"),
        ({"version": 3}, "There is no disposition for the stock of C-MCU-01 at P1; you read version 3"),
    ],
)
def test_what_cannot_be_kept_is_refused(store: Store, change: dict[str, object], sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        dispose(store, replace(DISPOSITION, **change), "anna", NOW)  # type: ignore[arg-type]
    assert (stock_dispositions(store), store.audit_log()) == ([], [])


def test_positions_show_their_disposition_and_whether_it_is_overdue(store: Store) -> None:
    dispose(store, DISPOSITION, "anna", NOW)
    dispose(store, replace(DISPOSITION, item_id="B"), "anna", NOW)
    kept = stock_dispositions(store)
    seen = with_dispositions(POSITIONS, kept, DISPOSITION.due_date)
    assert seen.select("disposition", "owner", "is_overdue").rows() == [
        (None, None, False), ("use_up", "bo", False), ("use_up", "bo", False),
    ]  # fmt: skip
    assert with_dispositions(POSITIONS, kept, date(2026, 8, 1))["is_overdue"].to_list() == [False, True, True]
    assert [one.item_id for one in gone_dispositions(POSITIONS, kept)] == ["B"]
    finish_disposition(store, kept[0], "anna", LATER)
    assert with_dispositions(POSITIONS, stock_dispositions(store), date(2026, 8, 1))["disposition"].to_list() == [
        None, None, "use_up",
    ]  # fmt: skip


def test_it_refers_to_its_item_and_place(store: Store) -> None:
    kept = dispose(store, DISPOSITION, "anna", NOW)
    assert [str(one) for one in lost_references([kept], {"item": set(), "location": {"P1"}})] == [
        "item C-MCU-01 is not in the served build any more"
    ]
