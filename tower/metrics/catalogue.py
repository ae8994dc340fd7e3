"""What a metric is: the frozen definitions that every card, chart, export and page reads, and what they can answer.

A metric is *simple* (one measure of one fact) or a *ratio* of two simple metrics. No rate is stored and none is
averaged: a ratio at any grain is the sum of its numerators over the sum of its denominators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal

from tower.errors import MetricError

Unit = Literal["money", "quantity", "percent", "days", "ppm", "hours", "count", "turns", "points"]
Direction = Literal["up", "down", "none"]
Aggregation = Literal["sum", "count", "count_distinct", "percentile"]
# When a fact's row counts. flow: on the day of its time dimension. as_of: only today, so it has no history.
# interval_end: in the balance that holds on the last day. interval_days: times the days it held. calendar_days:
# the days themselves, on which the intervals are known.
Timing = Literal["flow", "as_of", "interval_end", "interval_days", "calendar_days"]
Grain = Literal["day", "week", "month", "quarter", "year"]

GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
GRAIN_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "day": ("Day", "日"),
        "week": ("Week", "周"),
        "month": ("Month", "月"),
        "quarter": ("Quarter", "季"),
        "year": ("Year", "年"),
    }
)
# In the order in which they are read.
AREAS: tuple[str, ...] = ("sales", "service", "production", "quality", "purchasing", "inventory", "finance", "crm")
AREA_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sales": ("Sales", "销售"),
        "service": ("Customer service", "客户服务"),
        "production": ("Production", "生产"),
        "quality": ("Quality", "质量"),
        "purchasing": ("Purchasing", "采购"),
        "inventory": ("Inventory", "库存"),
        "finance": ("Finance", "财务"),
        "crm": ("Pipeline", "商机"),
    }
)
DEFAULT_DECIMALS: Mapping[str, int] = MappingProxyType(
    {"money": 0, "quantity": 0, "percent": 1, "days": 1, "ppm": 0, "hours": 1, "count": 0, "turns": 1, "points": 0}
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something to group or filter by. `expression` is SQL over the columns of its semantic model's relation."""

    name: str
    label: str
    label_zh: str
    kind: Literal["categorical", "time"]
    expression: str
    name_zh: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A key column of a relation; through it the dimensions of the table whose primary entity it is are reached."""

    name: str
    kind: str
    expression: str
    label: str | None = None
    label_zh: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One amount of a fact's rows and how it adds up."""

    name: str
    aggregation: Aggregation
    expression: str
    time_dimension: str
    timing: Timing = "flow"
    percentile: float | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    known_with: str | None = None


