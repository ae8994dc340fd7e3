"""The laws that must hold: whether they do, source by source, and the rows where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_DIFFERENCES = 10_000


def summary(warehouse: Warehouse) -> pl.DataFrame:
    """One row per check and source: what is checked in words, whether it holds, how many rows differ."""
    return warehouse.frame(
        """
        select
            summary.law_number, summary.check_name, checks.title, checks.title_zh, checks.description,
            checks.description_zh, summary.source, summary.severity, summary.status, summary.checked_rows,
            summary.differing_rows, summary.difference_value
        from core.reconciliation_summary as summary
        left join reference.reconciliation_checks as checks on checks.check_name = summary.check_name
        order by
            case summary.status when 'differs' then 0 when 'holds' then 1 else 2 end,
            summary.law_number, summary.check_name, summary.source
        """
    )


def differences(warehouse: Warehouse, check_name: str) -> pl.DataFrame:
    """The rows where one check does not hold, the greatest difference first; at most MOST_DIFFERENCES."""
    return warehouse.frame(
        f"""
        select source, subject, expected_value, actual_value, difference_value, detail
        from core.reconciliation_differences
        where check_name = $check_name
        order by abs(difference_value) desc nulls last, source, subject
        limit {MOST_DIFFERENCES}
        """,
        {"check_name": check_name},
    )


def cross_reference_findings(warehouse: Warehouse) -> pl.DataFrame:
    """What joining several sources found: records that match nothing, and values that contradict each other."""
    return warehouse.frame(
        f"""
        select entity, source, source_id, canonical_id, finding, column_name, kept_value, other_value
        from canonical.cross_reference_findings
        order by finding, entity, source, source_id, column_name
        limit {MOST_DIFFERENCES}
        """
    )
