"""Why a figure differs from another reading of it: another definition, the period before, an earlier build."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.access import EVERYTHING
from tower.charts.waterfall import waterfall_figure
from tower.exports import Column
from tower.metrics import Catalogue, Difference, Filter, Metric, is_explainable
from tower.queries import breakdown, difference
from tower.queries.difference import Compared
from tower.ui import cached, states, url
from tower.ui.figures import about_metric, export_kind, show_figure
from tower.ui.kept_builds import kept_builds
from tower.ui.tables import show_table
from tower.ui.view import View
from tower.warehouse import Warehouse

PARAMETERS = ("against", "bridge")
PERIOD_BEFORE = "period"
FIRST_DIMENSIONS = ("product_family", "customer_segment", "supplier_name", "plant_name", "item_category")


def show_difference(view: View, metric: Metric) -> None:
    """One metric against another reading of it, down to the documents whose shares add up to the difference."""
    offered = _offered(view, metric)
    if not offered:
        return
    st.markdown(f"**{view.text('difference.title')}**")
    if not is_explainable(view.catalogue, metric.name):
        states.empty(view.text, view.text("difference.no_sum"))
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        against = url.select(
            view.text("difference.against"), "against", list(offered), lambda one: offered[one],
            default=next(iter(offered)), width=420,
        )  # fmt: skip
        by = _choose_dimension(view, metric)
    if against is None:
        return
    found = explain(view, metric.name, against, by)
    if found is None:
        states.empty(view.text, view.text("difference.no_value"))
        return
    other = view.catalogue.metric(against.removeprefix("metric:")) if against.startswith("metric:") else metric
    show_explained(view, metric, offered[against], found, by, other)


def explain(view: View, metric: str, against: str, by: str | None) -> Difference | None:
    """The difference to `metric:<name>`, `period` or `build:<id>`; None where one of the two has no value."""
    period = view.selection.period if view.catalogue.grains(metric) else None
    warehouse, catalogue, before = view.warehouse, view.catalogue, Compared(metric, period)
    if against.startswith("metric:"):
        other = against.removeprefix("metric:")
        before = Compared(other, view.selection.period if view.catalogue.grains(other) else None)
    elif against.startswith("build:"):
        build = next(one for one in kept_builds(view) if one.build_id == against.removeprefix("build:"))
        everything = cached.warehouse(build.file, EVERYTHING.key, EVERYTHING)
        catalogue = cached.catalogue(build.file, everything)
        if metric not in catalogue.metrics:
            return None
        warehouse = cached.warehouse(build.file, view.scope.key, view.scope)
    elif period is not None:
        before = Compared(metric, period.before)
    key = (view.warehouse.build_id, warehouse.build_id, view.scope.key)
    here, there = (view.warehouse, view.catalogue), (warehouse, catalogue)
    found: Difference | None = _explained(key, before, Compared(metric, period), view.selection.where, by, here, there)
    return found


@st.cache_data(max_entries=200, show_spinner=False)
def _explained(
    key: tuple[str, ...],
    before: Compared,
    after: Compared,
    where: tuple[Filter, ...],
    by: str | None,
    _here: tuple[Warehouse, Catalogue],
    _there: tuple[Warehouse, Catalogue],
) -> Difference | None:
    return difference.explained(*_here, *_there, before, after, where, by)


def _offered(view: View, metric: Metric) -> dict[str, str]:
    """What the metric can be held against: id and words. A variant is held against its default first."""
    offered: dict[str, str] = {}
    for variant in view.catalogue.variants(metric.name):
        if variant.name != metric.name and not view.missing[variant.name]:
            offered[f"metric:{variant.name}"] = view.text("difference.definition", name=view.label(variant.name))
    if view.catalogue.grains(metric.name):
        before = view.selection.period.before
        days = (view.numbers.day(before.start), view.numbers.day(before.end))
        offered[PERIOD_BEFORE] = view.text("difference.period", start=days[0], end=days[1])
    for build in kept_builds(view):
        as_of = view.numbers.day(build.as_of)
        offered[f"build:{build.build_id}"] = view.text("difference.build", as_of=as_of, build=build.build_id[-6:])
    return offered


def _choose_dimension(view: View, metric: Metric) -> str | None:
    dimensions = {one.name: one for one in breakdown.grouping_dimensions(view.catalogue, metric.name)}
    first = next((name for name in FIRST_DIMENSIONS if name in dimensions), next(iter(dimensions), None))
    if first is None:
        return None
    return url.select(
        view.text("difference.by"), "bridge", list(dimensions),
        lambda name: view.text.pick(dimensions[name].label, dimensions[name].label_zh), default=first, width=220,
    )  # fmt: skip


def show_explained(
    view: View, metric: Metric, other: str, found: Difference, by: str | None, there: Metric | None = None
) -> None:
    """The step in one sentence, its bridge by the members of a dimension, and the documents with their shares.

    `other` names the other reading in words; `there` is its definition where it is not the same metric.
    """
    text, numbers = view.text, view.numbers
    counts = {sort: (documents, share) for sort, documents, share in difference.sorts(found).rows()}
    sentence = text(
        "difference.sentence",
        other=other,
        before=numbers.exact(found.before, metric.unit, metric.decimals),
        after=numbers.exact(found.after, metric.unit, metric.decimals),
        change=in_points(view, metric, found.change),
    )
    parts = [
        text(f"difference.{sort}", documents=numbers.integer(counts[sort][0]), share=in_points(view, metric, share))
        for sort, (_, share) in counts.items()
    ]
    st.markdown(sentence)
    if parts:
        st.caption(" · ".join(parts))
    if found.rows.is_empty():
        states.empty(text, text("difference.same"))
        return
    if by is not None and by in found.rows.columns:
        _show_bridge(view, metric, found, by)
    _show_rows(view, metric, there or metric, found)


def in_points(view: View, metric: Metric, share: float) -> str:
    """A share of a difference with its sign: percentage points for rates, the amount otherwise."""
    sign = "−" if share < 0 else "+"
    if metric.unit == "percent":
        return f"{sign}{abs(share) * 100:,.2f} {view.text('unit.points')}"
    return f"{sign}{view.numbers.value(abs(share), metric.unit, metric.decimals)}"


def _show_bridge(view: View, metric: Metric, found: Difference, by: str) -> None:
    text = view.text
    steps = difference.steps(found, by)
    names = [
        text("difference.rest") if is_rest else member or text("detail.no_member")
        for member, is_rest in steps.select("member", "is_rest").rows()
    ]
    amounts = [found.before, *steps["share"].to_list(), found.after]
    labels = [text("difference.before"), *names, text("difference.after")]
    ends = {found.before, found.after}
    named = steps.with_columns(name=pl.Series(names, dtype=pl.String))
    show_figure(
        view,
        f"{metric.name}_bridge",
        waterfall_figure(
            labels, amounts,
            label=lambda one: view.numbers.value(one, metric.unit, metric.decimals)
            if one in ends else in_points(view, metric, one),
            tick=lambda one: view.numbers.tick(one, metric.unit),
            more_is_good=metric.direction == "up", from_zero=False,
        ),
        lambda: named,
        (
            Column("name", text("difference.step")), Column("documents", text("difference.documents"), "integer"),
            Column("share", text("difference.share"), export_kind(metric)),
        ),
        about_metric(view, metric),
    )  # fmt: skip


def _show_rows(view: View, metric: Metric, there: Metric, found: Difference) -> None:
    text = view.text
    is_chinese = text.language == "zh"
    shown = breakdown.in_language(view.catalogue, found.rows, is_chinese=is_chinese)
    sides = {"before": view.catalogue.leaves(there.name), "after": view.catalogue.leaves(metric.name)}
    amounts = [
        Column(
            f"{side}_{when}", text(f"difference.side_{when}", name=text.pick(leaf.label, leaf.label_zh)),
            export_kind(leaf),
        )
        for number, side in enumerate(("numerator", "denominator"))
        for when, leaves in sides.items()
        if number < len(leaves)
        for leaf in (leaves[number],)
    ]  # fmt: skip
    labels = view.catalogue.dimensions
    names = [
        Column(name, text.pick(labels[name].label, labels[name].label_zh) if name in labels else name)
        for name in shown.columns
        if not name.startswith(("numerator_", "denominator_")) and name != "share"
        if name in labels or name == found.keys[0]
    ]
    show_table(
        view,
        f"{metric.name}_difference",
        text("difference.rows"),
        shown.head(breakdown.MOST_DOCUMENTS),
        (*names, Column("share", text("difference.share"), "number"), *amounts),
        everything=lambda: shown,
        about=about_metric(view, metric),
        note=text(
            "difference.rows_note",
            count=view.numbers.integer(found.rows.height),
            total=in_points(view, metric, float(found.rows["share"].sum())),
        ),
    )
