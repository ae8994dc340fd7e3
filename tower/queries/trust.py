"""What a build knows of its own soundness, in the shape in which trust is assessed."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tower.trust import Cause, TrustFacts

if TYPE_CHECKING:
    from tower.warehouse import Warehouse


def trust_facts(warehouse: Warehouse) -> TrustFacts:
    """Lineage, failing tests, laws that do not hold, refused rows, coverage and loads of one build."""
    parents: dict[str, set[str]] = defaultdict(set)
    for model, parent in warehouse.frame("select model, depends_on from build.model_lineage").rows():
        parents[model].add(parent)
    tests: dict[str, list[Cause]] = defaultdict(list)
    for test, model, status, failures in warehouse.frame(
        "select test, model, status, coalesce(failures, 0) from build.test_results where status <> 'pass'"
    ).rows():
        tests[model].append(Cause("test_warned" if status == "warn" else "test_failed", test, model, failures))
    by_model = {model: frozenset(names) for model, names in parents.items()}
    limits = dict(warehouse.frame("select limit_name, limit_value from reference.trust_limits").rows())
    return TrustFacts(
        by_model, dict(tests), _laws(warehouse, by_model), _rejected(warehouse), _coverage(warehouse),
        _loaded_at(warehouse), limits,
    )  # fmt: skip


def _laws(warehouse: Warehouse, parents: dict[str, frozenset[str]]) -> list[tuple[frozenset[str], Cause]]:
    found = warehouse.frame(
        """
        select
            summary.check_name, summary.severity, cast(sum(summary.differing_rows) as bigint) as differing,
            min(checks.title) as title, min(checks.title_zh) as title_zh
        from core.reconciliation_summary as summary
        left join reference.reconciliation_checks as checks on checks.check_name = summary.check_name
        where summary.status = 'differs'
        group by summary.check_name, summary.severity
        order by summary.check_name
        """
    )
    laws = []
    for name, severity, rows, title, title_zh in found.rows():
        model = f"law_{name}"
        kind = "law_broken" if severity == "error" else "law_differs"
        laws.append((parents.get(model, frozenset()), Cause(kind, name, model, rows, title or "", title_zh or "")))  # type: ignore[arg-type]
    return laws


def _rejected(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """By canonical table: refused rows and rows read. Restricted readers may know how many, not which."""
    found = warehouse.frame(
        """
        with rows_read as (
            select table_name, cast(sum(source_rows) as bigint) as source_rows
            from build.load_tables
            group by table_name
        )
        select refused.table_name, cast(sum(refused.rejected_rows) as bigint), coalesce(max(rows_read.source_rows), 0)
        from build.rejected_counts as refused
        left join rows_read on rows_read.table_name = refused.table_name
        group by refused.table_name
        """
    )
    return {table: (refused, read) for table, refused, read in found.rows()}


def _coverage(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = defaultdict(dict)
    for table, source, status in warehouse.frame(
        "select table_name, source, status from build.source_coverage where column_name = ''"
    ).rows():
        tables[table][source] = status
    return dict(tables)


def _loaded_at(warehouse: Warehouse) -> dict[str, datetime]:
    loads = warehouse.frame("select source, max(cast(loaded_at as varchar)) from build.load_tables group by source")
    return {source: _instant(text) for source, text in loads.rows()}


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
