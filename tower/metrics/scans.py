"""One scan of one fact: its simple metrics that share a date, summed by the dimensions and time buckets asked for.

A scan joins dimension tables only where a grouping needs them. Where all of its amounts add up and one table is
needed, rows are first added up by that table's key, so that the join meets the keys and not the fact's rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tower.metrics.catalogue import Catalogue, DimensionPath, Measure, Metric, SemanticModel, Timing
from tower.metrics.conditions import Parameters, day_conditions, dimension_condition, is_grain, quoted
from tower.metrics.filters import Filter, Period

ROWS = "__rows"


@dataclass(frozen=True, slots=True)
class ScanKey:
    """What leaves must share to be answered by one pass over a fact."""

    model: str
    timing: Timing
    time_dimension: str
    known_with: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """The simple metrics of one pass; `name` is that of its common table expression."""

    name: str
    key: ScanKey
    leaves: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every scan: groupings, conditions, days."""

    catalogue: Catalogue
    by: tuple[str, ...]
    where: tuple[Filter, ...]
    period: Period | None
    as_of: date

    @property
    def grains(self) -> tuple[str, ...]:
        return tuple(name for name in self.by if is_grain(name))

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(name for name in self.by if not is_grain(name))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a scan's rows come from: the from clause, its conditions, and what an amount is multiplied with."""

    relation: str
    conditions: tuple[str, ...]
    grains: tuple[tuple[str, str], ...]
    weight: str | None = None


def scan_key(catalogue: Catalogue, leaf: Metric) -> ScanKey:
    """The scan that a simple metric belongs to."""
    model, measure = catalogue.measure_of(leaf)
    time_dimension = measure.time_dimension if measure.timing == "flow" else ""
    return ScanKey(model.name, measure.timing, time_dimension, measure.known_with)


def source_of(question: Question, key: ScanKey, measure: Measure, parameters: Parameters) -> Source:
    """The rows that count, before any grouping."""
    model = question.catalogue.models[key.model]
    conditions = _dimension_conditions(question, model, parameters)
    if key.timing == "flow":
        day = time_column(model, key.time_dimension)
        days = day_conditions(day, question.where, question.period, parameters) or [f"{day} is not null"]
        if key.known_with is not None:
            days.append(f"{day} >= (select first_day from {known_name(key.known_with)})")
            days.append(f"{day} <= {parameters.bind(question.as_of)}")
        grains = tuple((grain, f"cast(date_trunc('{grain}', {day}) as date)") for grain in question.grains)
        return Source(f"{model.relation} as fact", (*days, *conditions), grains)
    if key.timing == "as_of":
        return Source(f"{model.relation} as fact", tuple(conditions), ())
    grains = tuple((grain, bucket_column(grain)) for grain in question.grains)
    if key.timing == "interval_end":
        held = f"{measure.valid_from} <= bucket__last_day and {measure.valid_to} > bucket__last_day"
        return Source(
            f"{model.relation} as fact inner join {closing_name(key.model)} on {held}", tuple(conditions), grains
        )
    held = f"{measure.valid_from} <= bucket__last_day and {measure.valid_to} > bucket__first_day"
    first, beyond = (
        f"greatest({measure.valid_from}, bucket__first_day)",
        f"least({measure.valid_to}, bucket__last_day + 1)",
    )
    weight = f"cast({beyond} - {first} as double)"
    return Source(
        f"{model.relation} as fact inner join {days_name(key.model)} on {held}", tuple(conditions), grains, weight
    )


def scan_sql(question: Question, scan: Scan, parameters: Parameters) -> list[tuple[str, str]]:
    """The common table expressions (name, SQL) of a scan; the last one has the scan's name and one row per group."""
    model, _ = question.catalogue.measure_of(scan.leaves[0])
    measures = [(leaf, question.catalogue.measure_of(leaf)[1]) for leaf in scan.leaves]
    source = source_of(question, scan.key, measures[0][1], parameters)
    paths = [(name, path) for name in question.dimensions if (path := question.catalogue.path(model, name)) is not None]
    keys = list(dict.fromkeys(path.key for _, path in paths if path.key is not None))
    groups = [(quoted(name), path.dimension.expression) for name, path in paths if path.key is None]
    groups += [(quoted(grain), expression) for grain, expression in source.grains]
    amounts = [(quoted(leaf.name), _aggregate(measure, source.weight)) for leaf, measure in measures]
    amounts.append((quoted(scan.name + ROWS), "count(*)"))
    add_up = all(measure.aggregation in ("sum", "count") for _, measure in measures)
    where = f"\n    where {' and '.join(source.conditions)}" if source.conditions else ""
    if not keys:
        return [(scan.name, _grouped(groups, amounts, source.relation + where))]
    if add_up and len(keys) == 1:
        by_key = f"{scan.name}_by_key"
        inner = _grouped([("by__key", keys[0]), *groups], amounts, source.relation + where)
        outer_groups = _joined_groups(paths) + [(name, name) for name, _ in groups]
        outer_amounts = [(name, f"sum({name})") for name, _ in amounts]
        outer = _grouped(outer_groups, outer_amounts, by_key + _joins(paths, {keys[0]: "by__key"}))
        return [(by_key, inner), (scan.name, outer)]
    joins = _joins(paths, {key: f"fact.{key}" for key in keys})
    return [(scan.name, _grouped(_joined_groups(paths) + groups, amounts, source.relation + joins + where))]


