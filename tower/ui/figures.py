"""Figures as they are shown: drawn by the charts, taken away as the data behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from tower.charts import Figure
from tower.exports import Column, ColumnKind, Provenance
from tower.i18n import Text
from tower.metrics import Metric
from tower.ui.downloads import provenance, show_downloads
from tower.ui.view import View

_CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False}
_KINDS: dict[str, ColumnKind] = {"money": "money", "percent": "percent", "count": "integer", "quantity": "quantity"}


def show_figure(
    view: View,
    key: str,
    figure: Figure,
    data: Callable[[], pl.DataFrame],
    columns: Sequence[Column],
    about: Provenance,
) -> None:
    """A figure with the download of its data below. The page's theme colours it, so it follows light and dark."""
    st.plotly_chart(figure, key=f"{key}_figure", theme="streamlit", config=_CONFIG, alt=about.title)
    show_downloads(view, key, data, lambda _: columns, about)


def about_metric(view: View, metric: Metric) -> Provenance:
    """Where a metric's figures come from, with its definition and formula."""
    text = view.text
    return provenance(
        view,
        view.label(metric.name),
        (
            (text("definition.definition"), text.pick(metric.definition, metric.definition_zh)),
            (text("definition.formula"), text.pick(metric.formula, metric.formula_zh)),
            (text("definition.unit"), text(f"unit_name.{metric.unit}", currency=view.numbers.currency)),
        ),
    )


def export_kind(metric: Metric) -> ColumnKind:
    """How a metric's values are written in a file."""
    return _KINDS.get(metric.unit, "number")


def member_columns(view: View, metric: Metric, dimension: str) -> tuple[Column, ...]:
    """The columns of a breakdown in a file: the member, the figure, and the two sides of a ratio."""
    known = view.catalogue.dimensions[dimension]
    columns = [
        Column("value", view.text("detail.id")),
        Column("name", view.text.pick(known.label, known.label_zh)),
        Column("figure", view.label(metric.name), export_kind(metric)),
    ]
    leaves = view.catalogue.leaves(metric.name)
    if len(leaves) == 2:
        for side, leaf in zip(("numerator", "denominator"), leaves, strict=True):
            columns.append(Column(side, view.text.pick(leaf.label, leaf.label_zh), export_kind(leaf)))
    return tuple(columns)


def named_members(text: Text) -> pl.Expr:
    """The name of each member in the reader's language."""
    first, second = ("label_zh", "label") if text.language == "zh" else ("label", "label_zh")
    return pl.coalesce(pl.col(first), pl.col(second), pl.col("value"), pl.lit(text("detail.no_member")))
