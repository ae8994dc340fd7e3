"""Which metrics the sources of a build can feed. What they cannot is shown as not connected, never as zero."""

from __future__ import annotations

import polars as pl

from tower.metrics.catalogue import Catalogue, Metric


def availability(catalogue: Catalogue, coverage: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Each metric's missing needs as its definition writes them, empty where it is connected.

    A need is a `table` or `table.column`, or several of them with ` or ` between, of which one is enough.

    `coverage` is build.source_coverage: source, table_name, column_name ('' for the whole table), status (full,
    partial, absent). A table is there if any source fills it; a column if any source that fills its
    table does not lack it.
    """
    statuses: dict[str, dict[str, dict[str, str]]] = {}
    for source, table, column, status in coverage.select("source", "table_name", "column_name", "status").iter_rows():
        statuses.setdefault(source, {}).setdefault(table, {})[column or ""] = status
    return {metric.name: _missing(metric, statuses) for metric in catalogue.metrics.values()}


def _missing(metric: Metric, statuses: dict[str, dict[str, dict[str, str]]]) -> tuple[str, ...]:
    missing = [name for name in metric.requires if not _is_met(name, statuses, ("full", "partial"))]
    missing += [name for name in metric.requires_complete if not _is_met(name, statuses, ("full",))]
    return tuple(dict.fromkeys(missing))


def _is_met(need: str, statuses: dict[str, dict[str, dict[str, str]]], enough: tuple[str, ...]) -> bool:
    return any(_is_filled(name, statuses, enough) for name in need.split(" or "))


def _is_filled(name: str, statuses: dict[str, dict[str, dict[str, str]]], enough: tuple[str, ...]) -> bool:
    table, _, column = name.partition(".")
    for tables in statuses.values():
        columns = tables.get(table, {})
        of_table = columns.get("", "absent")
        of_column = columns.get(column, of_table) if column else of_table
        if of_table in ("full", "partial") and of_column in enough:
            return True
    return False
