"""A store moved to another database, such as from SQLite to PostgreSQL: every row as it is, with its number."""

from __future__ import annotations

from sqlalchemy import Connection, Integer, Table, func, insert, select, text, update

from tower.errors import StoreError
from tower.store.address import shown
from tower.store.database import writing
from tower.store.schema import metadata, scenario_inputs, scenarios
from tower.store.store import Store

_AT_ONCE = 500


def copy_store(source: Store, target: Store) -> dict[str, int]:
    """Copy all tables into an empty store in one transaction; gives the rows of each.

    Nobody writes to either meanwhile. Raises StoreError for a target that holds something.
    """
    with writing(source.engine) as read, writing(target.engine) as written:
        for table in metadata.sorted_tables:
            if written.execute(select(func.count()).select_from(table)).scalar_one():
                raise StoreError(
                    f"The store at {shown(target.engine.url)} holds something already ({table.name}). "
                    "Name an empty database."
                )
        counts = {table.name: _copy(table, read, written) for table in metadata.sorted_tables}
        for parent in read.execute(select(scenarios.c.scenario_id, scenarios.c.parent_id)).mappings():
            if parent["parent_id"] is not None:
                mine = scenarios.c.scenario_id == parent["scenario_id"]
                written.execute(update(scenarios).where(mine).values(parent_id=parent["parent_id"]))
        if target.engine.dialect.name == "postgresql":
            for table in metadata.sorted_tables:
                _go_on_counting(table, written)
    return counts


def _copy(table: Table, read: Connection, written: Connection) -> int:
    # Inputs are large: one at a time.
    size = 1 if table is scenario_inputs else _AT_ONCE
    count = 0
    found = read.execution_options(yield_per=size).execute(select(table).order_by(*table.primary_key.columns))
    for rows in found.mappings().partitions():
        values = [dict(row) for row in rows]
        if table is scenarios:
            # One may stand on one that comes later: they are put on each other when all are there.
            values = [{**row, "parent_id": None} for row in values]
        written.execute(insert(table), values)
        count += len(values)
    return count


def _go_on_counting(table: Table, written: Connection) -> None:
    """The next number that PostgreSQL gives follows on the copied ones."""
    (key, *others) = table.primary_key.columns
    if others or not isinstance(key.type, Integer):
        return
    highest = written.execute(select(func.max(key))).scalar()
    if highest is not None:
        sequence = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
        written.execute(text(f"select setval({sequence}, :highest)"), {"highest": highest})
