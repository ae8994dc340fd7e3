"""The planning inputs that scenarios were made on: bytes named by their SHA-256, each kept once.

With them a scenario replays to the last digit when the build it was made on has been pruned.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from tower.errors import StoreError
from tower.store.database import reading
from tower.store.schema import scenario_inputs as table
from tower.store.schema import scenarios
from tower.store.store import Store


def inputs_hash(content: bytes) -> str:
    """The name of inputs: their SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def scenario_inputs(store: Store, name: str) -> bytes:
    """The inputs as they were kept. Raises StoreError where they are not there or damaged."""
    with reading(store.engine) as connection:
        found = connection.execute(select(table.c.content).where(table.c.inputs_hash == name)).scalar()
    if found is None:
        raise StoreError(f"The planning inputs {name!r} are not kept. Base the scenario on a build that is there.")
    content = bytes(found)
    if inputs_hash(content) != name:
        raise StoreError(f"The planning inputs {name!r} are damaged. Bring the app store back from a backup.")
    return content


def kept_inputs(store: Store) -> dict[str, int]:
    """The bytes of all inputs that are kept, by name."""
    size = func.length(table.c.content)
    with reading(store.engine) as connection:
        rows = connection.execute(select(table.c.inputs_hash, size).order_by(table.c.inputs_hash))
        return {row[0]: int(row[1]) for row in rows}


def keep_inputs(connection: Connection, content: bytes, now: datetime) -> str:
    """Keep inputs inside the transaction of the scenario that needs them; gives their name."""
    name = inputs_hash(content)
    if not are_kept(connection, name):
        connection.execute(insert(table).values(inputs_hash=name, content=content, created_at=now))
    return name


def are_kept(connection: Connection, name: str) -> bool:
    """Whether the inputs of that name are there."""
    return connection.execute(select(table.c.inputs_hash).where(table.c.inputs_hash == name)).scalar() is not None


def drop_unused_inputs(connection: Connection, name: str) -> None:
    """Let go of inputs that no scenario stands on any more."""
    used = select(scenarios.c.scenario_id).where(scenarios.c.inputs_hash == name).limit(1)
    if connection.execute(used).scalar() is None:
        connection.execute(delete(table).where(table.c.inputs_hash == name))
