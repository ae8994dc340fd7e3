"""Scenarios of planners: a change file, the inputs it was made on, and a state that says who counts on it.

    draft ⇄ shared → promoted        draft → promoted
    draft, shared → expired → draft

Only a draft's content can change: what others compare with or stack on stays what they saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, select

from planning.scenarios.document import Scenario, read_scenario
from planning.scenarios.problems import ScenarioError
from tower.errors import StoreError
from tower.store.database import reading, writing
from tower.store.scenario_inputs import are_kept, drop_unused_inputs, keep_inputs
from tower.store.schema import scenarios as table
from tower.store.store import Store
from tower.store.values import SYSTEM
from tower.store.versioned import Kept, Reference, VersionedTable

DRAFT, SHARED, EXPIRED, PROMOTED = "draft", "shared", "expired", "promoted"
# A promoted scenario is the record of what was decided: it stays.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    DRAFT: (SHARED, PROMOTED, EXPIRED),
    SHARED: (DRAFT, PROMOTED, EXPIRED),
    EXPIRED: (DRAFT,),
    PROMOTED: (),
}
_ACTIONS = {
    DRAFT: "reopen_scenario",
    SHARED: "share_scenario",
    EXPIRED: "expire_scenario",
    PROMOTED: "promote_scenario",
}
# What decides the figures of a scenario.
_CONTENT = ("change_file", "parent_id", "base_build_id", "inputs_hash")


@dataclass(frozen=True, slots=True)
class KeptScenario(Kept):
    """One scenario. Of a new one, the store gives `scenario_id`, `version`, `owner`, `state` and the instants.

    `change_file`: the text of its YAML; its `on`, if any, is the name of the scenario `parent_id`. `base_build_id`: the
    build it was made on, which may be gone; `inputs_hash`: that build's planning inputs, which are kept.
    """

    KEY: ClassVar[str] = "scenario_id"
    name: str
    change_file: str
    base_build_id: str
    inputs_hash: str = ""
    parent_id: int | None = None
    expires_at: datetime | None = None
    owner: str = ""
    state: str = DRAFT
    created_at: datetime | None = None
    changed_at: datetime | None = None
    changed_by: str = ""
    scenario_id: int | None = None

    def references(self) -> tuple[Reference, ...]:
        """The build it was made on."""
        return (Reference("build", self.base_build_id),)


_SCENARIOS = VersionedTable(table, KeptScenario, "scenario")


def scenarios(store: Store, *, states: Sequence[str] | None = None, owner: str | None = None) -> list[KeptScenario]:
    """All scenarios, or those in some states or of one owner, oldest first."""
    query = select(table).order_by(table.c.scenario_id)
    if states is not None:
        query = query.where(table.c.state.in_(states))
    if owner is not None:
        query = query.where(table.c.owner == owner)
    with reading(store.engine) as connection:
        return [_SCENARIOS.read(row) for row in connection.execute(query).mappings()]


def scenario(store: Store, scenario_id: int) -> KeptScenario:
    """One scenario. Raises StoreError where there is none."""
    with reading(store.engine) as connection:
        return _SCENARIOS.existing(connection, scenario_id)


def whole_scenario(store: Store, kept: KeptScenario) -> Scenario:
    """The changes of a scenario with those it is stacked on below it. Raises ScenarioError for a file with mistakes."""
    with reading(store.engine) as connection:
        return _whole(connection, kept)


def add_scenario(store: Store, new: KeptScenario, inputs: bytes | None, by: str, now: datetime) -> KeptScenario:
    """Keep a new draft of the user `by`, with the planning inputs of its base.

    `inputs` may be None where `new.inputs_hash` names some that are kept. Raises StoreError where it cannot be kept.
    """
    with writing(store.engine) as connection:
        made = replace(
            new, owner=by, state=DRAFT, created_at=now, changed_at=now, changed_by=by, scenario_id=None,
            inputs_hash=new.inputs_hash if inputs is None else keep_inputs(connection, inputs, now),
        )  # fmt: skip
        _check(connection, made)
        return _SCENARIOS.add(connection, made, "add_scenario", by, now)


def change_scenario(
    store: Store, changed: KeptScenario, by: str, now: datetime, inputs: bytes | None = None
) -> KeptScenario:
    """Save a scenario that was read at `changed.version`; `inputs` are those of a new base.

    Its expiry can change while it is a draft or shared, the rest only as a draft. Raises ChangedMeanwhile when
    somebody else saved it since, and StoreError when it cannot be kept.
    """
    with writing(store.engine) as connection:
        before = _SCENARIOS.unchanged(connection, changed)
        after = replace(
            changed, owner=before.owner, state=before.state, created_at=before.created_at,
            changed_at=now, changed_by=by,
            inputs_hash=changed.inputs_hash if inputs is None else keep_inputs(connection, inputs, now),
        )  # fmt: skip
        if before.state in (EXPIRED, PROMOTED):
            raise StoreError(f"{_called(before)} is {before.state} and stays as it is. {_mend(before.state)}")
        if before.state != DRAFT and any(getattr(before, name) != getattr(after, name) for name in _CONTENT):
            raise StoreError(
                f"{_called(before)} is {before.state}: others count on its changes. Take it back to draft first, or "
                "stack a new scenario on it."
            )
        above = _children(connection, before)
        if above and before.name != after.name:
            raise StoreError(f"{_called(before)} keeps its name: {_named(above[0])} stands on it by that name.")
        _check(connection, after)
        kept = _SCENARIOS.change(connection, before, after, "change_scenario", by, now)
        drop_unused_inputs(connection, before.inputs_hash)
        return kept


def move_scenario(store: Store, read: KeptScenario, state: str, by: str, now: datetime) -> KeptScenario:
    """Bring a scenario that was read at `read.version` into another state.

    Raises ChangedMeanwhile as saving does, and StoreError for a step that `TRANSITIONS` does not know, to share or
    promote one that stands on a draft, or to reopen one that a shared or promoted one stands on.
    """
    with writing(store.engine) as connection:
        return moved_scenario(connection, read, state, by, now)


def moved_scenario(connection: Connection, read: KeptScenario, state: str, by: str, now: datetime) -> KeptScenario:
    """The same within a transaction that keeps more than this."""
    return _moved(connection, _SCENARIOS.unchanged(connection, read), state, by, now)


def expire_scenarios(store: Store, now: datetime) -> list[KeptScenario]:
    """Let all drafts and shared scenarios expire whose time has come; gives those."""
    due = (
        select(table).where(table.c.expires_at <= now, table.c.state.in_((DRAFT, SHARED))).order_by(table.c.scenario_id)
    )
    with reading(store.engine) as connection:
        if connection.execute(due.limit(1)).first() is None:
            return []
    with writing(store.engine) as connection:
        rows = [_SCENARIOS.read(row) for row in connection.execute(due).mappings()]
        return [_moved(connection, row, EXPIRED, SYSTEM, now) for row in rows]


def remove_scenario(store: Store, read: KeptScenario, by: str, now: datetime) -> None:
    """Throw away a draft or an expired scenario that no other stands on, with inputs that no other uses."""
    with writing(store.engine) as connection:
        before = _SCENARIOS.unchanged(connection, read)
        if before.state not in (DRAFT, EXPIRED):
            raise StoreError(f"{_called(before)} is {before.state} and cannot be removed. {_mend(before.state)}")
        above = _children(connection, before)
        if above:
            raise StoreError(f"{_called(before)} cannot be removed: {_named(above[0])} stands on it.")
        _SCENARIOS.remove(connection, before, "remove_scenario", by, now)
        drop_unused_inputs(connection, before.inputs_hash)


def _moved(connection: Connection, before: KeptScenario, state: str, by: str, now: datetime) -> KeptScenario:
    if state not in TRANSITIONS:
        raise StoreError(f"A scenario cannot be {state!r}; known states: {', '.join(TRANSITIONS)}.")
    if state not in TRANSITIONS[before.state]:
        possible = " or ".join(TRANSITIONS[before.state]) or "nothing else"
        raise StoreError(f"{_called(before)} is {before.state} and cannot become {state}, only {possible}.")
    if state in (SHARED, PROMOTED) and before.parent_id is not None:
        parent = _SCENARIOS.existing(connection, before.parent_id)
        if parent.state == DRAFT:
            raise StoreError(
                f"{_called(before)} stands on {_named(parent)}, which is a draft and may still change. "
                "Share that one first."
            )
    after = replace(before, state=state, changed_at=now, changed_by=by)
    if state == DRAFT:
        above = [child for child in _children(connection, before) if child.state in (SHARED, PROMOTED)]
        if above:
            raise StoreError(
                f"{_called(before)} cannot become a draft: {_named(above[0])} stands on it and is {above[0].state}. "
                "Make a copy instead."
            )
        if after.expires_at is not None and after.expires_at <= now:
            after = replace(after, expires_at=None)
    return _SCENARIOS.change(connection, before, after, _ACTIONS[state], by, now)


def _check(connection: Connection, new: KeptScenario) -> None:
    _SCENARIOS.check(new)
    if not new.name.strip() or not new.base_build_id:
        raise StoreError("This scenario cannot be kept: it needs a name and the build that it was made on.")
    same = (table.c.owner == new.owner) & (table.c.name == new.name)
    found = connection.execute(select(table.c.scenario_id).where(same)).scalar()
    if found not in (None, new.scenario_id):
        raise StoreError(f"{new.owner} has a scenario {new.name!r} already (number {found}). Choose another name.")
    if not are_kept(connection, new.inputs_hash):
        raise StoreError(
            f"The scenario {new.name!r} cannot be kept without the planning inputs of its base "
            f"(asked for {new.inputs_hash!r})."
        )
    try:
        _whole(connection, new)
    except ScenarioError as error:
        raise StoreError(f"The scenario {new.name!r} cannot be kept. {error}") from error


def _whole(connection: Connection, kept: KeptScenario) -> Scenario:
    below = kept

    def read(name: str) -> str:
        nonlocal below
        if below.parent_id is None:
            raise KeyError(name)
        below = _SCENARIOS.existing(connection, below.parent_id)
        if below.name != name:
            raise KeyError(name)
        return below.change_file

    whole = read_scenario(kept.change_file, read, kept.name)
    if below.parent_id is not None:
        parent = _SCENARIOS.existing(connection, below.parent_id)
        raise StoreError(
            f"{_called(below)} is to stand on {_named(parent)}, but its change file does not say so: "
            f"write `on: {parent.name}` in it."
        )
    return whole


def _children(connection: Connection, parent: KeptScenario) -> list[KeptScenario]:
    query = select(table).where(table.c.parent_id == parent.scenario_id).order_by(table.c.scenario_id)
    return [_SCENARIOS.read(row) for row in connection.execute(query).mappings()]


def _called(kept: KeptScenario) -> str:
    return f"The {_named(kept)}"


def _named(kept: KeptScenario) -> str:
    return f"scenario {kept.name!r}" + ("" if kept.scenario_id is None else f" (number {kept.scenario_id})")


def _mend(state: str) -> str:
    return {
        EXPIRED: "Reopen it as a draft first.",
        SHARED: "Take it back to draft first.",
        PROMOTED: "It is the record of what was decided; make a copy instead.",
    }[state]
