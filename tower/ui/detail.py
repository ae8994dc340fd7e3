"""One metric looked into: its definition's variants, its course, who makes it up, and the documents behind it."""

from __future__ import annotations

import streamlit as st

from tower.charts import bar_figure, trend_figure
from tower.exports import Column
from tower.i18n import Text
from tower.metrics import Filter, Metric, Period
from tower.queries import breakdown as questions
from tower.queries import scorecard
from tower.queries.scorecard import Card
from tower.ui import explained, states, url
from tower.ui.cached import ask_metrics
from tower.ui.definitions import show_definition
from tower.ui.figures import about_metric, export_kind, member_columns, named_members, show_figure
from tower.ui.finance import dso_switch
from tower.ui.page import bring_into_sight
from tower.ui.scorecard import read_cards
from tower.ui.tables import show_table
from tower.ui.view import View

GRAINS = ("week", "month", "quarter")
PARAMETERS = ("metric", "by", "member", "grain", *explained.PARAMETERS)
# The dimension that a metric is first shown by, the first that it reaches.
FIRST_DIMENSIONS = ("product_family", "plant_name", "supplier_name", "customer_segment", "item_category")


def choose_metric(view: View) -> str | None:
    """The metric to look into, from the list, a card or a link; None while none is chosen."""
    known = [name for name in scorecard.SCORECARD_METRICS if name in view.catalogue.metrics]
    offered = list(dict.fromkeys(one.name for name in known for one in view.catalogue.variants(name)))
    return url.select(
        view.text("detail.metric"), "metric", offered, view.label, default=None, width=380,
        placeholder=view.text("detail.choose"), label_visibility="collapsed",
    )  # fmt: skip


def show_detail(view: View, name: str) -> None:
    """Everything about one metric, in the order of the questions: how much, since when, where, which documents."""
    with st.container(border=True, key="detail"):
        bring_into_sight("detail", name)
        metric = view.catalogue.metric(name)
        card = read_cards(view, [name])[name]
        _show_head(view, metric, card)
        if card.state == "not_connected":
            states.not_connected(view.text, card.missing)
        elif card.state == "not_in_scope":
            states.forbidden(view.text, view.text("detail.not_in_scope"))
        elif card.state == "not_filterable":
            states.empty(view.text, view.text("detail.not_filterable"))
        else:
            _show_parts(view, metric, card)


def _show_parts(view: View, metric: Metric, card: Card) -> None:
    _show_variants(view, metric)
    member = None
    left, right = st.columns(2, gap="large")
    with left, states.or_failed(view.text):
        _show_course(view, metric, card)
    with right, states.or_failed(view.text):
        member = _show_breakdown(view, metric, card)
    with states.or_failed(view.text):
        explained.show_difference(view, metric)
        if metric.name in dso_switch.METRICS:
            dso_switch.show_dso_switch(view)
    with states.or_failed(view.text):
        _show_documents(view, metric, member)


def period_for(view: View, name: str) -> Period | None:
    """The chosen period; none for a metric that is known only as of today."""
    return view.selection.period if view.catalogue.grains(name) else None