def calendar_tables(question: Question, keys: Sequence[ScanKey], parameters: Parameters) -> list[tuple[str, str]]:
    """Common table expressions about the days of every fact of intervals that a scan reads or is aligned with."""
    tables: list[tuple[str, str]] = []
    intervals = {key.model for key in keys if key.timing in ("interval_days", "interval_end", "calendar_days")}
    for name in dict.fromkeys([*sorted(intervals), *(key.known_with for key in keys if key.known_with)]):
        model = question.catalogue.models[name]
        measure = next(measure for measure in model.measures if measure.valid_from is not None)
        tables.append(_known_sql(model, measure, parameters.bind(question.as_of)))
        if name in intervals:
            tables += _calendar_sql(question, model, parameters)
    return tables


def _calendar_sql(question: Question, model: SemanticModel, parameters: Parameters) -> list[tuple[str, str]]:
    """The buckets asked for: runs of days without a gap (`…_days`), and the last day of each bucket (`…_closing`).

    Both lie between the first known day and the as-of date.
    """
    known, calendar = known_name(model.name), f"{model.name}_calendar"
    as_of = parameters.bind(question.as_of)
    conditions = day_conditions("day", question.where, question.period, parameters)
    where = f"\n    where {' and '.join(conditions)}" if conditions else ""
    names = [bucket_column(grain) for grain in question.grains]
    buckets = "".join(
        f"cast(date_trunc('{grain}', day) as date) as {bucket_column(grain)}, " for grain in question.grains
    )
    labels = "".join(f"{name}, " for name in names)
    days = f"generate_series(cast(first_day as timestamp), cast({as_of} as timestamp), interval 1 day)"
    return [
        (
            calendar,
            f"\n    select day, {buckets}day - cast(row_number() over (order by day) as integer) as run"
            f"\n    from (select cast(unnest({days}) as date) as day from {known}) as known_days{where}",
        ),
        (
            days_name(model.name),
            f"\n    select {labels}"
            "min(day) as bucket__first_day, max(day) as bucket__last_day, count(*) as bucket__days"
            f"\n    from {calendar}\n    group by {labels}run",
        ),
        (
            closing_name(model.name),
            f"\n    select {labels}max(day) as bucket__last_day\n    from {calendar}\n    "
            + (f"group by {', '.join(names)}" if names else "having count(*) > 0"),
        ),
    ]


def _known_sql(model: SemanticModel, measure: Measure, as_of: str) -> tuple[str, str]:
    """The first day on which anything is known of a fact of intervals, up to the as-of date."""
    return (
        known_name(model.name),
        f"\n    select min({measure.valid_from}) as first_day\n    from {model.relation}\n"
        f"    where {measure.valid_from} <= {as_of}",
    )


def known_name(model: str) -> str:
    """The table expression with the first known day of a fact of intervals."""
    return f"{model}_known"


def days_name(model: str) -> str:
    """The table expression with the runs of days of each bucket."""
    return f"{model}_days"


def closing_name(model: str) -> str:
    """The table expression with the last day of each bucket."""
    return f"{model}_closing"


def bucket_column(grain: str) -> str:
    """A bucket's first day, named so that no fact has a column like it."""
    return f"bucket__{grain}"


def time_column(model: SemanticModel, name: str) -> str:
    """The SQL of a fact's date."""
    dimension = model.dimension(name)
    assert dimension is not None, "checked when the catalogue was made"
    return dimension.expression


def _dimension_conditions(question: Question, model: SemanticModel, parameters: Parameters) -> list[str]:
    conditions = []
    for condition in question.where:
        path = None if is_grain(condition.dimension) else question.catalogue.path(model, condition.dimension)
        if path is not None:
            conditions.append(dimension_condition(path, condition, parameters))
    return conditions


def _aggregate(measure: Measure, weight: str | None) -> str:
    expression = measure.expression if weight is None else f"cast({measure.expression} as double) * {weight}"
    if measure.aggregation == "count":
        return f"count({expression})"
    if measure.aggregation == "count_distinct":
        return f"count(distinct {expression})"
    if measure.aggregation == "percentile":
        return f"quantile_cont(cast({expression} as double), {measure.percentile})"
    return f"sum({expression})"


def _grouped(groups: Sequence[tuple[str, str]], amounts: Sequence[tuple[str, str]], source: str) -> str:
    columns = ",\n        ".join(f"{expression} as {name}" for name, expression in [*groups, *amounts])
    numbers = ", ".join(str(number) for number in range(1, len(groups) + 1))
    group_by = f"\n    group by {numbers}" if groups else ""
    return f"\n    select\n        {columns}\n    from {source}{group_by}"


def _joined_groups(paths: Sequence[tuple[str, DimensionPath]]) -> list[tuple[str, str]]:
    return [
        (quoted(name), f"{path.model.name}.{quoted(path.model.name + '__' + name)}")
        for name, path in paths
        if path.model is not None
    ]


def _joins(paths: Sequence[tuple[str, DimensionPath]], key_columns: dict[str, str]) -> str:
    tables: dict[str, tuple[SemanticModel, str, list[str]]] = {}
    for name, path in paths:
        if path.model is not None and path.key is not None:
            _, _, columns = tables.setdefault(path.model.name, (path.model, path.key, []))
            columns.append(f"{path.dimension.expression} as {quoted(path.model.name + '__' + name)}")
    joins = ""
    for table, (model, key, columns) in tables.items():
        primary = model.primary
        assert primary is not None, "a path leads to a table by its primary entity"
        # Only prefixed names come out of the table, so a measure's own columns stay unambiguous.
        joins += (
            f"\n    left join (select {primary.expression} as {table}__key, {', '.join(columns)} from {model.relation})"
            f" as {table} on {key_columns[key]} = {table}.{table}__key"
        )
    return joins
