"""Filters as SQL conditions over one fact. Names come from the catalogue; values are bound, never written into SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tower.errors import MetricError
from tower.metrics.calendar import written_period
from tower.metrics.catalogue import GRAINS, DimensionPath, Grain
from tower.metrics.filters import Filter, Period

_NEGATIVE = {"!=": "=", "not in": "in", "is null": "is not null"}


@dataclass(slots=True)
class Parameters:
    """The values of one statement by the names they are bound to; the same value is bound once."""

    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        for name, known in self.values.items():
            if type(known) is type(value) and known == value:
                return f"${name}"
        name = f"p{len(self.values) + 1}"
        self.values[name] = value
        return f"${name}"


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def is_grain(name: str) -> bool:
    """Whether a name is a time grain: day, week, month, quarter, year."""
    return name in GRAINS


def day_conditions(column: str, where: Sequence[Filter], period: Period | None, parameters: Parameters) -> list[str]:
    """What a period and the filters on time grains ask of the day in `column`."""
    conditions = []
    if period is not None:
        conditions.append(f"{column} between {parameters.bind(period.start)} and {parameters.bind(period.end)}")
    for condition in where:
        if is_grain(condition.dimension):
            grain: Grain = next(grain for grain in GRAINS if grain == condition.dimension)
            conditions.append(_day_condition(column, condition, grain, parameters))
    return conditions


def dimension_condition(path: DimensionPath, condition: Filter, parameters: Parameters) -> str:
    """What a filter on a dimension asks of a fact's row. A dimension table is asked by its key, without a join."""
    positive = Filter(condition.dimension, _positive(condition), condition.values)
    test = _test(path, positive, parameters)
    if path.model is None or path.key is None:
        return f"not coalesce({test}, false)" if condition.operator in _NEGATIVE else test
    primary = path.model.primary
    assert primary is not None, "a path leads to a table by its primary entity"
    keys = f"(select {primary.expression} from {path.model.relation} where {primary.expression} is not null and {test})"
    if condition.operator in _NEGATIVE:
        return f"({path.key} is null or {path.key} not in {keys})"
    return f"{path.key} in {keys}"


def _positive(condition: Filter) -> Any:
    return _NEGATIVE.get(condition.operator, condition.operator)


def _test(path: DimensionPath, condition: Filter, parameters: Parameters) -> str:
    expression = path.dimension.expression
    if condition.operator == "is not null":
        return f"{expression} is not null"
    if path.dimension.kind == "time":
        return _day_condition(f"cast({expression} as date)", condition, "day", parameters)
    if condition.operator not in ("=", "in"):
        raise MetricError(
            f"{path.dimension.label} has no order, so `{condition.operator}` cannot be asked of it. "
            "Use `=`, `!=`, `in` or `not in`."
        )
    values = ", ".join(parameters.bind(value) for value in condition.values)
    return f"cast({expression} as varchar) in ({values})"


def _day_condition(column: str, condition: Filter, grain: Grain, parameters: Parameters) -> str:
    operator = condition.operator
    if operator in ("is null", "is not null"):
        raise MetricError(
            f"`{condition.dimension} {operator}` cannot be asked: a figure counts only rows that have its date."
        )
    periods = [written_period(value, grain) for value in condition.values]
    if operator in ("=", "in", "!=", "not in"):
        inside = " or ".join(
            f"{column} between {parameters.bind(period.start)} and {parameters.bind(period.end)}" for period in periods
        )
        return f"({inside})" if operator in ("=", "in") else f"not ({inside})"
    period = periods[0]
    edge = {
        ">=": (">=", period.start),
        ">": (">=", period.end + timedelta(days=1)),
        "<=": ("<=", period.end),
        "<": ("<", period.start),
    }[operator]
    return f"{column} {edge[0]} {parameters.bind(edge[1])}"