def _show_head(view: View, metric: Metric, card: Card) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.markdown(f"##### {view.label(metric.name)}", width="content")
            st.markdown(f"#### {view.numbers.value(card.value, metric.unit, metric.decimals)}", width="content")
            if card.state == "shown":
                st.caption(_sentence(view, metric, card), width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            with st.popover(view.text("card.definition"), type="tertiary", icon=":material/info:"):
                show_definition(view, metric, card)
            st.button(
                view.text("detail.close"), key="close_detail", type="tertiary", icon=":material/close:",
                on_click=url.write, args=("metric", ""),
            )  # fmt: skip


def _sentence(view: View, metric: Metric, card: Card) -> str:
    """The figure in words: for a ratio what is divided by what."""
    leaves = view.catalogue.leaves(metric.name)
    if len(leaves) == 1:
        return view.numbers.exact(card.value, metric.unit, metric.decimals)
    top, bottom = (view.text.pick(leaf.label, leaf.label_zh) for leaf in leaves)
    return view.text(
        "detail.ratio",
        numerator=view.numbers.exact(card.numerator, leaves[0].unit),
        numerator_name=top,
        denominator=view.numbers.exact(card.denominator, leaves[1].unit),
        denominator_name=bottom,
    )


def _show_variants(view: View, metric: Metric) -> None:
    """The other definitions in use, side by side; choosing one looks into it instead."""
    variants = view.catalogue.variants(metric.name)
    if len(variants) == 1:
        return
    cards = read_cards(view, [variant.name for variant in variants])
    with st.grid(len(variants), min_column_width=150, gap="xsmall"):
        for variant in variants:
            card = cards[variant.name]
            is_chosen = variant.name == metric.name
            with st.container(border=True, height="stretch", gap="xsmall", key=f"variant_{variant.name}"):
                st.caption(variant_name(view.text, variant))
                value = view.numbers.value(card.value, variant.unit, variant.decimals)
                st.markdown(f"**{value}**" if card.state == "shown" else view.text("detail.variant_not_connected"))
                st.space("stretch")
                st.button(
                    view.text("detail.variant_chosen" if is_chosen else "detail.variant_choose"),
                    key=f"choose_{variant.name}", type="tertiary", disabled=is_chosen or card.state != "shown",
                    on_click=url.write, args=("metric", variant.name),
                )  # fmt: skip


def variant_name(text: Text, metric: Metric) -> str:
    """What tells a variant from the others of its family."""
    name = text.pick(metric.variant, metric.variant_zh) or text("detail.variant_default")
    return name[:1].upper() + name[1:]


def _show_course(view: View, metric: Metric, card: Card) -> None:
    if not view.catalogue.grains(metric.name):
        st.markdown(f"**{view.text('detail.course')}**")
        states.empty(view.text, view.text("detail.no_course", as_of=view.numbers.day(view.build.as_of)))
        return
    title = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    with title:
        unit = view.text(f"unit_name.{metric.unit}", currency=view.numbers.currency)
        st.markdown(f"**{view.text('detail.course')}** :gray[:small[{unit}]]", width="content")
        grain = url.segments(
            view.text("detail.grain"), "grain", GRAINS, lambda one: view.text(f"grain.{one}"), default="month",
            label_visibility="collapsed",
        )  # fmt: skip
    period = scorecard.trend_period(view.selection.period)
    course = ask_metrics(view, scorecard.by_time, (metric.name,), view.selection.where, period, grain)
    shown = course.rename({metric.name: "value"})
    if shown["value"].null_count() == shown.height:
        states.empty(view.text)
        return
    is_amount = metric.kind == "simple" and metric.unit in ("money", "quantity", "count") and is_flow(view, metric)
    if not is_amount and shown["value"].count() == 1:
        states.empty(view.text, view.text("detail.one_point"))
        return
    show_figure(
        view,
        f"{metric.name}_by_{grain}",
        trend_figure(
            shown,
            label=lambda value: view.numbers.value(value, metric.unit, metric.decimals),
            tick=lambda value: view.numbers.tick(value, metric.unit),
            period_label={"month": view.numbers.month, "quarter": view.numbers.quarter}.get(grain, view.numbers.day),
            tick_label=lambda day: view.numbers.within_year(day, grain),
            is_amount=is_amount,
            target=card.target.target if card.target else None,
            target_label=view.text("detail.target"),
        ),
        lambda: shown,
        (
            Column("period", view.text(f"grain.{grain}"), "day"),
            Column("value", view.label(metric.name), export_kind(metric)),
        ),
        about_metric(view, metric),
    )


def _show_breakdown(view: View, metric: Metric, card: Card) -> Filter | None:
    """The members of a dimension; returns the condition of the one that was chosen, if any."""
    dimensions = {one.name: one for one in questions.grouping_dimensions(view.catalogue, metric.name)}
    first = next((name for name in FIRST_DIMENSIONS if name in dimensions), next(iter(dimensions), None))
    if first is None:
        states.empty(view.text)
        return None
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{view.text('detail.breakdown')}**", width="content")
        by = url.select(
            view.text("detail.by"), "by", list(dimensions),
            lambda name: view.text.pick(dimensions[name].label, dimensions[name].label_zh),
            default=first, label_visibility="collapsed", width=220,
        ) or first  # fmt: skip
    asked = (metric.name, by, view.selection.where, period_for(view, metric.name))
    found = ask_metrics(view, questions.members, *asked, questions.MOST_MEMBERS)
    if found.frame.is_empty():
        states.empty(view.text)
        return None
    named = found.frame.with_columns(name=named_members(view.text))
    show_figure(
        view,
        f"{metric.name}_by_{by}",
        bar_figure(
            named.rename({"figure": "value", "value": "member"}),
            label=lambda value: view.numbers.value(value, metric.unit, metric.decimals),
            reference=card.value if metric.kind == "ratio" else None,
            reference_label=view.text("detail.all"),
        ),
        lambda: ask_metrics(view, questions.members, *asked, None).frame.with_columns(name=named_members(view.text)),
        member_columns(view, metric, by),
        about_metric(view, metric),
    )
    if found.members > found.frame.height:
        st.caption(view.text("detail.largest", shown=found.frame.height, members=found.members))
    names = dict(zip(named["value"].fill_null("").to_list(), named["name"].to_list(), strict=True))
    names.pop("", None)
    member = url.select(
        view.text("detail.member"), "member", list(names), lambda value: names[value], default=None,
        placeholder=view.text("detail.member_all"),
    )  # fmt: skip
    return questions.member_filter(view.catalogue, metric.name, by, member) if member else None


def _show_documents(view: View, metric: Metric, member: Filter | None) -> None:
    where = (*view.selection.where, *((member,) if member else ()))
    asked = (metric.name, where, period_for(view, metric.name))
    is_chinese = view.text.language == "zh"
    found, count = ask_metrics(view, questions.documents, *asked, questions.MOST_DOCUMENTS)
    frame = questions.in_language(view.catalogue, found, is_chinese=is_chinese)
    columns = questions.document_columns(view.catalogue, metric.name, frame, is_chinese=is_chinese)
    show_table(
        view,
        f"{metric.name}_documents",
        view.text("detail.documents"),
        frame,
        columns,
        everything=lambda: questions.in_language(
            view.catalogue,
            ask_metrics(view, questions.documents, *asked, questions.MOST_EXPORTED_DOCUMENTS)[0],
            is_chinese=is_chinese,
        ),
        about=about_metric(view, metric),
        note=view.text(
            "detail.documents_note", shown=view.numbers.integer(frame.height), count=view.numbers.integer(count)
        ),
    )


def is_flow(view: View, metric: Metric) -> bool:
    """Whether a metric's amounts of several days add up (revenue does, a stock value does not)."""
    return view.catalogue.time_basis(metric.name) is not None
