"""The catalogue as rows of `build.metric_catalogue`, so that a build carries its own definitions."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import polars as pl

from tower.metrics.catalogue import Catalogue, Dimension, Entity, Measure, Metric, SemanticModel

TABLE = "build.metric_catalogue"


def catalogue_rows(catalogue: Catalogue) -> pl.DataFrame:
    """One row per semantic model and metric: position, kind (semantic_model, metric), name, definition (JSON)."""
    entries = [
        *(("semantic_model", model.name, asdict(model)) for model in catalogue.models.values()),
        *(("metric", metric.name, asdict(metric)) for metric in catalogue.definitions.values()),
    ]
    return pl.DataFrame(
        [
            (position, kind, name, json.dumps(definition, ensure_ascii=False))
            for position, (kind, name, definition) in enumerate(entries)
        ],
        schema={"position": pl.Int32, "kind": pl.String, "name": pl.String, "definition": pl.String},
        orient="row",
    )


def catalogue_from_rows(frame: pl.DataFrame) -> Catalogue:
    """The catalogue that `catalogue_rows` wrote."""
    ordered = frame.sort("position")
    definitions = list(zip(ordered["kind"], map(json.loads, ordered["definition"]), strict=True))
    models = [_semantic_model(definition) for kind, definition in definitions if kind == "semantic_model"]
    metrics = [_metric(definition) for kind, definition in definitions if kind == "metric"]
    return Catalogue({model.name: model for model in models}, {metric.name: metric for metric in metrics})


def _semantic_model(definition: dict[str, Any]) -> SemanticModel:
    return SemanticModel(
        **{
            **definition,
            "entities": tuple(Entity(**entity) for entity in definition["entities"]),
            "dimensions": tuple(Dimension(**dimension) for dimension in definition["dimensions"]),
            "measures": tuple(Measure(**measure) for measure in definition["measures"]),
        }
    )


def _metric(definition: dict[str, Any]) -> Metric:
    lists = {key: tuple(definition[key]) for key in ("requires", "requires_complete")}
    return Metric(**{**definition, **lists})
