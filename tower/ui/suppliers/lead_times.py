"""What lead times really are, with the lines still open in them, against the book; and the way into a scenario."""

from __future__ import annotations

import polars as pl
import streamlit as st

from planning.scenarios.parameter_changes import LeadTime
from tower.charts import lead_time_figure
from tower.exports import Column, ColumnKind
from tower.queries import suppliers as questions
from tower.queries.lead_times import curve, lead_time_figures, shares
from tower.store.scenarios import KeptScenario
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.scenarios.into_draft import choose_draft, keep_changes, link_to
from tower.ui.scenarios.kept import known_scenarios, may_write
from tower.ui.scenarios.problems import remembered, show_said
from tower.ui.suppliers.asked import Asked, is_connected, worded
from tower.ui.view import View

QUANTILES = {"median": 0.5, "q75": 0.75, "p90": 0.9}
# With fewer lines received a quantile is luck.
FEWEST_LINES = 5
_COLUMNS: dict[str, ColumnKind] = {
    "supplier": "text", "item_id": "text", "item": "text", "book_days": "integer", "median_days": "integer",
    "p90_days": "integer", "error": "integer", "beyond": "percent", "observed": "integer", "censored": "integer",
    "censored_late": "integer", "purchased_value": "money", "hanging_revenue_value": "money", "supplier_id": "text",
}  # fmt: skip


def show_lead_times(view: View, asked: Asked) -> None:
    """The distribution, then item by item, then what would be booked instead."""
    text = view.text
    show_said(view.text)
    _show_made(view)
    if not is_connected(view, "purchase_receipts"):
        states.not_connected(text, ["purchase_receipts.received_at"])
        return
    frame = ask(view.warehouse, questions.lead_time_errors, *asked.days, asked.supplier)
    pairs = [f"{item}~{supplier}" for item, supplier in frame.select("item_id", "supplier_id").rows()]
    chosen = url.value("part") if url.value("part") in pairs else ""
    item, _, supplier = chosen.partition("~")
    _show_course(view, asked, item or None, supplier or asked.supplier)
    if frame.is_empty():
        states.empty(text, text("suppliers.no_book"))
        return
    shown = worded(view, frame)
    show_choice(
        view, "lead_time_errors", text("suppliers.lead_time_errors"), shown,
        columns_of(view, "suppliers_column", _COLUMNS), note=text("suppliers.lead_time_errors_note"), parameter="part",
        ids=pairs, tallest=380, widths={"supplier": 220, "item": 190},
    )  # fmt: skip
    _show_proposal(view, asked, frame, chosen)


def _show_course(view: View, asked: Asked, item: str | None, supplier: str | None) -> None:
    text, numbers = view.text, view.numbers
    seen = ask(view.warehouse, questions.observations, *asked.days, supplier, item)
    of = " · ".join(one for one in (item, asked.names.get(supplier or "")) if one) or text("suppliers.all")
    title = text("suppliers.distribution", of=of)
    head, clear = st.columns([6, 1], vertical_alignment="center")
    head.markdown(f"**{title}**")
    if item:
        clear.button(text("suppliers.all_items"), on_click=url.clear, args=("part",), type="tertiary", key="all_items")
    if seen.is_empty():
        states.empty(text, text("suppliers.no_lines"))
        return
    figures = lead_time_figures(seen.with_columns(all=pl.lit("")), ["all"]).row(0, named=True)

    def days(value: float | None) -> str:
        return text("suppliers.not_reached") if value is None else numbers.value(value, "days", 0)

    st.caption(
        text(
            "suppliers.distribution_note", lines=numbers.integer(seen.height),
            received=numbers.integer(figures["observed"]),
            open=numbers.integer(figures["censored"]), late=numbers.integer(figures["censored_late"]),
            median=days(figures["median_days"]), p90=days(figures["p90_days"]),
        )
    )  # fmt: skip
    came = curve(seen)
    booked = shares(seen.drop_nulls("book_days")["book_days"])
    marks = [
        (value, f"{text(f'suppliers.mark_{name}')} {numbers.value(value, 'days', 0)}")
        for name, value in (("median", figures["median_days"]), ("p90", figures["p90_days"]))
        if value is not None
    ]
    figure = lead_time_figure(
        came.rows(), booked.rows(), names=(text("suppliers.measured"), text("suppliers.booked")),
        titles=(text("suppliers.days_axis"), text("suppliers.share_axis")), marks=marks,
        day=lambda value: f"{value:,.0f}", share=lambda value: numbers.tick(value, "percent"),
    )  # fmt: skip
    columns = [
        Column("days", text("suppliers.days_axis"), "integer"),
        Column("share", text("suppliers.share_axis"), "percent"),
    ]
    show_figure(view, "lead_times", figure, lambda: came, columns, provenance(view, title, is_filtered=False))


