"""The SQL that reads a table of Odoo, whatever the version wrote it as.

A reading of a column is one of: a column's name; `translated [column]` and `chinese column` of a JSON of languages;
`day column`, the company's calendar day of a UTC instant; `needs column expression`; `sql expression`; and of a
property `record`, `value float`, `value reference`. What decides is which columns are there, not a version number:
modules of others bring columns forward and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.sources.odoo.tables import SourceColumn, SourceTable
from tower.errors import SourceError

# PostgreSQL's type for each DuckDB type. Decimals travel as text: binary would lose the last digit.
WIRE_TYPES = {
    "BIGINT": "bigint", "DOUBLE": "double precision", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
    "VARCHAR": "text", "DECIMAL(18,6)": "text",
}  # fmt: skip
Columns = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Database:
    """What a database is: the columns of its tables with their PostgreSQL types, its modules, and the company read."""

    identity: str
    version: str
    tables: Mapping[str, Columns]
    modules: frozenset[str]
    company_id: int
    company_name: str
    currency_code: str
    time_zone: str

    def columns(self, table: str) -> Columns:
        return self.tables.get(table, {})


@dataclass(frozen=True, slots=True)
class Selection:
    """How one table is read: its select list by column, its from and where; `absent` columns are not there."""

    table: SourceTable
    expressions: Mapping[str, str]
    body: str
    key: tuple[str, ...]
    written: str | None
    absent: tuple[str, ...]

    def sql(self, condition: str = "") -> str:
        """All columns of the rows, or of those that meet a condition, in the order of their key."""
        columns = [f"{expression} as {name}" for name, expression in self.expressions.items()]
        if self.written:
            columns.append(f"{self.written} as _written_at")
        return f"select {', '.join(columns)} {self._rows(condition)} order by {', '.join(self.key)}"

    def keys_sql(self) -> str:
        """The key of every row that is there."""
        return f"select {self.key[0]} as id {self._rows('')}"

    def count_sql(self) -> str:
        return f"select count(*) {self._rows('')}"

    def _rows(self, condition: str) -> str:
        return f"{self.body} and ({condition})" if condition else self.body


def selection(table: SourceTable, database: Database) -> Selection:
    """How a table is read from a database. Raises SourceError for a table or column that is not there."""
    if table.of_property is not None:
        return _property_selection(table, database)
    there = database.columns(table.base_table)
    if not there:
        raise SourceError(
            f"Odoo's module {table.module} is installed, but its table {table.base_table} cannot be read. "
            f"Give the role `select` on {table.base_table}, or check that this is an Odoo database."
        )
    read = {column.name: _expression(column, there, database) for column in table.columns}
    missing = [column.name for column in table.columns if read[column.name] is None and not column.is_optional]
    if missing:
        raise SourceError(_missing_sentence(table, missing, there, database))
    expressions = {column.name: _wired(read[column.name] or "null", column.data_type) for column in table.columns}
    conditions = [part for part in (_company_condition(table, there, database), _where(table, there, database)) if part]
    has_written = "write_date" in there and not table.is_reloaded
    return Selection(
        table=table,
        expressions=expressions,
        body=f"from {table.relation} where {' and '.join(conditions) or 'true'}",
        key=tuple(f"t.{name}" for name in table.key),
        written=table.written if has_written else None,
        absent=tuple(name for name, expression in read.items() if expression is None),
    )


def _missing_sentence(table: SourceTable, missing: list[str], there: Columns, database: Database) -> str:
    tried = {column.name: column.readings for column in table.columns}
    named = "; ".join(f"{name} (looked for {', '.join(tried[name])})" for name in missing)
    return (
        f"The table {table.base_table} of this Odoo {database.version} has no column for {named}. "
        f"It was renamed or taken away, or the role may not read it. It has: {', '.join(sorted(there))}. "
        "Give the role `select` on the whole table, or report the column's new name."
    )


def _expression(column: SourceColumn, there: Columns, database: Database) -> str | None:
    for reading in column.readings:
        found = _reading(reading, column.name, there, database)
        if found is not None:
            return found
    return None


def _reading(reading: str, column: str, there: Columns, database: Database) -> str | None:
    word, _, rest = reading.partition(" ")
    if word == "sql":
        return _filled(rest, database)
    if word == "needs":
        needed, _, expression = rest.partition(" ")
        return _filled(expression, database) if needed in there else None
    if word in {"translated", "chinese"}:
        return _text(rest or column, word == "chinese", there, database)
    if word == "day":
        return _day(f"t.{rest}", database) if rest in there else None
    return f"t.{word}" if word in there else None


def _text(name: str, is_chinese: bool, there: Columns, database: Database) -> str | None:
    """One language of a translated column. Where it is plain text, that is what everybody sees."""
    qualified = "." in name
    if not qualified and name not in there:
        return None
    written = name if qualified else f"t.{name}"
    is_json = database.columns("mail_activity_type").get("name") == "jsonb" if qualified else there[name] == "jsonb"
    if not is_json:
        return "null" if is_chinese else written
    if is_chinese:
        return f"coalesce({written} ->> 'zh_CN', {written} ->> 'zh_TW', {written} ->> 'zh_HK')"
    return f"coalesce({written} ->> 'en_US', (select value from jsonb_each_text({written}) order by key limit 1))"


def _day(instant: str, database: Database) -> str:
    return f"cast({instant} at time zone 'UTC' at time zone '{database.time_zone}' as date)"


def _filled(expression: str, database: Database) -> str:
    return expression.replace("{company}", str(database.company_id)).replace("{time_zone}", database.time_zone)


def _wired(expression: str, data_type: str) -> str:
    if data_type == "BOOLEAN":
        return f"coalesce({expression}, false)"
    if data_type == "DECIMAL(18,6)":
        return f"cast(round(cast({expression} as numeric), 6) as text)"
    return f"cast({expression} as {WIRE_TYPES[data_type]})"


def _company_condition(table: SourceTable, there: Columns, database: Database) -> str:
    if table.company == "none":
        return ""
    if table.company == "id":
        return f"t.id = {database.company_id}"
    if "company_id" in there:
        return f"(t.company_id = {database.company_id} or t.company_id is null)"
    return _filled(table.company, database)


def _where(table: SourceTable, there: Columns, database: Database) -> str:
    # Odoo 16 calls the tracked field `field`.
    tracked = "t.field_id" if "field_id" in there else "t.field"
    return _filled(table.where, database).replace("{tracked_field}", tracked)


def _property_selection(table: SourceTable, database: Database) -> Selection:
    """Values per company: `record` is the id of the record, or the name of the property where it is a default."""
    assert table.of_property is not None
    rows = " union all ".join(_property_rows(table, name, database) for name in table.of_property.names)
    readings = {"record": "t.record", "value float": "t.value", "value reference": "t.value"}
    return Selection(
        table=table,
        expressions={column.name: _wired(readings[column.readings[0]], column.data_type) for column in table.columns},
        body=f"from ({rows}) t where true",
        key=("t.record", "t.value"),
        written=None,
        absent=(),
    )


def _property_rows(table: SourceTable, name: str, database: Database) -> str:
    assert table.of_property is not None
    company = database.company_id
    is_number = any(column.readings[0] == "value float" for column in table.columns)
    holder = table.of_property.table
    if "ir_property" in database.tables:
        value = "p.value_float" if is_number else "cast(nullif(split_part(p.value_reference, ',', 2), '') as bigint)"
        record = "cast(nullif(split_part(p.res_id, ',', 2), '') as bigint)" if holder else f"'{name}'"
        model = f" and f.model = '{table.of_property.model}'" if holder else ""
        return (
            f"select {record} as record, {value} as value from ir_property p "
            f"join ir_model_fields f on f.id = p.fields_id where f.name = '{name}'{model} "
            f"and (p.company_id = {company} or p.company_id is null)"
        )
    kind = "double precision" if is_number else "bigint"
    if holder:
        if name not in database.columns(holder):
            return f"select cast(null as bigint) as record, cast(null as {kind}) as value where false"
        return (
            f"select h.id as record, cast(h.{name} ->> '{company}' as {kind}) as value "
            f"from {holder} h where h.{name} ->> '{company}' is not null"
        )
    defaults = (
        f"select '{name}' as record, cast(d.json_value as {kind}) as value from ir_default d "
        f"join ir_model_fields f on f.id = d.field_id where f.name = '{name}' and d.json_value ~ '^[0-9]+$' "
        f"and (d.company_id = {company} or d.company_id is null)"
    )
    if name not in database.columns("product_category"):
        return defaults
    return (
        f"{defaults} union select '{name}', cast(c.{name} ->> '{company}' as {kind}) from product_category c "
        f"where c.{name} ->> '{company}' ~ '^[0-9]+$'"
    )
