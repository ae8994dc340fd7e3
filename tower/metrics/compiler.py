"""Several metrics at any grain as one SQL statement.

Each fact is read once per date that its metrics count by. The scans are stacked and grouped by the dimensions they
share, which is a full outer join that also matches missing dimension values. Division comes last, so a ratio at any
grain is the sum of its numerators over the sum of its denominators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tower.errors import MetricError
from tower.metrics.catalogue import GRAINS, Catalogue, Metric, nearest
from tower.metrics.conditions import Parameters, is_grain, quoted
from tower.metrics.filters import Filter, Period
from tower.metrics.scans import (
    ROWS,
    Question,
    Scan,
    ScanKey,
    bucket_column,
    calendar_tables,
    days_name,
    scan_key,
    scan_sql,
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement, the values bound to its names, and the columns it returns in order."""

    sql: str
    parameters: dict[str, Any]
    columns: tuple[str, ...]


def compile_query(
    catalogue: Catalogue,
    metrics: Sequence[str],
    by: Sequence[str] = (),
    where: Sequence[Filter] = (),
    period: Period | None = None,
    *,
    as_of: date,
    with_parts: bool = False,
) -> Compiled:
    """One row per group (`by` none: one row in all), one column per metric.

    With `with_parts`, each ratio is followed by `<metric>__numerator` and `<metric>__denominator`. Values are in
    company currency, base units, days; rates are 0–1. A group in which a fact has no row is null, except that a side
    of a ratio of two facts counts as 0 there, unless its fact is empty. Raises MetricError where a metric cannot
    answer.
    """
    question = Question(catalogue, tuple(dict.fromkeys(by)), tuple(where), period, as_of)
    asked = [catalogue.metric(name) for name in dict.fromkeys(metrics)]
    if not asked:
        raise MetricError("No metric was asked for. Name at least one.")
    check(question, asked)
    parameters = Parameters()
    scans = _scans(catalogue, asked)
    days = [scan for scan in scans if scan.key.timing == "calendar_days"]
    stacked = [scan for scan in scans if scan.key.timing != "calendar_days"]
    if not stacked:
        raise MetricError(f"{asked[0].label} can only be asked together with a metric of the same fact.")
    tables = calendar_tables(question, [scan.key for scan in scans], parameters)
    for scan in stacked:
        tables += scan_sql(question, scan, parameters)
    tables.append(("groups", _stack(question, stacked)))
    columns = [quoted(name) for name in question.by]
    names = list(question.by)
    for metric in asked:
        for name, expression in _outputs(catalogue, metric, scans, with_parts):
            columns.append(f"{expression} as {quoted(name)}")
            names.append(name)
    joins = "".join(_day_join(question, scan, tables) for scan in days)
    order = ", ".join(f"{number} nulls last" for number in range(1, len(question.by) + 1))
    listed = ",\n".join(f"{name} as ({sql}\n)" for name, sql in tables)
    select = ",\n    ".join(columns)
    order_by = f"\norder by {order}" if order else ""
    return Compiled(
        f"with\n{listed}\nselect\n    {select}\nfrom groups{joins}{order_by}\n", parameters.values, tuple(names)
    )


def check(question: Question, metrics: Sequence[Metric]) -> None:
    """Raise MetricError, naming what is possible, where a grouping, filter or period cannot be answered."""
    catalogue = question.catalogue
    for name in (*question.by, *(condition.dimension for condition in question.where)):
        if not is_grain(name) and name not in catalogue.dimensions:
            known = nearest(name, [*GRAINS, *catalogue.dimensions])
            raise MetricError(f"There is no dimension {name!r}.{known or ' The definitions page lists all of them.'}")
    for metric in metrics:
        possible = [dimension.name for dimension in catalogue.dimensions_of(metric.name)]
        grains = catalogue.grains(metric.name)
        for verb, names in (("grouped", question.by), ("filtered", tuple(one.dimension for one in question.where))):
            for name in names:
                if is_grain(name) and not grains:
                    raise MetricError(
                        f"{metric.label} ({metric.name}) is known as of {question.as_of} only, so it cannot be {verb} "
                        f"by {name}. It can be {verb} by {', '.join(possible)}."
                    )
                if not is_grain(name) and name not in possible:
                    raise MetricError(
                        f"{metric.label} ({metric.name}) cannot be {verb} by {name}: what it counts does not carry it. "
                        f"It can be {verb} by {', '.join((*grains, *possible))}."
                    )
        if not grains and question.period is not None and question.as_of not in question.period:
            raise MetricError(
                f"{metric.label} ({metric.name}) is known as of {question.as_of} only, which lies outside the period "
                f"{question.period.start} to {question.period.end}. Ask for it without a period."
            )


