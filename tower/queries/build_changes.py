"""Two builds side by side: which documents are new, gone or changed, and how figures stood in every build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# The documents of the business by canonical table, with what identifies a row.
DOCUMENT_KEYS: Mapping[str, str] = {
    "opportunities": "opportunity_id",
    "sales_order_lines": "sales_order_line_id",
    "delivery_lines": "delivery_line_id",
    "production_orders": "production_order_id",
    "purchase_order_lines": "purchase_order_line_id",
    "purchase_receipts": "receipt_line_id",
    "transfer_orders": "transfer_order_line_id",
    "invoices": "invoice_id",
    "payments": "payment_id",
    "service_cases": "case_id",
    "planning_policies": "item_id || '@' || location_id",
    "items": "item_id",
    "item_suppliers": "item_id || ' · ' || supplier_id",
}
# Changed rows whose fields are compared; beyond that only their number is told.
MOST_COMPARED = 20_000
_COUNTS = ("rows_before", "rows_after", "new", "gone", "changed")


def changed_documents(warehouse: Warehouse, other: Warehouse) -> pl.DataFrame:
    """One row per kind of document, `other` being the earlier build.

    table_name, rows_before, rows_after, new, gone, changed, fields (the most often changed columns, first three).
    """
    rows = []
    for table in DOCUMENT_KEYS:
        sides = _fingerprints(warehouse, other, table)
        counted = sides.select(
            rows_before=pl.col("before").count(),
            rows_after=pl.col("after").count(),
            new=(pl.col("before").is_null()).sum(),
            gone=(pl.col("after").is_null()).sum(),
            changed=(pl.col("before") != pl.col("after")).sum(),
        ).row(0)
        fields = _changed_values(warehouse, other, table, sides)
        often = fields.group_by("field").len().sort(["len", "field"], descending=[True, False])
        rows.append((table, *counted, often["field"].head(3).to_list()))
    schema = pl.Schema({"table_name": pl.String(), **dict.fromkeys(_COUNTS, pl.Int64()), "fields": pl.List(pl.String)})
    return pl.DataFrame(rows, schema=schema, orient="row")


def changed_fields(warehouse: Warehouse, other: Warehouse, table: str) -> pl.DataFrame:
    """What happened to the documents of one table: key, change (new, gone, changed), field, before, after.

    A changed document has a row for each field that changed; a new or gone one has a single row without a field.
    """
    sides = _fingerprints(warehouse, other, table)
    moved = sides.filter(pl.col("before").is_null() | pl.col("after").is_null()).select(
        "key",
        change=pl.when(pl.col("before").is_null()).then(pl.lit("new")).otherwise(pl.lit("gone")),
        field=pl.lit(None, dtype=pl.String), before=pl.lit(None, dtype=pl.String), after=pl.lit(None, dtype=pl.String),
    )  # fmt: skip
    changed = _changed_values(warehouse, other, table, sides)
    return pl.concat([changed, moved]).sort("change", "key", "field", nulls_last=True)


def figure_history(warehouse: Warehouse) -> pl.DataFrame:
    """Every figure as each build told it, over the year up to its day: build_id, as_of, metric, value."""
    return warehouse.frame(
        "select build_id, as_of, metric, value from build.kpi_history order by metric, as_of, build_id"
    )


def _fingerprints(warehouse: Warehouse, other: Warehouse, table: str) -> pl.DataFrame:
    """key, before, after: a fingerprint of each row in either build, null where the row is not there.

    Columns that only one of the two builds has are left out: they are a change of the program, not of a document.
    """
    columns = sorted(set(_columns(warehouse, table)) & set(_columns(other, table)))
    listed = ", ".join(f'"{column}"' for column in columns)
    sql = f"""
        select cast({DOCUMENT_KEYS[table]} as varchar) as key, min(hash({listed})) as row_hash
        from canonical.cnl_{table}
        group by 1
    """
    before, after = (
        one.frame(sql).rename({"row_hash": name}) for one, name in ((other, "before"), (warehouse, "after"))
    )
    return before.join(after, on="key", how="full", coalesce=True).sort("key")


def _changed_values(warehouse: Warehouse, other: Warehouse, table: str, sides: pl.DataFrame) -> pl.DataFrame:
    """The fields that differ of documents that both builds have: key, change, field, before, after."""
    keys = sides.filter(pl.col("before") != pl.col("after"))["key"].head(MOST_COMPARED).to_list()
    fields = [_long(one, table, keys, name) for one, name in ((other, "before"), (warehouse, "after"))]
    return (
        fields[0]
        .join(fields[1], on=["key", "field"], how="full", coalesce=True)
        .filter(pl.col("before").ne_missing(pl.col("after")))
        .select("key", pl.lit("changed").alias("change"), "field", "before", "after")
    )


def _long(warehouse: Warehouse, table: str, keys: list[str], name: str) -> pl.DataFrame:
    columns = _columns(warehouse, table)
    key = DOCUMENT_KEYS[table]
    listed = ", ".join(f'cast("{column}" as varchar) as "{column}"' for column in columns)
    rows = warehouse.frame(
        f"select cast({key} as varchar) as key, {listed} from canonical.cnl_{table} "
        f"where cast({key} as varchar) in (select unnest($keys))",
        {"keys": keys},
    )
    return rows.unpivot(index="key", variable_name="field", value_name=name)


def _columns(warehouse: Warehouse, table: str) -> list[str]:
    found = warehouse.frame(
        "select column_name from information_schema.columns where table_schema = 'canonical' "
        "and table_name = $table and table_catalog = 'warehouse' order by ordinal_position",
        {"table": f"cnl_{table}"},
    )
    return [name for name in found["column_name"].to_list() if not name.startswith("_")]
