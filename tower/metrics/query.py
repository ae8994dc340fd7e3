"""Asking a build for metrics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from tower.metrics.catalogue import Catalogue
from tower.metrics.compiler import compile_query
from tower.metrics.filters import Filter, Period
from tower.metrics.rows import TABLE, catalogue_from_rows

if TYPE_CHECKING:
    from tower.warehouse import Warehouse


def load_catalogue(warehouse: Warehouse) -> Catalogue:
    """The definitions that the build's own figures were made with."""
    return catalogue_from_rows(warehouse.frame(f"select position, kind, name, definition from {TABLE}"))


def query(
    warehouse: Warehouse,
    catalogue: Catalogue,
    metrics: Sequence[str],
    by: Sequence[str] = (),
    where: Sequence[Filter] = (),
    period: Period | None = None,
    *,
    as_of: date | None = None,
    with_parts: bool = False,
) -> pl.DataFrame:
    """The metrics as a frame: the columns of `by` (time grains as the bucket's first day), then one per metric.

    See `compile_query` for units and missing values. `as_of` is the build's own unless another is given.
    """
    compiled = compile_query(
        catalogue, metrics, by, where, period, as_of=as_of or warehouse.as_of, with_parts=with_parts
    )
    return warehouse.frame(compiled.sql, compiled.parameters).select(compiled.columns)