def _scans(catalogue: Catalogue, metrics: Sequence[Metric]) -> list[Scan]:
    grouped: dict[ScanKey, dict[str, Metric]] = {}
    for metric in metrics:
        for leaf in catalogue.leaves(metric.name):
            grouped.setdefault(scan_key(catalogue, leaf), {})[leaf.name] = leaf
    return [
        Scan(f"scan_{number}", key, tuple(leaves.values()))
        for number, (key, leaves) in enumerate(grouped.items(), start=1)
    ]


def _stack(question: Question, scans: Sequence[Scan]) -> str:
    groups = [quoted(name) for name in question.by]
    amounts = [
        (scan, quoted(name)) for scan in scans for name in [*(leaf.name for leaf in scan.leaves), scan.name + ROWS]
    ]
    if len(scans) == 1:
        return f"\n    select * from {scans[0].name}"
    branches = "\n        union all\n        ".join(
        "select "
        + ", ".join([*groups, *(name if of is scan else f"null as {name}" for of, name in amounts)])
        + f" from {scan.name}"
        for scan in scans
    )
    columns = ", ".join([*groups, *(f"max({name}) as {name}" for _, name in amounts)])
    numbers = ", ".join(str(number) for number in range(1, len(groups) + 1))
    group_by = f"\n    group by {numbers}" if groups else ""
    return f"\n    select {columns}\n    from (\n        {branches}\n    ) as stacked{group_by}"


def _outputs(catalogue: Catalogue, metric: Metric, scans: Sequence[Scan], with_parts: bool) -> list[tuple[str, str]]:
    if metric.kind == "simple":
        as_type = "bigint" if metric.unit == "count" else "double"
        return [(metric.name, f"cast({quoted(metric.name)} as {as_type})")]
    numerator, denominator = (
        f"cast({_amount(catalogue, leaf, other, scans)} as double)"
        for leaf, other in zip(catalogue.leaves(metric.name), reversed(catalogue.leaves(metric.name)), strict=True)
    )
    scale = "" if metric.scale == 1 else f"{metric.scale!r} * "
    outputs = [(metric.name, f"{scale}{numerator} / nullif({denominator}, 0)")]
    if with_parts:
        outputs += [(f"{metric.name}__numerator", numerator), (f"{metric.name}__denominator", denominator)]
    return outputs


def _amount(catalogue: Catalogue, leaf: Metric, other: Metric, scans: Sequence[Scan]) -> str:
    """A side of a ratio. Of two facts, the side without rows in a group is 0, unless its fact is empty as a whole."""
    scan = next(scan for scan in scans if leaf in scan.leaves)
    column = quoted(leaf.name)
    if other in scan.leaves or "calendar_days" in (scan.key.timing, scan_key(catalogue, other).timing):
        return column
    relation = catalogue.models[scan.key.model].relation
    rows = quoted(scan.name + ROWS)
    return f"case when coalesce({rows}, 0) = 0 and exists (select 1 from {relation}) then 0 else {column} end"


def _day_join(question: Question, scan: Scan, tables: list[tuple[str, str]]) -> str:
    """The number of days of each time bucket beside its groups; the same for every group of the bucket."""
    grains = question.grains
    columns = "".join(f"{bucket_column(grain)} as bucket__{grain}, " for grain in grains)
    group_by = f"\n    group by {', '.join(bucket_column(grain) for grain in grains)}" if grains else ""
    leaves = ", ".join(f"sum(bucket__days) as {quoted(leaf.name)}" for leaf in scan.leaves)
    tables.append((scan.name, f"\n    select {columns}{leaves}\n    from {days_name(scan.key.model)}{group_by}"))
    matched = " and ".join(f"groups.{quoted(grain)} = {scan.name}.{bucket_column(grain)}" for grain in grains)
    return f"\nleft join {scan.name} on {matched}" if grains else f"\ncross join {scan.name}"
