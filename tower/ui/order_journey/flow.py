"""All orders together: the process as it runs, its variants, the time between steps, what holds it up, what repeats."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.charts.bars import bar_figure
from tower.charts.journey import Way, days_figure, process_figure
from tower.exports import Column, ColumnKind
from tower.queries import order_journey_flow as questions
from tower.queries.order_journey_flow import Which
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.filters import choose_filters
from tower.ui.kit_words import columns_of
from tower.ui.order_journey.words import LINES, variant_name, worded
from tower.ui.tables import show_table
from tower.ui.view import View

MOST_WAYS = 26
# A way that fewer go is left out of the map; the table of ways has all.
LEAST_SHARE = 0.01
_VARIANTS: dict[str, ColumnKind] = {
    "variant_name": "text", "lines": "integer", "share": "percent", "value": "money", "on_time_rate": "percent",
    "late_days": "integer", "delivery_median": "number", "cash_median": "number", "cash_p90": "number",
}  # fmt: skip
_STEPS: dict[str, ColumnKind] = {
    "step": "text", "lines": "integer", "median_days": "number", "p90_days": "number", "days_share": "percent",
    "late_share": "percent", "late_lines": "integer", "late_days": "integer", "money_days": "money",
    "late_money_days": "money",
}  # fmt: skip
_LOOPS: dict[str, ColumnKind] = {
    "loop_name": "text", "lines": "integer", "share": "percent", "value": "money", "on_time_rate": "percent",
    "other_on_time_rate": "percent", "delivery_median": "number", "other_delivery_median": "number",
}  # fmt: skip
_WAY = ("from_hop", "to_hop", "lines", "median_days", "share")
_WAYS: dict[str, ColumnKind] = {
    "from_step": "text", "to_step": "text", "lines": "integer", "share": "percent", "median_days": "number",
}  # fmt: skip


def show_flow(view: View) -> None:
    """The filters, the totals, and the sections below each other."""
    text = view.text
    which = _choose(view)
    found = ask(view.warehouse, questions.totals, which)
    if not found["lines"]:
        states.empty(text, text("order_journey.no_orders"))
        return
    _show_totals(view, found)
    _show_variants(view, which)
    left, right = st.columns(2, gap="medium")
    with left:
        _show_map(view, which, found["lines"])
    with right:
        _show_times(view, which)
    _show_bottlenecks(view, which)
    _show_loops(view, which)


def _choose(view: View) -> Which:
    text = view.text
    row = choose_filters(view)
    names = dict(ask(view.warehouse, questions.customers).rows())
    with row:
        url.select(
            text("order_journey.customer"), "customer", ["", *names],
            lambda one: names.get(one, text("order_journey.every_customer")), default="",
            label_visibility="collapsed", width=220,
        )  # fmt: skip
    chosen = {one.dimension: tuple(one.values) for one in view.selection.where}
    period = view.selection.period
    return Which(
        period.start, period.end, chosen.get("plant", ()), chosen.get("product_family", ()),
        chosen.get("customer_segment", ()), chosen.get("channel", ()),
        url.value("customer") if url.value("customer") in names else "",
    )  # fmt: skip


def _show_totals(view: View, found: dict[str, Any]) -> None:
    text, numbers = view.text, view.numbers

    def card(name: str, value: str) -> None:
        st.metric(text(f"order_journey.{name}"), value, help=text(f"order_journey.{name}_help"), border=True,
                  height="stretch")  # fmt: skip

    def rate(part: float | None, whole: float | None) -> str:
        return numbers.value(part / whole, "percent", 1) if part is not None and whole else "–"

    def pair(middle: float | None, cautious: float | None) -> str:
        if middle is None or cautious is None:
            return "–"
        return f"{numbers.integer(round(middle))} / {numbers.integer(round(cautious))}"

    with st.grid(5, min_column_width=150, gap="small"):
        card("lines", numbers.integer(found["lines"]))
        card("on_time_rate", rate(found["on_time"], found["done"]))
        card("to_delivery", pair(found["delivery_median"], found["delivery_p90"]))
        card("to_cash", pair(found["cash_median"], found["cash_p90"]))
        card("touch_rate", rate(found["touch_days"], found["delivery_days"]))


def _show_variants(view: View, which: Which) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.variants, which)
    ids = frame["variant"].to_list()
    names = pl.Series("variant_name", [variant_name(view, one) for one in ids], pl.String)
    show_choice(
        view, "journey_variants", text("order_journey.variants"), frame.with_columns(names),
        columns_of(view, "journey_variant", _VARIANTS), parameter="variant", ids=ids,
        note=text("order_journey.variants_note", count=frame.height), tallest=320, widths={"variant_name": 330},
    )  # fmt: skip
    chosen = url.value("variant")
    if chosen in ids:
        orders = ask(view.warehouse, questions.orders, which, chosen)
        show_choice(
            view, "journey_orders", text("order_journey.orders_of", variant=variant_name(view, chosen)),
            worded(view, orders), columns_of(view, "journey_column", LINES), parameter="line",
            ids=orders["sales_order_line_id"].to_list(),
            note=text("order_journey.orders_note", most=questions.MOST_ORDERS), tallest=320,
            widths={"item": 190, "cause": 260, "variant_name": 220},
        )  # fmt: skip


def _show_map(view: View, which: Which, lines: int) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"**{text('order_journey.map')}**")
    st.caption(text("order_journey.map_note", share=numbers.value(LEAST_SHARE, "percent", 0)))
    frame = ask(view.warehouse, questions.ways, which).with_columns(share=pl.col("lines") / lines)
    drawn = frame.filter(pl.col("share") >= LEAST_SHARE).head(MOST_WAYS)
    if drawn.is_empty():
        drawn = frame.head(MOST_WAYS)
    hops = dict.fromkeys([*drawn["from_hop"].to_list(), *drawn["to_hop"].to_list()])
    names = {one: text(f"journey_hop.{one}") for one in hops}
    ways = [
        Way(
            start, end, share,
            text("order_journey.way", lines=numbers.integer(count), days=numbers.exact(round(middle, 1), "quantity")),
            f"{names[start]} → {names[end]}<br>"
            + text("order_journey.way_hover", lines=numbers.integer(count), share=numbers.value(share, "percent", 1),
                   days=numbers.exact(round(middle, 1), "quantity")),
        )
        for start, end, count, middle, share in drawn.select(_WAY).rows()
    ]  # fmt: skip
    shown = frame.with_columns(
        from_step=pl.Series([text(f"journey_hop.{one}") for one in frame["from_hop"]], dtype=pl.String),
        to_step=pl.Series([text(f"journey_hop.{one}") for one in frame["to_hop"]], dtype=pl.String),
    )
    show_figure(view, "journey_map", process_figure(names, ways), lambda: shown,
                columns_of(view, "journey_way_column", _WAYS),
                provenance(view, text("order_journey.map"), is_filtered=True))  # fmt: skip


def _steps(view: View, which: Which) -> pl.DataFrame:
    frame = ask(view.warehouse, questions.steps, which)
    names = [view.text(f"journey_hop.{one}") for one in frame["hop"]]
    all_late = float(frame["late_days"].sum() or 0)
    return frame.with_columns(
        pl.Series("step", names, pl.String),
        days_share=pl.col("days") / pl.max_horizontal(pl.col("days").sum(), 1.0),
        late_share=pl.col("late_days") / max(all_late, 1.0),
    )


def _show_times(view: View, which: Which) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"**{text('order_journey.times')}**")
    st.caption(text("order_journey.times_note"))
    frame = _steps(view, which).filter(pl.col("p90_days") > 0)
    if frame.is_empty():
        states.empty(text, text("order_journey.no_time"))
        return
    middle, cautious = frame["median_days"].to_list(), frame["p90_days"].to_list()
    figure = days_figure(
        [f"{step} ({numbers.integer(count)})" for step, count in frame.select("step", "lines").rows()], middle,
        [more - less for more, less in zip(cautious, middle, strict=True)],
        names=(text("order_journey.median"), text("order_journey.to_p90")),
        label=lambda value: numbers.exact(round(value, 1), "quantity"),
    )  # fmt: skip
    show_figure(view, "journey_times", figure, lambda: frame, columns_of(view, "journey_step_column", _STEPS),
                provenance(view, text("order_journey.times"), is_filtered=True))  # fmt: skip


def _show_bottlenecks(view: View, which: Which) -> None:
    text, numbers = view.text, view.numbers
    frame = _steps(view, which).sort("late_money_days", "money_days", "hop", descending=[True, True, False])
    by_time = frame.filter(~pl.col("hop").is_in([*questions.BEFORE_ORDER, "payment"])).sort(
        "money_days", "hop", descending=[True, False]
    )
    said = []
    if frame.height and frame["late_money_days"][0]:
        said.append(text("order_journey.worst_late", step=frame["step"][0],
                         share=numbers.value(frame["late_share"][0], "percent", 0)))  # fmt: skip
    if by_time.height and by_time["money_days"][0]:
        said.append(text("order_journey.worst_time", step=by_time["step"][0],
                         share=numbers.value(by_time["days_share"][0], "percent", 0)))  # fmt: skip
    late = frame.filter(pl.col("late_money_days") > 0).head(12)
    if late.height:
        st.markdown(f"**{text('order_journey.late_money')}**")
        st.caption(text("order_journey.late_money_note"))
        bars = late.select(name=pl.col("step"), value=pl.col("late_money_days"))
        figure = bar_figure(
            bars, label=lambda value: text("order_journey.money_days", value=numbers.value(value, "money"))
        )
        show_figure(view, "journey_late_money", figure, lambda: bars,
                    [Column("name", text("journey_step_column.step")),
                     Column("value", text("journey_step_column.late_money_days"), "money")],
                    provenance(view, text("order_journey.late_money"), is_filtered=True))  # fmt: skip
    show_table(
        view, "journey_bottlenecks", text("order_journey.bottlenecks"), frame,
        columns_of(view, "journey_step_column", _STEPS),
        note=" ".join([*said, text("order_journey.bottlenecks_note")]),
    )  # fmt: skip


def _show_loops(view: View, which: Which) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.loops, which)
    names = [text(f"journey_event.{one.removeprefix('is_')}") for one in frame["loop"]]
    show_table(
        view, "journey_loops", text("order_journey.loops"),
        frame.with_columns(pl.Series("loop_name", names, pl.String)), columns_of(view, "journey_loop", _LOOPS),
        note=text("order_journey.loops_note"), empty=text("order_journey.no_loops"),
    )  # fmt: skip
