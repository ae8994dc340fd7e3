"""What a figure means: the definition with the actual numerator and denominator, and the dictionary of all metrics."""

from __future__ import annotations

import streamlit as st

from tower.i18n import ConfusedTerm
from tower.metrics import Metric
from tower.queries.breakdown import grouping_dimensions
from tower.queries.scorecard import Card
from tower.ui import url
from tower.ui.view import View


def show_definition(view: View, metric: Metric, card: Card | None = None) -> None:
    """A metric in full. With a card, the parts of this very figure are written out."""
    text = view.text
    st.markdown(f"**{view.label(metric.name)}**  \n{text.pick(metric.definition, metric.definition_zh)}")
    lines = [(text("definition.formula"), text.pick(metric.formula, metric.formula_zh))]
    if card is not None and card.state == "shown":
        lines += figure_lines(view, metric, card)
    lines += definition_lines(view, metric)
    st.table({name: value for name, value in lines if value}, border="horizontal")


def figure_lines(view: View, metric: Metric, card: Card) -> list[tuple[str, str]]:
    """The figure with all its digits: the value, and for a ratio its two sides."""
    lines = [(view.text("definition.value"), view.numbers.exact(card.value, metric.unit, metric.decimals))]
    leaves = view.catalogue.leaves(metric.name)
    if len(leaves) == 2:
        for leaf, amount in zip(leaves, (card.numerator, card.denominator), strict=True):
            lines.append(
                (view.text.pick(leaf.label, leaf.label_zh), view.numbers.exact(amount, leaf.unit, leaf.decimals))
            )
    return lines


def definition_lines(view: View, metric: Metric) -> list[tuple[str, str]]:
    """Unit, direction, time basis, standard and what the metric needs, as label and text."""
    text = view.text
    basis = view.catalogue.time_basis(metric.name)
    missing = view.missing[metric.name]
    is_today = not view.catalogue.grains(metric.name)
    connected = (
        text("definition.connected") if not missing else text("definition.not_connected", missing=text.listed(missing))
    )
    return [
        (text("definition.unit"), text(f"unit_name.{metric.unit}", currency=view.numbers.currency)),
        (text("definition.direction"), text(f"direction.{metric.direction}")),
        (
            text("definition.time_basis"),
            text("definition.as_of_today") if is_today else text.pick(basis.label, basis.label_zh) if basis else "",
        ),
        (text("definition.standard"), metric.standard or ""),
        (text("definition.requires"), text.listed((*metric.requires, *metric.requires_complete))),
        (text("definition.connection"), connected),
    ]


def show_metric_summary(view: View, metric: Metric) -> None:
    """One entry of the dictionary in short, and the way to all of it."""
    text = view.text
    with st.container(border=True, height="stretch", key=f"entry_{metric.name}", gap="xsmall"):
        st.markdown(_heading(view, metric))
        st.markdown(text.pick(metric.definition, metric.definition_zh))
        st.caption(text.pick(metric.formula, metric.formula_zh))
        st.space("stretch")
        st.button(
            text("definition.open"), key=f"show_{metric.name}", type="tertiary", icon=":material/arrow_forward:",
            icon_position="right", on_click=url.write, args=("metric", metric.name),
        )  # fmt: skip


def show_metric_entry(view: View, metric: Metric) -> None:
    """One entry of the dictionary in full: names in both languages, definition, and all that is declared of it."""
    text = view.text
    with st.container(border=True, key=f"entry_{metric.name}", gap="xsmall"):
        st.markdown(f"{_heading(view, metric)}  \n:small[`{metric.name}`]")
        st.markdown(text.pick(metric.definition, metric.definition_zh))
        lines = [
            (text("definition.formula"), text.pick(metric.formula, metric.formula_zh)),
            *definition_lines(view, metric),
        ]
        dimensions = grouping_dimensions(view.catalogue, metric.name)
        lines.append(
            (text("definition.dimensions"), text.listed(text.pick(one.label, one.label_zh) for one in dimensions))
        )
        variants = [one for one in view.catalogue.variants(metric.name) if one.name != metric.name]
        lines.append((text("definition.variants"), "; ".join(view.label(one.name) for one in variants)))
        st.table({name: value for name, value in lines if value}, border="horizontal")
        st.button(
            text("definition.all"), key="all_metrics", type="tertiary", icon=":material/arrow_back:",
            on_click=url.clear, args=("metric", "area", "search"),
        )  # fmt: skip


def _heading(view: View, metric: Metric) -> str:
    text = view.text
    other = metric.label if text.language == "zh" else metric.label_zh
    is_connected = not view.missing[metric.name]
    colour, word = ("green", "is_connected") if is_connected else ("gray", "is_not_connected")
    return f"**{view.label(metric.name)}** · {other} :{colour}-badge[{text(f'definition.{word}')}]"


def show_confused_term(view: View, term: ConfusedTerm) -> None:
    """One term of the register: the meanings in use, and the one used here."""
    text = view.text
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{text.pick(term.term, term.term_zh)}**")
        st.caption(text.pick(term.variants, term.variants_zh))
        st.markdown(f"{text('definition.rule')} {text.pick(term.rule, term.rule_zh)}")
