"""The documents behind a figure: the rows of its fact with what each adds, so that their sum is the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from tower.errors import MetricError
from tower.metrics.catalogue import Catalogue, Measure, Metric
from tower.metrics.compiler import check
from tower.metrics.conditions import Parameters, quoted
from tower.metrics.filters import Filter, Period
from tower.metrics.scans import Question, calendar_tables, scan_key, source_of

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

Side = Literal["numerator", "denominator"]


@dataclass(frozen=True, slots=True)
class _Part:
    side: Side
    leaf: Metric
    measure: Measure


def document_rows(
    warehouse: Warehouse,
    catalogue: Catalogue,
    metric: str,
    where: Sequence[Filter] = (),
    period: Period | None = None,
    *,
    show: Sequence[str] = (),
    side: Side | None = None,
    limit: int = 1000,
    offset: int = 0,
    as_of: date | None = None,
) -> pl.DataFrame:
    """One row per document line behind the figure, the greatest amounts first.

    Columns: the fact's keys by entity name, the metric's date, the dimensions in `show`, then `numerator` and, for a
    ratio whose two sides count the same rows, `denominator`. A simple metric's own amount is its `numerator`. The
    sum of a column over all pages is that side of the figure (see `with_parts`); a count of different values and a
    median have no sum, their column holds the value that is counted or ranked. Where a ratio stands on two facts,
    `side` says which one (numerator by default). Rows that add nothing are left out. Raises MetricError as `query`
    does.
    """
    sql, parameters = _document_sql(catalogue, metric, where, period, show, side, as_of or warehouse.as_of)
    paged = f"{sql}\nlimit {int(limit)} offset {int(offset)}"
    return warehouse.frame(paged, parameters)


def document_count(
    warehouse: Warehouse,
    catalogue: Catalogue,
    metric: str,
    where: Sequence[Filter] = (),
    period: Period | None = None,
    *,
    side: Side | None = None,
    as_of: date | None = None,
) -> int:
    """How many rows `document_rows` has over all pages."""
    sql, parameters = _document_sql(catalogue, metric, where, period, (), side, as_of or warehouse.as_of)
    return int(warehouse.frame(f"select count(*) as documents from ({sql}\n) as listed", parameters).item())


def _document_sql(
    catalogue: Catalogue,
    name: str,
    where: Sequence[Filter],
    period: Period | None,
    show: Sequence[str],
    side: Side | None,
    as_of: date,
) -> tuple[str, dict[str, Any]]:
    metric = catalogue.metric(name)
    question = Question(catalogue, (), tuple(where), period, as_of)
    check(question, [metric])
    parts = _parts(catalogue, metric, side)
    key = scan_key(catalogue, parts[0].leaf)
    model = catalogue.models[key.model]
    parameters = Parameters()
    tables = calendar_tables(question, [key], parameters)
    source = source_of(question, key, parts[0].measure, parameters)
    columns = [f"fact.{entity.expression} as {quoted(entity.name)}" for entity in model.entities]
    columns += [f"fact.{column} as {quoted(column)}" for column in _day_columns(catalogue, parts[0])]
    taken = {entity.name for entity in model.entities}
    joins = ""
    for shown in dict.fromkeys(show):
        path = catalogue.path(model, shown)
        if path is None:
            raise MetricError(f"The documents behind {metric.label} do not carry {shown!r}; leave it out.")
        if shown in taken:
            continue
        if path.model is None or path.key is None:
            columns.append(f"{path.dimension.expression} as {quoted(shown)}")
            continue
        primary = path.model.primary
        assert primary is not None, "a path leads to a table by its primary entity"
        joins += (
            f"\n    left join (select {primary.expression} as {shown}__key, "
            f"{path.dimension.expression} as {shown}__value from {path.model.relation}) as {shown}__table "
            f"on fact.{path.key} = {shown}__key"
        )
        columns.append(f"{shown}__value as {quoted(shown)}")
    amounts = [(part.side, _row_amount(part.measure, source.weight)) for part in parts]
    columns += [f"{amount} as {quoted(of)}" for of, amount in amounts]
    conditions = " and ".join(source.conditions)
    listed = ",\n        ".join(columns)
    tables.append(
        (
            "documents",
            f"\n    select\n        {listed}\n    from {source.relation}{joins}"
            + (f"\n    where {conditions}" if conditions else ""),
        )
    )
    kept = " or ".join(_adds(part) for part in parts)
    first = (
        "abs(numerator)" if parts[0].side == "numerator" and parts[0].measure.aggregation == "sum" else parts[0].side
    )
    keys = ", ".join(quoted(entity.name) for entity in model.entities)
    listed = ",\n".join(f"{table} as ({text}\n)" for table, text in tables)
    return f"with\n{listed}\nselect * from documents\nwhere {kept}\norder by {first} desc, {keys}", parameters.values


def _parts(catalogue: Catalogue, metric: Metric, side: Side | None) -> list[_Part]:
    sides: tuple[Side, ...] = ("numerator", "denominator")
    parts = [
        _Part(of, leaf, catalogue.measure_of(leaf)[1])
        for of, leaf in zip(sides, catalogue.leaves(metric.name), strict=False)
    ]
    parts = [part for part in parts if part.measure.timing != "calendar_days"]
    if side is not None and all(part.side != side for part in parts):
        raise MetricError(f"The {side} of {metric.label} has no documents; ask for its numerator.")
    wanted = next((part for part in parts if part.side == side), parts[0])
    if scan_key(catalogue, parts[0].leaf) == scan_key(catalogue, parts[-1].leaf):
        return parts
    return [wanted]


def _day_columns(catalogue: Catalogue, part: _Part) -> list[str]:
    if part.measure.valid_from is not None and part.measure.valid_to is not None:
        return [part.measure.valid_from, part.measure.valid_to]
    model, measure = catalogue.measure_of(part.leaf)
    dimension = model.dimension(measure.time_dimension)
    return [dimension.expression] if dimension else []


def _row_amount(measure: Measure, weight: str | None) -> str:
    if weight is not None:
        return f"cast({measure.expression} as double) * {weight}"
    if measure.aggregation == "count":
        return f"case when ({measure.expression}) is not null then 1 else 0 end"
    return measure.expression


def _adds(part: _Part) -> str:
    return f"{part.side} <> 0" if part.measure.aggregation in ("sum", "count") else f"{part.side} is not null"
