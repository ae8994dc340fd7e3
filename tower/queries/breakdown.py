"""One metric taken apart: by the members of a dimension, by its variants, down to documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tower.exports import Column, ColumnKind
from tower.metrics import Catalogue, Dimension, Filter, Metric, Period, document_count, document_rows, query

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Bars of one figure; the download holds all members.
MOST_MEMBERS = 12
# Rows of documents on the screen and in a file.
MOST_DOCUMENTS = 500
MOST_EXPORTED_DOCUMENTS = 200_000
# What helps to recognise a document, where its fact reaches it.
DOCUMENT_DIMENSIONS = (
    "customer_name", "supplier_name", "item_name", "item_name_zh", "plant_name", "work_centre_name",
)  # fmt: skip
_KINDS: dict[str, ColumnKind] = {"money": "money", "percent": "percent", "count": "integer", "quantity": "quantity"}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The largest members of a dimension: `frame` holds value (id), label, label_zh, figure, numerator, denominator."""

    frame: pl.DataFrame
    members: int


def grouping_dimensions(catalogue: Catalogue, metric: str) -> tuple[Dimension, ...]:
    """The dimensions worth grouping by: names stand for their keys, and documents are no groups."""
    reached = {dimension.name: dimension for dimension in catalogue.dimensions_of(metric)}
    chinese = {dimension.name_zh for dimension in reached.values() if dimension.name_zh}
    documents = {model.primary.name for model in catalogue.models.values() if model.measures and model.primary}
    documents |= {"sales_order", "purchase_order", "delivery", "production_order", "invoice", "lot"}
    return tuple(
        dimension
        for dimension in reached.values()
        if dimension.kind == "categorical"
        and dimension.name not in chinese
        and dimension.name not in documents
        and f"{dimension.name}_name" not in reached
    )


def members(
    warehouse: Warehouse,
    catalogue: Catalogue,
    metric: str,
    dimension: str,
    where: tuple[Filter, ...],
    period: Period | None,
    most: int | None,
) -> Breakdown:
    """The metric by the members of a dimension; ratios come worst first, amounts greatest first.

    Of more than `most` the weightiest are kept: the greatest denominators of a ratio, the greatest amounts otherwise.
    """
    known = catalogue.metric(metric)
    key, label, chinese = _columns(catalogue, metric, dimension)
    by = list(dict.fromkeys(name for name in (key, label, chinese) if name))
    figures = query(warehouse, catalogue, [metric], by=by, where=where, period=period, with_parts=True)
    is_ratio = f"{metric}__denominator" in figures.columns
    shaped = figures.select(
        pl.col(key).cast(pl.String).alias("value"),
        pl.col(label).cast(pl.String).alias("label"),
        (pl.col(chinese).cast(pl.String) if chinese else pl.lit(None, dtype=pl.String)).alias("label_zh"),
        pl.col(metric).alias("figure"),
        (pl.col(f"{metric}__numerator") if is_ratio else pl.col(metric)).cast(pl.Float64).alias("numerator"),
        (pl.col(f"{metric}__denominator") if is_ratio else pl.lit(None)).cast(pl.Float64).alias("denominator"),
    ).drop_nulls("figure")
    weight = pl.col("denominator" if is_ratio else "numerator").abs()
    kept = shaped.sort([weight, "label"], descending=[True, False], nulls_last=True)
    kept = kept if most is None else kept.head(most)
    is_good_first = is_ratio and known.direction == "up"
    return Breakdown(kept.sort(["figure", "label"], descending=[not is_good_first, False]), shaped.height)


def member_filter(catalogue: Catalogue, metric: str, dimension: str, value: str) -> Filter:
    """The condition that keeps one member of a breakdown."""
    return Filter(_columns(catalogue, metric, dimension)[0], "=", (value,))


def documents(
    warehouse: Warehouse,
    catalogue: Catalogue,
    metric: str,
    where: tuple[Filter, ...],
    period: Period | None,
    limit: int,
) -> tuple[pl.DataFrame, int]:
    """The documents behind a metric, those that add most first, and how many there are in all.

    Columns: the document's own key, its date, names, amounts, and its other keys last.
    """
    reached = {one.name for one in catalogue.dimensions_of(metric)}
    shown = [name for name in DOCUMENT_DIMENSIONS if name in reached]
    frame = document_rows(warehouse, catalogue, metric, where, period, show=shown, limit=limit)
    days = [name for name, dtype in frame.schema.items() if dtype.is_temporal()]
    amounts = [name for name in ("numerator", "denominator") if name in frame.columns]
    first = [frame.columns[0], *days, *shown, *amounts]
    frame = frame.select([*dict.fromkeys(first), *(name for name in frame.columns if name not in first)])
    count = frame.height if frame.height < limit else document_count(warehouse, catalogue, metric, where, period)
    return frame, count


def in_language(catalogue: Catalogue, frame: pl.DataFrame, *, is_chinese: bool) -> pl.DataFrame:
    """Documents with one column a name: the Chinese one for a Chinese reader where the source has it."""
    pairs = [
        (one.name, one.name_zh)
        for one in catalogue.dimensions.values()
        if one.name_zh and one.name in frame.columns and one.name_zh in frame.columns
    ]
    named = frame.with_columns(pl.coalesce(chinese, name).alias(name) for name, chinese in pairs if is_chinese)
    return named.drop(chinese for _, chinese in pairs)


def document_columns(catalogue: Catalogue, metric: str, frame: pl.DataFrame, *, is_chinese: bool) -> tuple[Column, ...]:
    """How the columns of `documents` are called and written."""
    model = catalogue.measure_of(catalogue.leaves(metric)[0])[0]
    labels = catalogue.dimensions
    by_expression = {one.expression: one for one in model.dimensions}
    sides = dict(zip(("numerator", "denominator"), catalogue.leaves(metric), strict=False))
    columns = []
    for name, dtype in frame.schema.items():
        side = sides.get(name)
        if side is not None:
            columns.append(Column(name, _metric_label(side, is_chinese), _KINDS.get(side.unit, "number")))
            continue
        dimension = labels.get(name) or by_expression.get(name)
        if dimension is None and name != frame.columns[0]:
            # A part of the key that has no name for a reader, such as the open end of an interval.
            continue
        label = name if dimension is None else (dimension.label_zh if is_chinese else dimension.label)
        columns.append(Column(name, label, "day" if dtype == pl.Date else "text"))
    return tuple(columns)


def _metric_label(metric: Metric, is_chinese: bool) -> str:
    return metric.label_zh if is_chinese else metric.label


def _columns(catalogue: Catalogue, metric: str, dimension: str) -> tuple[str, str, str | None]:
    """For a dimension: what identifies a member, its name, its Chinese name."""
    reached = {one.name: one for one in catalogue.dimensions_of(metric)}
    chinese = reached[dimension].name_zh if dimension in reached else None
    key = dimension.removesuffix("_name")
    if dimension.endswith("_name") and key in reached:
        return key, dimension, chinese
    return dimension, dimension, chinese