@dataclass(frozen=True, slots=True)
class SemanticModel:
    """One relation of the build with its keys, dimensions and measures. Without measures it is a dimension table."""

    name: str
    relation: str
    label: str
    label_zh: str
    entities: tuple[Entity, ...]
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]

    @property
    def primary(self) -> Entity | None:
        return next((entity for entity in self.entities if entity.kind == "primary"), None)

    def entity(self, name: str) -> Entity | None:
        return next((entity for entity in self.entities if entity.name == name), None)

    def dimension(self, name: str) -> Dimension | None:
        return next((dimension for dimension in self.dimensions if dimension.name == name), None)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with everything a reader needs to trust it. Formulas and definitions are in words.

    `scale` multiplies a ratio (1,000,000 for ppm, 365 for a year's turns). A `part` exists only as the numerator or
    denominator of others. `requires` names the canonical tables and columns without which it is not connected
    (`a or b`: one of the two is enough); `requires_complete` those that a source must hand over whole.
    """

    name: str
    kind: Literal["simple", "ratio"]
    label: str
    label_zh: str
    unit: Unit
    is_part: bool = False
    area: str = ""
    owner: str = ""
    direction: Direction = "none"
    decimals: int = 0
    definition: str = ""
    definition_zh: str = ""
    formula: str = ""
    formula_zh: str = ""
    standard: str | None = None
    requires: tuple[str, ...] = ()
    requires_complete: tuple[str, ...] = ()
    variant_of: str | None = None
    variant: str | None = None
    variant_zh: str | None = None
    model: str | None = None
    measure: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class DimensionPath:
    """How a fact reaches a dimension: by its own column, or by its key into the dimension table `model`."""

    dimension: Dimension
    key: str | None = None
    model: SemanticModel | None = None


@dataclass(frozen=True)
class Catalogue:
    """All metrics, dimensions and semantic models of one build.

    `definitions` holds all metrics; `metrics` those that people see, by area; `parts` what only others are made of.
    """

    models: Mapping[str, SemanticModel]
    definitions: Mapping[str, Metric]
    metrics: Mapping[str, Metric] = field(init=False)
    parts: Mapping[str, Metric] = field(init=False, repr=False)
    dimensions: Mapping[str, Dimension] = field(init=False)
    _dimension_tables: Mapping[str, SemanticModel] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        tables = {model.primary.name: model for model in self.models.values() if not model.measures and model.primary}
        found: dict[str, Dimension] = {}
        for model in self.models.values():
            for dimension in (*model.dimensions, *_entity_dimensions(model)):
                found.setdefault(dimension.name, dimension)
        object.__setattr__(self, "models", MappingProxyType(dict(self.models)))
        object.__setattr__(self, "definitions", MappingProxyType(dict(self.definitions)))
        for name, is_part in (("metrics", False), ("parts", True)):
            chosen = {metric.name: metric for metric in self.definitions.values() if metric.is_part == is_part}
            object.__setattr__(self, name, MappingProxyType(chosen))
        object.__setattr__(self, "dimensions", MappingProxyType(found))
        object.__setattr__(self, "_dimension_tables", MappingProxyType(tables))

    def metric(self, name: str) -> Metric:
        """Raises MetricError with the nearest names."""
        if name not in self.definitions:
            raise MetricError(f"There is no metric {name!r}.{nearest(name, self.metrics)}")
        return self.definitions[name]

    def variants(self, name: str) -> tuple[Metric, ...]:
        """The metric that is the default of its family, then its variants; one alone if it has none."""
        family = self.metric(name).variant_of or name
        return (self.metric(family), *(metric for metric in self.metrics.values() if metric.variant_of == family))

    def leaves(self, name: str) -> tuple[Metric, ...]:
        """The simple metrics that `name` is made of: itself, or numerator and denominator."""
        metric = self.metric(name)
        if metric.numerator is None or metric.denominator is None:
            return (metric,)
        return (self.metric(metric.numerator), self.metric(metric.denominator))

    def measure_of(self, leaf: Metric) -> tuple[SemanticModel, Measure]:
        """The fact and measure of a simple metric."""
        model = self.models.get(leaf.model or "")
        measure = next((one for one in model.measures if one.name == leaf.measure), None) if model else None
        if model is None or measure is None:
            raise MetricError(f"The metric {leaf.name!r} has no measure of its own. Build again with `tower build`.")
        return model, measure

    def path(self, model: SemanticModel, name: str) -> DimensionPath | None:
        """How rows of `model` reach the dimension `name`; None if they do not."""
        own = model.dimension(name)
        if own is not None:
            return DimensionPath(own)
        entity = model.entity(name)
        if entity is not None:
            known = self.dimensions.get(name)
            label, label_zh = (known.label, known.label_zh) if known else (name, name)
            return DimensionPath(Dimension(name, label, label_zh, "categorical", entity.expression))
        for entity in model.entities:
            table = self._dimension_tables.get(entity.name)
            if table is not None and table is not model:
                dimension = table.dimension(name)
                if dimension is not None:
                    return DimensionPath(dimension, entity.expression, table)
        return None

    def grains(self, name: str) -> tuple[Grain, ...]:
        """The time grains a metric can be shown by; none for one that is known only as of today."""
        is_today_only = any(self.measure_of(leaf)[1].timing == "as_of" for leaf in self.leaves(name))
        return () if is_today_only else GRAINS

    def dimensions_of(self, name: str) -> tuple[Dimension, ...]:
        """Every dimension that all facts behind the metric reach, time grains apart."""
        models = [
            model
            for leaf in self.leaves(name)
            for model, measure in [self.measure_of(leaf)]
            if measure.timing != "calendar_days"
        ]
        return tuple(
            dimension
            for dimension in self.dimensions.values()
            if all(self.path(model, dimension.name) is not None for model in models)
        )

    def time_basis(self, name: str) -> Dimension | None:
        """The date by which a metric's rows fall into a period; None for one as of today or of held intervals."""
        model, measure = self.measure_of(self.leaves(name)[0])
        return model.dimension(measure.time_dimension) if measure.timing == "flow" else None


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean …?`, or nothing where no known name is near."""
    close = get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(close)}?" if close else ""


def _entity_dimensions(model: SemanticModel) -> tuple[Dimension, ...]:
    return tuple(
        Dimension(entity.name, entity.label, entity.label_zh or entity.label, "categorical", entity.expression)
        for entity in model.entities
        if entity.label is not None
    )
