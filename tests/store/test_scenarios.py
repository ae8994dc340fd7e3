"""Scenarios in the store: drafts, states, stacks, the inputs they stand on, and two planners at the same one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import text

from tests.store.rows import BUILD, INPUTS, LATER, NOW, added, change_file, scenario_named, with_factor
from tower.errors import StoreError
from tower.store import Store
from tower.store.database import writing
from tower.store.scenario_inputs import inputs_hash, kept_inputs, scenario_inputs
from tower.store.scenarios import (
    DRAFT,
    EXPIRED,
    PROMOTED,
    SHARED,
    TRANSITIONS,
    KeptScenario,
    add_scenario,
    change_scenario,
    expire_scenarios,
    move_scenario,
    remove_scenario,
    scenario,
    scenarios,
    whole_scenario,
)
from tower.store.versioned import ChangedMeanwhile

STATES = tuple(TRANSITIONS)
# How a draft comes into each state.
PATHS = {DRAFT: (), SHARED: (SHARED,), EXPIRED: (EXPIRED,), PROMOTED: (SHARED, PROMOTED)}


def brought(store: Store, kept: KeptScenario, state: str) -> KeptScenario:
    for step in PATHS[state]:
        kept = move_scenario(store, kept, step, "anna", NOW)
    return kept


def test_a_scenario_comes_back_as_it_was_added_and_is_on_record(store: Store) -> None:
    kept = added(store, "second supplier")
    assert kept == replace(
        scenario_named("second supplier"), owner="anna", state=DRAFT, created_at=NOW, changed_at=NOW, changed_by="anna",
        inputs_hash=inputs_hash(INPUTS), version=1, scenario_id=kept.scenario_id,
    )  # fmt: skip
    assert scenario(store, kept.scenario_id or 0) == kept
    assert scenarios(store) == [kept]
    (entry,) = store.audit_log(f"scenario/{kept.scenario_id}")
    assert (entry.action, entry.user_id, entry.old_value, entry.new_value) == (
        "add_scenario", "anna", None, kept.as_entry()
    )  # fmt: skip
    assert scenario_inputs(store, kept.inputs_hash) == INPUTS


def test_a_change_is_a_new_version_with_both_states_on_record(store: Store) -> None:
    kept = added(store, "more")
    changed = change_scenario(store, with_factor(kept, 1.5), "bo", LATER)
    assert (changed.version, changed.owner, changed.changed_by, changed.changed_at) == (2, "anna", "bo", LATER)
    assert whole_scenario(store, changed).changes[0].factor == 1.5  # type: ignore[attr-defined]
    entry = store.audit_log(f"scenario/{kept.scenario_id}")[0]
    assert (entry.old_value, entry.new_value) == (kept.as_entry(), changed.as_entry())


def test_the_second_of_two_planners_is_told_who_changed_what_and_when(store: Store) -> None:
    kept = added(store, "more")
    renamed = change_scenario(
        store, replace(with_factor(kept, 1.5), name="much more", change_file=change_file("x")), "bo", LATER
    )
    with pytest.raises(ChangedMeanwhile) as raised:
        change_scenario(store, replace(kept, expires_at=LATER), "anna", LATER)
    assert str(raised.value) == (
        f"The scenario {kept.scenario_id} was changed by bo on 2026-07-01 10:30 UTC after you read it (version 2, yours 1): "
        "name from more to much more, change file. Nothing of yours was saved. Read it again, then repeat your change."
    )
    assert raised.value.current == renamed
    for late in (
        lambda: move_scenario(store, kept, SHARED, "anna", LATER),
        lambda: remove_scenario(store, kept, "anna", LATER),
    ):
        with pytest.raises(ChangedMeanwhile, match="was changed by bo"):
            late()
    move_scenario(store, renamed, SHARED, "cai", LATER + timedelta(minutes=5))
    with pytest.raises(ChangedMeanwhile, match=r"by bo and cai on 2026-07-01 10:35 UTC .*state from draft to shared"):
        change_scenario(store, kept, "anna", LATER)
    assert [one.version for one in scenarios(store)] == [3]


@pytest.mark.parametrize(("state", "to"), list(product(STATES, STATES)))
def test_a_scenario_takes_the_steps_of_the_table_and_no_other(store: Store, state: str, to: str) -> None:
    kept = brought(store, added(store, "one"), state)
    if to in TRANSITIONS[state]:
        moved = move_scenario(store, kept, to, "bo", LATER)
        assert (moved.state, moved.version, moved.changed_by) == (to, kept.version + 1, "bo")
        assert scenarios(store, states=[to]) == [moved]
        return
    with pytest.raises(
        StoreError, match=rf"The scenario 'one' \(number \d+\) is {state} and cannot become {to}, only "
    ):
        move_scenario(store, kept, to, "bo", LATER)
    assert scenarios(store) == [kept]


def test_a_state_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be 'gone'; known states: draft, shared, expired, promoted"):
        move_scenario(store, added(store, "one"), "gone", "anna", NOW)


@pytest.mark.parametrize("state", [SHARED, EXPIRED, PROMOTED])
def test_only_the_content_of_a_draft_changes(store: Store, state: str) -> None:
    kept = brought(store, added(store, "one"), state)
    with pytest.raises(StoreError, match=rf"is {state}"):
        change_scenario(store, with_factor(kept, 3), "anna", LATER)
    with pytest.raises(StoreError, match=rf"is {state}"):
        change_scenario(store, kept, "anna", LATER, inputs=b"of another build")
    if state == SHARED:
        assert change_scenario(store, replace(kept, expires_at=LATER), "anna", NOW).expires_at == LATER
    assert list(kept_inputs(store)) == [inputs_hash(INPUTS)]


def test_an_owner_has_a_name_once(store: Store) -> None:
    first, second = added(store, "one"), added(store, "two")
    added(store, "one", by="bo")
    with pytest.raises(StoreError, match=rf"anna has a scenario 'one' already \(number {first.scenario_id}\)"):
        added(store, "one")
    with pytest.raises(StoreError, match="anna has a scenario 'one' already"):
        change_scenario(store, replace(second, name="one"), "anna", NOW)
    assert [one.name for one in scenarios(store, owner="anna")] == ["one", "two"]


def test_a_stack_is_read_from_the_base_up(store: Store) -> None:
    below = added(store, "below")
    above = with_factor(scenario_named("above", below), 1.5)
    above = add_scenario(store, replace(above, inputs_hash=below.inputs_hash), None, "bo", NOW)
    top = added(store, "top", above, by="cai")
    assert [one.factor for one in whole_scenario(store, top).changes] == [1.2, 1.5, 1.2]  # type: ignore[attr-defined]


def test_a_stack_and_its_change_file_say_the_same(store: Store) -> None:
    below = added(store, "below")
    with pytest.raises(StoreError, match="There is no scenario 'other' to stack it on"):
        add_scenario(
            store, replace(scenario_named("a", below), change_file=change_file("a", "other")), INPUTS, "anna", NOW
        )
    with pytest.raises(StoreError, match=r"change file does not say so: write `on: below`"):
        add_scenario(store, replace(scenario_named("a", below), change_file=change_file("a")), INPUTS, "anna", NOW)
    with pytest.raises(StoreError, match="There is no scenario 'below' to stack it on"):
        add_scenario(store, replace(scenario_named("a", below), parent_id=None), INPUTS, "anna", NOW)
    with pytest.raises(StoreError, match=r"There is no scenario 99\."):
        add_scenario(store, replace(scenario_named("a", below), parent_id=99), INPUTS, "anna", NOW)
    above = added(store, "above", below)
    with pytest.raises(StoreError, match="stands on itself"):
        change_scenario(
            store, replace(below, parent_id=above.scenario_id, change_file=change_file("below", "above")), "anna", NOW
        )
    with pytest.raises(StoreError, match=r"keeps its name: scenario 'above' .* stands on it by that name"):
        change_scenario(store, replace(below, name="base"), "anna", NOW)


def test_what_others_count_on_stands_on_nothing_that_may_change(store: Store) -> None:
    below = added(store, "below")
    above = added(store, "above", below)
    for state in (SHARED, PROMOTED):
        with pytest.raises(StoreError, match=r"stands on scenario 'below' \(number \d+\), which is a draft"):
            move_scenario(store, above, state, "anna", NOW)
    below = move_scenario(store, below, SHARED, "anna", NOW)
    move_scenario(store, above, SHARED, "anna", NOW)
    with pytest.raises(
        StoreError, match=r"cannot become a draft: scenario 'above' \(number \d+\) stands on it and is shared"
    ):
        move_scenario(store, below, DRAFT, "anna", NOW)
    below = move_scenario(store, below, EXPIRED, "anna", NOW)
    with pytest.raises(StoreError, match="cannot be removed: scenario 'above'"):
        remove_scenario(store, below, "anna", NOW)


@pytest.mark.parametrize(
    ("change_file_", "sentence"),
    [
        (change_file("x", changes="  - {kind: demand_facto, factor: 1}\n"), "line 4, .*'demand_facto' is no kind of change"),
        ("just a text", "A change file begins with"),
        (change_file("x", changes="  - {kind: demand_factor, factor: -1}\n  - {kind: nothing}\n"), "2 mistakes"),
    ],
)  # fmt: skip
def test_a_change_file_with_mistakes_is_not_kept_and_each_has_its_sentence(
    store: Store, change_file_: str, sentence: str
) -> None:
    with pytest.raises(StoreError, match=rf"(?s)The scenario 'x' cannot be kept\. .*{sentence}"):
        add_scenario(store, KeptScenario("x", change_file_, BUILD), INPUTS, "anna", NOW)
    assert (scenarios(store), store.audit_log(), kept_inputs(store)) == ([], [], {})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "needs a name and the build"),
        ({"base_build_id": ""}, "needs a name and the build"),
        ({"inputs_hash": "0" * 64}, "without the planning inputs of its base"),
        ({"name": "x" * 201}, "its name has 201 characters, at most 200 are kept. Shorten it."),
        ({"name": "x\x00"}, "its name holds a character that is no text"),
        ({"name": "x\ud800"}, "its name holds a character that is no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_alike_on_both_databases(
    store: Store, change: dict[str, str], sentence: str
) -> None:
    inputs = None if "inputs_hash" in change else INPUTS
    with pytest.raises(StoreError, match=sentence):
        add_scenario(store, replace(scenario_named("x"), **change), inputs, "anna", NOW)
    assert (scenarios(store), store.audit_log(), kept_inputs(store)) == ([], [], {})


def test_inputs_are_kept_once_for_all_scenarios_and_go_with_the_last(store: Store) -> None:
    first, second = added(store, "one"), added(store, "two")
    assert kept_inputs(store) == {inputs_hash(INPUTS): len(INPUTS)}
    moved = change_scenario(store, replace(second, base_build_id="later"), "anna", LATER, inputs=b"of a later build")
    assert set(kept_inputs(store)) == {inputs_hash(INPUTS), inputs_hash(b"of a later build")}
    remove_scenario(store, first, "bo", LATER)
    assert set(kept_inputs(store)) == {moved.inputs_hash}
    assert scenario_inputs(store, moved.inputs_hash) == b"of a later build"
    entry = store.audit_log(f"scenario/{first.scenario_id}")[0]
    assert (entry.action, entry.old_value, entry.new_value) == ("remove_scenario", first.as_entry(), None)
    with pytest.raises(ChangedMeanwhile, match=r"was removed by bo on 2026-07-01 10:30 UTC"):
        change_scenario(store, with_factor(first, 2), "anna", LATER)
    with pytest.raises(StoreError, match="are not kept"):
        scenario_inputs(store, first.inputs_hash)


def test_inputs_are_any_bytes_and_damage_is_found(store: Store) -> None:
    content = bytes(range(256)) * 1000
    kept = add_scenario(store, scenario_named("x"), content, "anna", NOW)
    assert scenario_inputs(store, kept.inputs_hash) == content
    with writing(store.engine) as connection:
        connection.execute(text("update scenario_inputs set content = :damaged"), {"damaged": content[:-1]})
    with pytest.raises(StoreError, match=r"are damaged\. Bring the app store back from a backup"):
        scenario_inputs(store, kept.inputs_hash)


def test_scenarios_expire_when_their_time_has_come_and_can_be_reopened(store: Store) -> None:
    draft = change_scenario(store, replace(added(store, "draft"), expires_at=LATER), "anna", NOW)
    shared = move_scenario(
        store,
        change_scenario(store, replace(added(store, "shared"), expires_at=LATER), "anna", NOW),
        SHARED,
        "anna",
        NOW,
    )
    added(store, "for ever")
    assert expire_scenarios(store, LATER - timedelta(seconds=1)) == []
    expired = expire_scenarios(store, LATER)
    assert [(one.scenario_id, one.state) for one in expired] == [
        (draft.scenario_id, EXPIRED),
        (shared.scenario_id, EXPIRED),
    ]
    assert expire_scenarios(store, LATER) == []
    assert store.audit_log()[0].user_id == "system"
    reopened = move_scenario(store, expired[0], DRAFT, "anna", LATER)
    assert (reopened.state, reopened.expires_at) == (DRAFT, None)


@pytest.mark.parametrize(("state", "goes"), [(DRAFT, True), (SHARED, False), (EXPIRED, True), (PROMOTED, False)])
def test_what_others_may_count_on_is_not_removed(store: Store, state: str, goes: bool) -> None:
    kept = brought(store, added(store, "one"), state)
    if goes:
        remove_scenario(store, kept, "anna", NOW)
        assert scenarios(store) == []
    else:
        with pytest.raises(StoreError, match=rf"is {state} and cannot be removed"):
            remove_scenario(store, kept, "anna", NOW)
