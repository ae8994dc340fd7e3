"""From dbt's validated semantic_manifest.json to the catalogue. What cannot compile is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tower.errors import MetricError
from tower.metrics.catalogue import (
    AREAS,
    DEFAULT_DECIMALS,
    Aggregation,
    Catalogue,
    Dimension,
    Direction,
    Entity,
    Measure,
    Metric,
    SemanticModel,
    Timing,
    Unit,
)

Json = Mapping[str, Any]
_AGGREGATIONS = {
    "sum": "sum",
    "count": "count",
    "count_distinct": "count_distinct",
    "percentile": "percentile",
    "median": "percentile",
}
_TIMINGS = ("flow", "as_of", "interval_end", "interval_days", "calendar_days")
_DIRECTIONS = ("up", "down", "none")
_REQUIRED = ("unit", "label_zh")
_REQUIRED_OF_PUBLISHED = ("area", "owner", "direction", "definition_zh", "formula", "formula_zh", "requires")


def catalogue_from_manifest(manifest: Json) -> Catalogue:
    """Read the content of semantic_manifest.json. Raises MetricError naming the metric and what it lacks."""
    raw_models = {model["name"]: model for model in manifest["semantic_models"]}
    models = {name: _semantic_model(model) for name, model in raw_models.items()}
    measures = {measure["name"]: (name, measure) for name, model in raw_models.items() for measure in model["measures"]}
    raw_metrics = {metric["name"]: metric for metric in manifest["metrics"]}
    metrics = {
        name: _metric(raw_metrics[name], raw_metrics, measures) for name in _in_reading_order(raw_metrics, measures)
    }
    catalogue = Catalogue(models, metrics)
    for metric in catalogue.definitions.values():
        _check_family(catalogue, metric)
    return catalogue


def _in_reading_order(metrics: Json, measures: Mapping[str, tuple[str, Json]]) -> list[str]:
    """Names by area, then by the `order` of the fact, its measures before the ratios; dbt reads files in any order."""
    positions = {name: position for position, name in enumerate(measures)}

    def place(name: str) -> tuple[int, int, int, int]:
        inputs = [one["name"] for one in metrics[name]["type_params"]["input_measures"] if one["name"] in measures]
        area = _metric_meta(metrics[name], metrics, measures).get("area", "")
        order = max((int(_meta(measures[one][1]).get("order", 99)) for one in inputs), default=99)
        own = positions.get(name)
        return AREAS.index(area) if area in AREAS else len(AREAS), order, 0 if own is not None else 1, own or 0

    return sorted(metrics, key=place)


def _semantic_model(raw: Json) -> SemanticModel:
    relation = f"{raw['node_relation']['schema_name']}.{raw['node_relation']['alias']}"
    default_time = (raw.get("defaults") or {}).get("agg_time_dimension")
    meta = _meta(raw)
    return SemanticModel(
        name=raw["name"],
        relation=relation,
        label=raw.get("label") or raw["name"],
        label_zh=meta.get("label_zh") or raw.get("label") or raw["name"],
        entities=tuple(_entity(entity) for entity in raw["entities"]),
        dimensions=tuple(_dimension(dimension) for dimension in raw["dimensions"]),
        measures=tuple(_measure(measure, default_time) for measure in raw["measures"]),
    )


def _entity(raw: Json) -> Entity:
    label = raw.get("label")
    # A model's own meta is merged into its elements by dbt: without a label of its own, the Chinese one is the model's.
    label_zh = _meta(raw).get("label_zh") if label else None
    return Entity(raw["name"], raw["type"], raw.get("expr") or raw["name"], label, label_zh)


def _dimension(raw: Json) -> Dimension:
    meta = _meta(raw)
    label = raw.get("label") or raw["name"]
    return Dimension(
        name=raw["name"],
        label=label,
        label_zh=meta.get("label_zh") or label,
        kind="time" if raw["type"] == "time" else "categorical",
        expression=raw.get("expr") or raw["name"],
        name_zh=meta.get("name_zh"),
        description=raw.get("description") or "",
    )


def _measure(raw: Json, default_time: str | None) -> Measure:
    meta, name, aggregation = _meta(raw), raw["name"], _AGGREGATIONS.get(raw["agg"])
    if aggregation is None:
        raise MetricError(
            f"The measure {name!r} aggregates by {raw['agg']!r}. Use one of {', '.join(_AGGREGATIONS)}; an average is "
            "written as a ratio, so that it can be added up."
        )
    timing = meta.get("timing", "flow")
    if timing not in _TIMINGS:
        raise MetricError(f"The measure {name!r} has the timing {timing!r}. Use one of {', '.join(_TIMINGS)}.")
    if timing.startswith("interval") and not (meta.get("valid_from") and meta.get("valid_to")):
        raise MetricError(
            f"The measure {name!r} is of intervals: name its columns `valid_from` and `valid_to` in its meta."
        )
    percentile = None
    if aggregation == "percentile":
        percentile = 0.5 if raw["agg"] == "median" else (raw.get("agg_params") or {}).get("percentile")
        if percentile is None:
            raise MetricError(f"The measure {name!r} is a percentile: say which one in `agg_params`.")
    return Measure(
        name=name,
        aggregation=cast(Aggregation, aggregation),
        expression=str(raw.get("expr") or name),
        time_dimension=raw.get("agg_time_dimension") or default_time or "",
        timing=cast(Timing, timing),
        percentile=percentile,
        valid_from=meta.get("valid_from"),
        valid_to=meta.get("valid_to"),
        known_with=meta.get("known_with"),
    )


def _metric(raw: Json, metrics: Json, measures: Mapping[str, tuple[str, Json]]) -> Metric:
    name, params = raw["name"], raw["type_params"]
    meta = _metric_meta(raw, metrics, measures)
    is_part = bool(meta.get("part", False))
    missing = [
        key for key in (_REQUIRED if is_part else _REQUIRED + _REQUIRED_OF_PUBLISHED) if meta.get(key) in (None, "", [])
    ]
    if not is_part and not raw.get("description"):
        missing.append("description")
    if missing:
        raise MetricError(f"The metric {name!r} lacks {', '.join(missing)} in its definition.")
    if meta["unit"] not in DEFAULT_DECIMALS:
        raise MetricError(
            f"The metric {name!r} has the unit {meta['unit']!r}. Use one of {', '.join(DEFAULT_DECIMALS)}."
        )
    if meta.get("direction", "none") not in _DIRECTIONS:
        raise MetricError(f"The metric {name!r} has the direction {meta['direction']!r}. Use up, down or none.")
    inputs = [params[side] for side in ("measure", "numerator", "denominator") if params.get(side)]
    if raw.get("filter") or any(one.get("filter") for one in inputs):
        raise MetricError(
            f"The metric {name!r} has a filter. Write the condition into its measure's expression instead."
        )
    is_ratio = raw["type"] == "ratio"
    if raw["type"] not in ("simple", "ratio"):
        raise MetricError(
            f"The metric {name!r} is of type {raw['type']!r}. Only simple and ratio metrics can be compiled."
        )
    measure = None if is_ratio else params["measure"]["name"]
    return Metric(
        name=name,
        kind="ratio" if is_ratio else "simple",
        label=meta.get("label") or raw.get("label") or name,
        label_zh=meta["label_zh"],
        unit=cast(Unit, meta["unit"]),
        is_part=is_part,
        area=meta.get("area", ""),
        owner=meta.get("owner", ""),
        direction=cast(Direction, meta.get("direction", "none")),
        decimals=int(meta.get("decimals", DEFAULT_DECIMALS[meta["unit"]])),
        definition=raw.get("description") or "",
        definition_zh=meta.get("definition_zh", ""),
        formula=meta.get("formula", ""),
        formula_zh=meta.get("formula_zh", ""),
        standard=meta.get("standard"),
        requires=tuple(meta.get("requires", ())),
        requires_complete=tuple(meta.get("requires_complete", ())),
        variant_of=meta.get("variant_of"),
        variant=meta.get("variant"),
        variant_zh=meta.get("variant_zh"),
        model=measures[measure][0] if measure else None,
        measure=measure,
        numerator=params["numerator"]["name"] if is_ratio else None,
        denominator=params["denominator"]["name"] if is_ratio else None,
        scale=float(meta.get("scale", 1)),
    )


def _metric_meta(raw: Json, metrics: Json, measures: Mapping[str, tuple[str, Json]]) -> dict[str, Any]:
    """A metric's own meta. Area and owner are those of its (numerator's) fact, unless it names any."""
    own = _meta(raw)
    if raw["type"] == "simple":
        measure = measures[raw["type_params"]["measure"]["name"]][1]
        # dbt hands a metric that is made from a measure only the meta of the model, and the measure's is complete.
        return {**own, **_meta(measure)} if measure["name"] == raw["name"] else dict(own)
    if raw["type"] == "ratio":
        numerator = _metric_meta(metrics[raw["type_params"]["numerator"]["name"]], metrics, measures)
        return {**{key: numerator[key] for key in ("area", "owner") if key in numerator}, **own}
    return dict(own)


def _check_family(catalogue: Catalogue, metric: Metric) -> None:
    if metric.variant_of is not None and (metric.variant_of not in catalogue.metrics or not metric.variant):
        raise MetricError(
            f"The metric {metric.name!r} is a variant: name an existing metric and what differs (`variant`)."
        )
    for leaf in catalogue.leaves(metric.name):
        if leaf.kind != "simple":
            raise MetricError(
                f"The metric {metric.name!r} stands on the ratio {leaf.name!r}. Ratios are of simple metrics only."
            )
        model, measure = catalogue.measure_of(leaf)
        if model.dimension(measure.time_dimension) is None:
            raise MetricError(f"The measure {measure.name!r} has no date of its own. Name one in `agg_time_dimension`.")
        if measure.known_with is not None and measure.known_with not in catalogue.models:
            raise MetricError(
                f"The measure {measure.name!r} is aligned with {measure.known_with!r}, which does not exist."
            )


def _meta(raw: Json) -> Json:
    return cast(Json, (raw.get("config") or {}).get("meta") or {})
