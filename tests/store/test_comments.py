"""Comments on anything: added, changed by who wrote them, withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.rows import COMMENT, LATER, NOW
from tower.errors import StoreError
from tower.store import Store
from tower.store.comments import Comment, add_comment, change_comment, comments, withdraw_comment
from tower.store.versioned import ChangedMeanwhile


def test_comments_are_found_by_what_they_are_on(store: Store) -> None:
    first = add_comment(store, COMMENT, "anna", NOW)
    second = add_comment(store, replace(COMMENT, text="Since when?"), "bo", LATER)
    other = add_comment(store, Comment("scenario", "12", "Too late for August"), "bo", LATER)
    assert first == replace(
        COMMENT, author="anna", created_at=NOW, changed_at=NOW, version=1, comment_id=first.comment_id
    )
    assert comments(store, "item", "C-MCU-01") == [first, second]
    assert comments(store, "scenario") == [other]
    assert comments(store) == [first, second, other]
    (entry,) = store.audit_log(f"comment/{first.comment_id}")
    assert (entry.action, entry.new_value) == ("add_comment", first.as_entry())


def test_who_wrote_it_changes_it_and_anybody_can_take_it_away_on_record(store: Store) -> None:
    kept = add_comment(store, COMMENT, "anna", NOW)
    changed = change_comment(store, replace(kept, text="Approved from August", object_id="elsewhere"), "anna", LATER)
    assert (changed.text, changed.object_id, changed.version, changed.changed_at) == (
        "Approved from August", "C-MCU-01", 2, LATER
    )  # fmt: skip
    with pytest.raises(StoreError, match=r"is anna's\. Write one of your own"):
        change_comment(store, replace(changed, text="no"), "bo", LATER)
    with pytest.raises(ChangedMeanwhile, match="was changed by anna"):
        withdraw_comment(store, kept, "bo", LATER)
    withdrawn = withdraw_comment(store, changed, "bo", LATER)
    assert (comments(store), comments(store, with_withdrawn=True)) == ([], [withdrawn])
    assert store.audit_log()[0].user_id == "bo"
    with pytest.raises(StoreError, match="was withdrawn and stays as it is"):
        change_comment(store, withdrawn, "anna", LATER)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": " "}, "needs a text, and a thing that it is on"),
        ({"object_id": ""}, "needs a text, and a thing that it is on"),
        ({"text": "x" * 10_001}, "its text has 10001 characters, at most 10000"),
        ({"object_kind": "x" * 51}, "its object kind has 51 characters"),
    ],
)  # fmt: skip
def test_what_is_no_comment_is_refused(store: Store, change: dict[str, str], sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        add_comment(store, replace(COMMENT, **change), "anna", NOW)
    assert (comments(store), store.audit_log()) == ([], [])