def _show_proposal(view: View, asked: Asked, frame: pl.DataFrame, chosen: str) -> None:
    """The corrected lead times of the item chosen, or of all items shown that are off, as changes of a draft."""
    text = view.text
    with st.container(border=True, key="propose_lead_times"):
        st.markdown(f"**{text('suppliers.propose')}**")
        quantile = url.segments(
            text("suppliers.quantile"), "quantile", list(QUANTILES), lambda one: text(f"suppliers.quantile_{one}"),
            default="median",
        )  # fmt: skip
        proposed = proposals(view, asked, frame, QUANTILES[quantile])
        if chosen:
            item, _, supplier = chosen.partition("~")
            proposed = proposed.filter((pl.col("item_id") == item) & (pl.col("supplier_id") == supplier))
        if proposed.is_empty():
            st.caption(text("suppliers.propose_none", count=FEWEST_LINES))
            return
        if proposed.height == 1:
            row = proposed.row(0, named=True)
            st.markdown(
                text(
                    "suppliers.propose_one", item=row["item_id"], supplier=asked.names.get(row["supplier_id"], ""),
                    book=int(row["book_days"]), new=row["new_days"], lines=row["observed"],
                )
            )  # fmt: skip
        else:
            longer = proposed.filter(pl.col("new_days") > pl.col("book_days")).height
            st.markdown(
                text("suppliers.propose_many", count=proposed.height, longer=longer, shorter=proposed.height - longer)
            )
        _show_buttons(view, proposed)


def proposals(view: View, asked: Asked, frame: pl.DataFrame, quantile: float) -> pl.DataFrame:
    """Rows whose book is not the quantile of what was measured, with `new_days`, those with enough lines alone."""
    seen = ask(view.warehouse, questions.observations, *asked.days, asked.supplier)
    keys = ["supplier_id", "item_id"]
    at = lead_time_figures(seen, keys, quantile).select(*keys, new_days=pl.col("median_days"))
    return (
        frame.join(at, on=keys, how="inner", maintain_order="left")
        .filter(pl.col("new_days").is_not_null(), pl.col("observed") >= FEWEST_LINES)
        .with_columns(pl.col("new_days").round(0).cast(pl.Int64))
        .filter(pl.col("new_days") != pl.col("book_days"))
    )


def _show_buttons(view: View, proposed: pl.DataFrame) -> None:
    text = view.text
    if not may_write(view):
        st.caption(f":material/visibility: {text('scenarios.read_only')}")
        return
    if not view.scope.is_everything:
        st.caption(text("state.forbidden_scope"))
        return
    known = known_scenarios(view)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        into = choose_draft(view, known, "lead_times_into")
        st.button(
            text("suppliers.propose_button", count=proposed.height), key="propose_lead_time", type="primary",
            icon=":material/alt_route:", on_click=_propose, args=(view, into, known, proposed),
        )  # fmt: skip


def changes_of(proposed: pl.DataFrame) -> list[LeadTime]:
    """One change for each supplier and new lead time, items that share it together."""
    grouped = proposed.sort("supplier_id", "new_days", "item_id").group_by(
        "supplier_id", "new_days", maintain_order=True
    )
    return [
        LeadTime(item=tuple(part["item_id"].to_list()), supplier=(supplier,), set=int(days))
        for (supplier, days), part in grouped
    ]


def _propose(view: View, into: KeptScenario | None, known: list[KeptScenario], proposed: pl.DataFrame) -> None:
    changes = changes_of(proposed)
    with remembered():
        made = keep_changes(view, known, changes, name="lead-times", title=view.text("suppliers.propose"), into=into)
        st.session_state["lead_times_made"] = (made.name, made.scenario_id, proposed.height)


def _show_made(view: View) -> None:
    made = st.session_state.pop("lead_times_made", None)
    if made is not None:
        name, number, count = made
        said = view.text("suppliers.proposed", count=count, name=name)
        st.success(f"{said} {link_to(view, number)}", icon=":material/check:")
