"""Control charts of what was measured: levels and spread, signs of change, and capability against the specification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import streamlit as st

from tower.charts.control import control_figure
from tower.control_chart import (
    RULES,
    ControlLimits,
    capability,
    individual_limits,
    mean_range_limits,
    moving_ranges,
    run_rules,
)
from tower.control_chart.limits import LARGEST_SUBGROUP
from tower.exports import ColumnKind
from tower.queries import quality
from tower.queries.quality import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

# Subgroups that set the limits: so many from the start, or all there are.
BASES = ("20", "40", "all")
DEFAULT_BASE = "20"
_POINTS: dict[str, ColumnKind] = {
    "inspection_id": "text", "inspected_at": "instant", "level": "number", "spread": "number", "signs": "text",
    "supplier_id": "text", "production_order_id": "text", "lot_id": "text",
}  # fmt: skip


def show_control(view: View, chosen: Chosen) -> None:
    """Choose what was measured, then its charts. The whole history is drawn: limits need their base period."""
    text = view.text
    offered = ask(view.warehouse, quality.characteristics, chosen)
    if offered.is_empty():
        missing = () if not view.missing["inspection_acceptance_rate"] else ("inspection_measurements",)
        (states.not_connected(text, missing) if missing else states.empty(text, text("quality.nothing_measured")))
        return
    names = {
        f"{row['item_id']}~{row['characteristic']}": text(
            "quality.measured", item=row["item_id"], name=text.pick(row["item_name"] or "", row["item_name_zh"]),
            characteristic=row["characteristic"], inspections=row["inspections"],
        )
        for row in offered.iter_rows(named=True)
    }  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        key = url.select(
            text("quality.characteristic"), "characteristic", list(names), names.__getitem__, default=next(iter(names)),
            width=460,
        ) or next(iter(names))  # fmt: skip
        base = url.segments(
            text("quality.base"), "base", BASES, lambda one: text(f"quality.base_{one}"), default=DEFAULT_BASE,
            help=text("quality.base_help"),
        )  # fmt: skip
    item, _, characteristic = key.partition("~")
    _show_charts(view, ask(view.warehouse, quality.measurements, item, characteristic), base, names[key])


def _show_charts(view: View, samples: pl.DataFrame, base: str, title: str) -> None:
    text = view.text
    groups, size, left_out = subgroups(samples)
    count = groups.height if base == "all" else min(int(base), groups.height)
    if groups.height < 2:
        states.empty(text, text("quality.nothing_measured"))
        return
    levels, spread = groups["level"].to_numpy(), groups["spread"].to_numpy()
    limits = individual_limits(levels[:count]) if size == 1 else mean_range_limits(levels[:count], spread[:count], size)
    broken = run_rules(levels, limits.centre, limits.level_sigma)
    signs = [
        text.listed(text(f"quality.rule_{rule}") for rule in RULES if broken[rule][position])
        for position in range(groups.height)
    ]
    _say_capability(view, samples, limits, count, size, left_out)
    shown = groups.with_columns(pl.Series("signs", signs, pl.String))
    days = [view.numbers.day(at.date()) for at in groups["inspected_at"].to_list()]
    months = [f"{at:%Y-%m}" for at in groups["inspected_at"].to_list()]
    kind = "individual" if size == 1 else "mean"
    beyond = (spread > limits.spread_upper) | (spread < limits.spread_lower)
    outside = [text("quality.rule_beyond_limits") if one else "" for one in beyond]
    charts: tuple[tuple[str, list[float | None], float, float, float, Sequence[str]], ...] = (
        (f"level_{kind}", _known(levels), limits.lower, limits.centre, limits.upper, signs),
        (f"spread_{kind}", _known(spread), limits.spread_lower, limits.spread_centre, limits.spread_upper, outside),
    )
    for name, values, lower, centre, upper, marks in charts:
        st.markdown(f"**{text(f'quality.chart_{name}', size=size)}**")
        show_figure(
            view, f"control_{name}",
            control_figure(
                days, values, centre=centre, lower=lower, upper=upper, label=lambda value: f"{value:,.4g}",
                marks=marks, ticks=months,
                limit_names=(text("quality.lower"), text("quality.centre"), text("quality.upper")), base=count,
            ),
            lambda: shown, columns_of(view, "quality_column", _POINTS), provenance(view, title),
        )  # fmt: skip
    st.caption(text("quality.chart_note", base=count))
    signed = shown.filter(pl.col("signs") != "")
    show_table(
        view, "control_signs", text("quality.signs"), signed, columns_of(view, "quality_column", _POINTS),
        note=text("quality.signs_note", points=signed.height, all=shown.height), empty=text("quality.no_signs"),
    )  # fmt: skip


def subgroups(samples: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    """One row per inspection of the commonest size, in order of time; that size, and how many others are left out.

    level is the mean (or the single value), spread the range (or the moving range, null at first). Inspections of more
    samples than a range chart takes count as single values of their means.
    """
    by = samples.group_by("inspection_id", maintain_order=True).agg(
        pl.col("inspected_at", "supplier_id", "production_order_id", "lot_id").first(),
        level=pl.col("measured_value").mean(),
        spread=pl.col("measured_value").max() - pl.col("measured_value").min(),
        size=pl.len(),
    ).sort(["inspected_at", "inspection_id"])  # fmt: skip
    sizes = by.group_by("size").len().sort(["len", "size"], descending=True)
    size = int(sizes["size"][0]) if sizes.height else 1
    kept = by.filter(pl.col("size") == size)
    if size > LARGEST_SUBGROUP or size == 1:
        kept = kept.with_columns(pl.Series("spread", moving_ranges(kept["level"].to_numpy())))
        return kept, 1, by.height - kept.height
    return kept, size, by.height - kept.height


def _known(values: Any) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _say_capability(
    view: View, samples: pl.DataFrame, limits: ControlLimits, count: int, size: int, left_out: int
) -> None:
    text = view.text
    last: Mapping[str, Any] = samples.row(samples.height - 1, named=True)
    known = capability(limits.centre, limits.sigma, last["lower_limit"], last["upper_limit"])
    outside = samples.filter(
        (pl.col("measured_value") < pl.col("lower_limit")) | (pl.col("measured_value") > pl.col("upper_limit"))
    ).height

    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:,.4g}"

    with st.grid(4, min_column_width=150, gap="small"):
        st.metric(text("quality.cp"), number(known.cp), help=text("quality.cp_help"), border=True, height="stretch")
        st.metric(text("quality.cpk"), number(known.cpk), help=text("quality.cpk_help"), border=True, height="stretch")
        st.metric(
            text("quality.specification"), f"{number(last['lower_limit'])} – {number(last['upper_limit'])}",
            help=text("quality.specification_help", target=number(last["target_value"])), border=True, height="stretch",
        )  # fmt: skip
        st.metric(
            text("quality.outside"), view.numbers.integer(outside),
            help=text("quality.outside_help", samples=view.numbers.integer(samples.height)), border=True,
            height="stretch",
        )  # fmt: skip
    if left_out:
        st.caption(text("quality.left_out", left_out=left_out, size=size))
